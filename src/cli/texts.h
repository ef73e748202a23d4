/* The few words of help and progress that exist in more than one language. Errors and reports are English. */
#ifndef CLI_TEXTS_H
#define CLI_TEXTS_H

#include "cli/options.h"

/* X(id, English, Chinese) */
#define CLI_TEXTS(X)                                                                                                   \
    X(TEXT_CONNECT, "Connecting", "连接中")                                                                            \
    X(TEXT_PRECHECK, "Checking", "预检查")                                                                             \
    X(TEXT_SCHEMA, "Creating tables", "建表")                                                                          \
    X(TEXT_SNAPSHOT, "Taking the snapshot", "取快照")                                                                  \
    X(TEXT_CATCH_UP, "Reading what changed", "读取期间的变更")                                                         \
    X(TEXT_LOAD, "Loading", "加载数据")                                                                                \
    X(TEXT_INDEX, "Building keys", "建索引与约束")                                                                     \
    X(TEXT_FINISH, "Finishing", "收尾")                                                                                \
    X(TEXT_CHECK, "Comparing", "校验中")                                                                               \
    X(TEXT_DONE, "Done", "完成")                                                                                       \
    X(TEXT_FAILED, "Failed", "失败")                                                                                   \
    X(TEXT_STOPPING, "Stopping (once more: at once)", "停止中（再按一次立即停止）")                                    \
    X(TEXT_STOPPED, "Stopped", "已停止")                                                                               \
    X(TEXT_ROWS, "rows", "行")                                                                                         \
    X(TEXT_ETA, "left", "剩余")                                                                                        \
    X(TEXT_ELAPSED, "after", "用时")                                                                                   \
    X(TEXT_CHUNKS, "chunks", "块")                                                                                     \
    X(TEXT_TABLES, "tables", "表")                                                                                     \
    X(TEXT_KEYS, "keys", "索引")                                                                                       \
    X(TEXT_MORE, "more tables at work", "张表正在处理")                                                                \
    X(TEXT_WRITTEN, "translations written", "个翻译文件已写出")                                                        \
    X(TEXT_KEPT, "edited ones kept", "个已编辑的文件保留")                                                             \
    X(TEXT_USAGE, "Usage", "用法")                                                                                     \
    X(TEXT_EXAMPLES, "Examples", "示例")                                                                               \
    X(TEXT_COMMANDS, "Commands", "命令")                                                                               \
    X(TEXT_EXIT_CODES, "Exit codes", "退出码")                                                                         \
    X(TEXT_RULES, "Rules and policies of --on-loss", "--on-loss 的规则与策略")                                         \
    X(TEXT_GROUP_ENDS, "Task, logins", "任务与登录")                                                                   \
    X(TEXT_GROUP_SELECT, "What to migrate", "迁移范围")                                                                \
    X(TEXT_GROUP_TYPES, "Types and values", "类型与值")                                                                \
    X(TEXT_GROUP_LOAD, "Loading", "加载")                                                                              \
    X(TEXT_GROUP_RESUME, "Going on after an interruption", "中断后继续")                                               \
    X(TEXT_GROUP_PRECHECK, "Precheck", "预检查")                                                                       \
    X(TEXT_GROUP_CHECK, "Check", "校验")                                                                               \
    X(TEXT_GROUP_FOLLOW, "Following changes", "增量同步")                                                              \
    X(TEXT_GROUP_OBJECTS, "Views, programs, triggers", "视图、程序与触发器")                                           \
    X(TEXT_GROUP_OUTPUT, "Output", "输出")

enum text {
#define X(id, en, zh) id,
    CLI_TEXTS(X)
#undef X
};

const char *text_of(enum text t, bool zh);

/* Chinese when asked for, or when nothing is said and the environment's locale is Chinese. */
bool lang_is_zh(enum lang lang);

/* Does the environment's locale speak UTF-8 (bars of blocks rather than of '#')? */
bool lang_utf8(void);

#endif
