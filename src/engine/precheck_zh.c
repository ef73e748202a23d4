/* The table. See precheck_zh.h. */
#include "engine/precheck_zh.h"

#include <stddef.h>

#include "base/str.h"

static const struct {
    const char *id, *title, *hint;
} texts[] = {
    {"source.connect", "能够连接源端", "请检查地址、端口、账号和口令，以及执行机到数据库之间的网络"},
    {"source.lost", "连接保持稳定", "连接在检查过程中断开，请查看数据库日志"},
    {"source.databases", "可以看到数据库", "为账号授予要迁移的库的 SELECT 权限"},
    {"source.character_set", "文本可按 UTF-8 读取", NULL},
    {"source.log_bin", "log_bin", "在配置文件中开启 log_bin 并重启（增量迁移需要，全量迁移不需要）"},
    {"source.binlog_format", "binlog_format", "SET GLOBAL binlog_format=ROW（增量迁移需要）"},
    {"source.binlog_row_image", "binlog_row_image", "SET GLOBAL binlog_row_image=FULL（增量迁移需要）"},
    {"source.gtid_mode", "gtid_mode", "开启 gtid_mode 与 enforce_gtid_consistency（主备切换后增量更可靠）"},
    {"source.enforce_gtid_consistency", "enforce_gtid_consistency", "SET GLOBAL enforce_gtid_consistency=ON"},
    {"source.binlog_expire", "binlog 保留时间足够", "迁移期间 binlog 至少保留一天"},
    {"source.select", "所有表可读", "为账号授予要迁移的库的 SELECT 权限"},
    {"source.replication_client", "可以读取 binlog 位点",
     "授予 REPLICATION CLIENT 权限（没有该权限时，断点续传只能依赖 GTID）"},
    {"source.replication_slave", "可以读取增量变更", "授予 REPLICATION SLAVE 权限（增量迁移需要，全量迁移不需要）"},
    {"source.xa", "没有处于 PREPARED 状态的 XA 事务",
     "全量迁移前先 XA COMMIT 或 XA ROLLBACK；若此类事务修改了要迁移的表并在之后提交，增量迁移会停止"},
    {"source.snapshot", "所有读取连接使用同一快照",
     "授予 RELOAD 或 LOCK TABLES 权限；没有时，繁忙的源端可能只能用一个连接读取"},
    {"source.keys", "表都有主键", "增加主键：无主键的表只能由单个线程读取，且无法安全地做增量迁移"},
    {"source.engines", "表使用事务引擎", "改为 InnoDB 引擎，或在全量迁移期间停止写入：快照不覆盖非事务表"},
    {"source.connections", "连接数充足", "调大 max_connections，或减小参数 jobs"},
    {"source.lower_case_table_names", "表名大小写", "无需处理：目标端表名使用小写"},
    {"target.connect", "能够连接目标端", "请检查地址、端口、账号和口令，以及执行机到数据库之间的网络"},
    {"target.lost", "连接保持稳定", "连接在检查过程中断开，请查看数据库日志"},
    {"target.space", "目标端空间", NULL},
    {"target.mode", "兼容模式", "使用 DBCOMPATIBILITY 'B' 创建的数据库最能保持 MySQL 的类型与行为"},
    {"target.encoding", "字符编码", "用 ENCODING 'UTF8' 创建目标库"},
    {"target.writable", "目标端可写", "请填写主库地址，并关闭 default_transaction_read_only"},
    {"target.create", "可以建表", "为账号授予库或模式的 CREATE 权限"},
    {"target.progress", "可以在模式 godwit 中保存进度", "授予库的 CREATE 权限，或创建属主为该账号的模式 godwit"},
    {"target.existing", "目标表不冲突", "删除或改名同名表，或设置参数 on-existing 为 overwrite 或 append"},
    {"target.wal_level", "可以反向迁移", "将 wal_level 设为 logical 并重启（反向迁移需要，全量迁移不需要）"},
    {"target.connections", "连接数充足", "调大 max_connections，或减小参数 jobs"},
    {"target.replication_role", "账号可以读取增量变更", "授予复制权限（反向迁移需要）"},
    {"target.replication_slots", "有空闲的复制槽", "调大 max_replication_slots，或删除无用的复制槽（反向迁移需要）"},
    {"target.enable_thread_pool", "会话使用独立线程", "将 enable_thread_pool 设为 off 并重启（反向迁移需要）"},
    {"target.replication", "可以建立复制连接", "在 pg_hba.conf 中为账号增加 replication 行并重新加载（反向迁移需要）"},
    {"target.wal_senders", "有空闲的日志发送进程", "调大 max_wal_senders 并重启（反向迁移需要）"},
    {"target.slot_keep", "复制槽所需的日志会保留", "取消 max_slot_wal_keep_size 的限制：超过限制后反向迁移无法继续"},
    {"target.origins", "可以标记来自源端的变更",
     "使用系统管理员账号（PostgreSQL 可授予 pg_replication_origin_ 函数的 EXECUTE 权限），并保证 max_replication_slots "
     "足够"},
    {"target.publication", "可以发布表", "授予库的 CREATE 权限，并使账号成为已有表的属主"},
    {"target.decoder", "变更可以被解码", "升级目标端，或避免使用布尔列"},
    {"source.triggers", "源端触发器不会对写回的行再次执行",
     "授予 TRIGGER 权限；触发器属于其他账号时还需 SET_ANY_DEFINER（MySQL 8：SET_USER_ID；MariaDB：SET "
     "USER；其他：SUPER），"
     "开启 binlog 时设置 log_bin_trust_function_creators；或用 source-triggers=keep 让它们照常触发"},
    {"target.ssl", "连接已加密", "开启 ssl，并在 URL 中使用 sslmode=require"},
    {"schema.read", "可以读取源端表结构并在目标端命名", "请按错误信息处理"},
    {"schema.definitions", "对象定义", NULL},
    {"schema.finding", "定义的含义会变化", "请确认替代的定义是否可以接受"},
    {"objects.translated", "视图与程序对象可以迁移", "godwit objects 列出障碍；表照常迁移，翻译可人工编写"},
    {"schema.uncarried", "不迁移的对象", "请手工迁移；godwit plan 列出全部"},
    {"data.equal_keys", "键值保持互不相同", "迁移前修改这些值或键"},
    {"data.losses", "数据可以精确迁移", "用参数 on-loss.* 选择处理方式：置空、替换或截断"},
};

enum { TEXTS = sizeof texts / sizeof texts[0] };

static size_t find(const char *id) {
    size_t i = 0;
    while (i < TEXTS && !str_eq(texts[i].id, id)) {
        i++;
    }
    return i;
}

const char *precheck_title_zh(const char *id) {
    size_t i = find(id);
    return i < TEXTS ? texts[i].title : NULL;
}

const char *precheck_hint_zh(const char *id) {
    size_t i = find(id);
    return i < TEXTS ? texts[i].hint : NULL;
}
