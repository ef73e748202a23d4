/* The table of options, and setting one. See options.h; options_parse.c reads the command line. */
#include "cli/options.h"

#include <string.h>

#include "base/str.h"
#include "cli/units.h"

#define AT(member) offsetof(struct options, member)
#define MB UINT64_C(1000000)

static const struct option_spec specs[] = {
    {"task", GROUP_ENDS, CMD_ALL, KIND_TEXT, AT(task_file), 0, 0, NULL, "FILE.json", false,
     "take source, target and options from a task file; options on the command line win over it",
     "从任务文件读取源端、目标端和选项；命令行上的选项优先"},
    {"name", GROUP_ENDS, CMD_ALL, KIND_TEXT, AT(task.name), 0, 0, NULL, "TASK", true,
     "name the task: runs of one name go on from each other (default: \"SOURCEDB -> SCHEMA\")",
     "任务名：同名的运行可以互相续传（默认：\"源库 -> 模式\"）"},
    {"source-password-file", GROUP_ENDS, CMD_ALL, KIND_TEXT, AT(source_password.file), 0, 0, NULL, "FILE", false,
     "the password of the end given first is the first line of FILE", "第一个 URL（源端）的密码为该文件的第一行"},
    {"target-password-file", GROUP_ENDS, CMD_ALL, KIND_TEXT, AT(target_password.file), 0, 0, NULL, "FILE", false,
     "the password of the end given second is the first line of FILE", "第二个 URL（目标端）的密码为该文件的第一行"},
    {"timeout", GROUP_ENDS, CMD_ALL, KIND_DURATION, AT(timeout_ms), 0, 0, NULL, "DURATION", true,
     "how long an answer of either end may be waited for; 0: for ever (default 0)",
     "等待任一端应答的最长时间；0 表示不限（默认 0）"},

    {"table", GROUP_SELECT, CMD_ALL, KIND_LIST, AT(task.tables), 0, 0, NULL, "PATTERN", true,
     "only tables that match; may be repeated. A glob (order*) or /regular expression/",
     "只迁移匹配的表，可重复。通配符 (order*) 或 /正则表达式/"},
    {"exclude", GROUP_SELECT, CMD_ALL, KIND_LIST, AT(task.tables), 1, 0, NULL, "PATTERN", true,
     "leave out tables that match; may be repeated", "排除匹配的表，可重复"},
    {"schema", GROUP_SELECT, CMD_ALL, KIND_TEXT, AT(task.target_schema), 0, 0, NULL, "NAME", true,
     "create the tables in this schema of the target (default: the source database's name); of a check the schema of "
     "openGauss, whichever end it is",
     "在目标端的该模式中建表（默认：源库名）；校验时为 openGauss 端的模式，无论它是哪一端"},

    {"type", GROUP_TYPES, CMD_ALL, KIND_TYPE, 0, 0, 0, NULL, "SRC=DST", true,
     "change the type map: tinyint(1)=boolean, in some tables only: 'order*:tinyint(1)'=boolean, or one column: "
     "orders.total='double precision'; may be repeated",
     "修改类型映射：tinyint(1)=boolean，或仅限某些表：'order*:tinyint(1)'=boolean，或单个列：orders.total='double "
     "precision'；可重复"},
    {"json-as-json", GROUP_TYPES, CMD_ALL, KIND_FLAG, AT(task.json_as_json), 0, 0, NULL, NULL, true,
     "JSON becomes json, which keeps the text as it is, instead of jsonb",
     "JSON 映射为 json（原样保留文本）而不是 jsonb"},
    {"time-as-interval", GROUP_TYPES, CMD_ALL, KIND_FLAG, AT(task.time_as_interval), 0, 0, NULL, NULL, true,
     "TIME becomes interval, which holds -838:59:59 to 838:59:59, instead of time",
     "TIME 映射为 interval（可容纳 -838:59:59 到 838:59:59）而不是 time"},
    {"on-loss", GROUP_TYPES, CMD_ALL, KIND_LOSS, 0, 0, 0, NULL, "RULE=POLICY", true,
     "what to do with values that cannot be carried exactly (rules below); may be repeated",
     "无法精确搬运的值如何处理（规则见下）；可重复"},

    {"jobs", GROUP_LOAD, CMD_MOVE, KIND_COUNT32, AT(task.jobs), 1, 256, NULL, "N", true,
     "parallel connections to each end (default: the machine's cores, 4 to 16)",
     "每端的并行连接数（默认：本机核数，4 到 16）"},
    {"chunk-size", GROUP_LOAD, CMD_CHANGE | CMD_CHECK, KIND_SIZE, AT(task.chunk_bytes), 16 * 1024, 16000 * MB, NULL,
     "SIZE", true, "tables are loaded in pieces of about this size, each committed and resumable (default 32MiB)",
     "表按约此大小分块加载，每块单独提交并可续传（默认 32MiB）"},
    {"rate-limit", GROUP_LOAD, CMD_RUN | CMD_CHECK, KIND_RATE, AT(task.rate_limit_bytes), 0, 0, NULL, "SIZE", true,
     "read at most this much a second from the source, all connections together; a check also from the target "
     "(default: no limit)",
     "每秒最多从源端读取的字节数，所有连接合计；校验时目标端亦然（默认不限）"},
    {"snapshot", GROUP_LOAD, CMD_CHANGE | CMD_CHECK, KIND_CHOICE, AT(task.snapshot), 0, 0, "auto|lock|lock-free",
     "MODE", true,
     "auto, lock or lock-free: hold writers for milliseconds to begin all connections at one moment; auto locks where "
     "the account may",
     "auto、lock 或 lock-free:短暂（毫秒级）阻塞写入以取得一致快照；auto 在有权限时加锁"},
    {"lock-timeout", GROUP_LOAD, CMD_RUN | CMD_CHECK, KIND_DURATION, AT(task.lock_timeout_ms), 1, 0, NULL, "DURATION",
     true, "give up the snapshot lock after this long, so that nobody queues behind it (default 5s)",
     "等待快照锁的最长时间，避免其他会话排队（默认 5s）"},
    {"overwrite", GROUP_LOAD, CMD_CHANGE, KIND_SET, AT(task.on_existing), EXISTING_OVERWRITE, 0, NULL, NULL, true,
     "drop tables of the same name in the target first", "先删除目标端同名的表"},
    {"append", GROUP_LOAD, CMD_CHANGE, KIND_SET, AT(task.on_existing), EXISTING_APPEND, 0, NULL, NULL, true,
     "add rows to tables that exist in the target", "向目标端已存在的表追加数据"},
    {"on-error", GROUP_LOAD, CMD_CHANGE, KIND_CHOICE, AT(task.on_row_error), 0, 0, "stop|divert", "WHAT", true,
     "stop or divert: a row the target refuses ends the run, or is put aside in an error table and counted (default "
     "stop)",
     "stop 或 divert:目标端拒绝某行时停止，或把该行放入错误表并计数（默认 stop）"},
    {"copy-text", GROUP_LOAD, CMD_RUN | CMD_CHECK, KIND_FLAG, AT(task.copy_text), 0, 0, NULL, NULL, true,
     "COPY in text form even where binary would do", "即使可用二进制也以文本形式 COPY"},

    {"resume", GROUP_RESUME, CMD_RUN | CMD_CHECK, KIND_FLAG, AT(task.resume), 0, 0, NULL, NULL, false,
     "go on with a load or a check that did not finish", "继续未完成的加载或校验"},
    {"restart", GROUP_RESUME, CMD_RUN, KIND_FLAG, AT(task.restart), 0, 0, NULL, NULL, false,
     "forget a load that did not finish, drop what it created, begin again",
     "放弃未完成的加载，删除其已建对象并重新开始"},
    {"accept-moved", GROUP_RESUME, CMD_RUN, KIND_FLAG, AT(task.accept_moved), 0, 0, NULL, NULL, false,
     "with --resume: the source has changed since, but not in the tables loaded",
     "与 --resume 同用：源端此后有变化，但未涉及所加载的表"},
    {"retry", GROUP_RESUME, CMD_RUN | CMD_APPLY, KIND_DURATION, AT(task.retry_ms), 1, 0, NULL, "DURATION", true,
     "try a lost target again for this long before giving up (default 60s)", "目标端断开后重试的最长时间（默认 60s）"},

    {"precheck-exact", GROUP_PRECHECK, CMD_PRECHECK | CMD_MIGRATE, KIND_FLAG, AT(task.precheck_exact), 0, 0, NULL, NULL,
     true, "look at every row for values that cannot be carried", "检查每一行中无法搬运的值"},
    {"precheck-rows", GROUP_PRECHECK, CMD_PRECHECK | CMD_MIGRATE, KIND_COUNT64, AT(task.precheck_rows), 1, 0, NULL, "N",
     true, "look at the first N rows of each table (default 10000)", "检查每张表的前 N 行（默认 10000）"},
    {"online", GROUP_PRECHECK, CMD_PRECHECK, KIND_FLAG, AT(task.online), 0, 0, NULL, NULL, false,
     "look also at what following changes, and carrying them back, takes", "同时检查增量迁移和反向迁移所需的条件"},
    {"skip-precheck", GROUP_PRECHECK, CMD_MIGRATE, KIND_FLAG, AT(task.skip_precheck), 0, 0, NULL, NULL, true,
     "begin loading at once", "跳过预检查，直接加载"},

    {"check-table", GROUP_CHECK, CMD_COMPARE, KIND_LIST, AT(check.selection.tables), 0, 0, NULL, "PATTERN", true,
     "compare only tables that match, of those that --table and --exclude leave; may be repeated",
     "只校验匹配的表（在 --table 和 --exclude 选出的表中），可重复"},
    {"check-exclude", GROUP_CHECK, CMD_COMPARE, KIND_LIST, AT(check.selection.tables), 1, 0, NULL, "PATTERN", true,
     "do not compare tables that match; they are loaded all the same; may be repeated",
     "不校验匹配的表（仍会加载），可重复"},
    {"columns", GROUP_CHECK, CMD_COMPARE, KIND_COLUMNS, 0, 0, 0, NULL, "TABLE=COL,..", true,
     "compare only these columns of the tables that match, and the key's; may be repeated",
     "匹配的表只比较这些列（主键列始终比较），可重复"},
    {"exclude-columns", GROUP_CHECK, CMD_COMPARE, KIND_COLUMNS, 0, 1, 0, NULL, "TABLE=COL,..", true,
     "do not compare these columns; may be repeated", "不比较这些列，可重复"},
    {"rows", GROUP_CHECK, CMD_COMPARE, KIND_ROWS, 0, 0, 0, NULL, "TABLE=OFFSET,COUNT", true,
     "compare only COUNT rows behind the first OFFSET ones, in the order of the key; may be repeated",
     "只比较按主键顺序跳过 OFFSET 行之后的 COUNT 行，可重复"},
    {"source-jobs", GROUP_CHECK, CMD_COMPARE, KIND_COUNT32, AT(check.source_jobs), 1, 256, NULL, "N", true,
     "readers of the source (default: --jobs)", "源端读取连接数（默认同 --jobs）"},
    {"target-jobs", GROUP_CHECK, CMD_COMPARE, KIND_COUNT32, AT(check.target_jobs), 1, 256, NULL, "N", true,
     "readers of the target (default: --jobs)", "目标端读取连接数（默认同 --jobs）"},
    {"list-rows", GROUP_CHECK, CMD_COMPARE, KIND_COUNT64, AT(check.max_listed), 1, 1000000, NULL, "N", true,
     "show at most N differing rows of each table; all are counted (default 100)",
     "每张表最多列出 N 个差异行，计数不受限（默认 100）"},
    {"repair-file", GROUP_CHECK, CMD_CHECK, KIND_TEXT, AT(check.repair_file), 0, 0, NULL, "FILE.sql", false,
     "write the statements that make the target's rows equal (for MySQL where it is the target)",
     "把修复目标端行的语句写入文件（目标端为 MySQL 时即 MySQL 语句）"},
    {"repair", GROUP_CHECK, CMD_CHECK, KIND_FLAG, AT(check.repair), 0, 0, NULL, NULL, false,
     "run those statements, and look at the rows again", "执行这些语句，并重新校验这些行"},
    {"settle", GROUP_CHECK, CMD_COMPARE, KIND_DURATION, AT(check.settle_ms), 1, 0, NULL, "DURATION", true,
     "read rows that differ again, the target this much after the source: for a source that is being written to and "
     "replicated",
     "重新读取有差异的行，目标端比源端晚这么久：用于仍在写入并同步的源端"},
    {"quick", GROUP_CHECK, CMD_CHECK, KIND_FLAG, AT(check.quick), 0, 0, NULL, NULL, true,
     "read the target's rows only, and compare them with what the load read: quicker, but says nothing about the "
     "source "
     "as it is now",
     "只读取目标端的行，与加载时读到的内容比较：更快，但不反映源端当前的数据"},
    {"rows-only", GROUP_CHECK, CMD_CHECK, KIND_FLAG, AT(check.skip_structure), 0, 0, NULL, NULL, true,
     "do not compare definitions", "不比较结构定义"},
    {"structure-only", GROUP_CHECK, CMD_CHECK, KIND_FLAG, AT(check.skip_rows), 0, 0, NULL, NULL, true,
     "do not compare rows", "不比较数据行"},

    {"journal", GROUP_CHECK, CMD_COMPARE, KIND_TEXT, AT(check.journal_file), 0, 0, NULL, "FILE", false,
     "where a check keeps what is done, for --resume (default: in ~/.local/state/godwit; it goes when the check is "
     "over)",
     "校验进度文件，供 --resume 使用（默认位于 ~/.local/state/godwit；校验完成后删除）"},
    {"skip-check", GROUP_CHECK, CMD_MIGRATE, KIND_FLAG, AT(skip_check), 0, 0, NULL, NULL, true,
     "do not compare both sides after the load", "加载后不进行校验"},

    {"mode", GROUP_FOLLOW, CMD_APPLY, KIND_CHOICE, AT(follow_mode), 0, 0, "per-key|strict", "MODE", true,
     "per-key or strict: changes of each row in the source's order, in several sessions at once; or whole transactions "
     "in "
     "that order, so that the target is always what the source was at some moment (default per-key)",
     "per-key 或 strict:每一行的变更按源端顺序、多会话并行；或整个事务按源端顺序，目标端始终等于源端的某一时刻(默认 "
     "per-key)"},
    {"on-missing", GROUP_FOLLOW, CMD_APPLY, KIND_CHOICE, AT(follow.policy[APPLY_MISSING]), 0, 0, "stop|retry|divert",
     "WHAT", true,
     "stop, retry or divert: a row to change is not in the target. divert puts the change aside in an error table, "
     "counted (default stop)",
     "stop、retry 或 divert:要修改的行不在目标端；divert 把变更放入错误表并计数（默认 stop）"},
    {"on-duplicate", GROUP_FOLLOW, CMD_APPLY, KIND_CHOICE, AT(follow.policy[APPLY_DUPLICATE]), 0, 0,
     "stop|retry|divert", "WHAT", true, "the same for a row to insert that is there already (default stop)",
     "同上：要插入的行已存在（默认 stop）"},
    {"on-refused", GROUP_FOLLOW, CMD_APPLY, KIND_CHOICE, AT(follow.policy[APPLY_REFUSED]), 0, 0, "stop|retry|divert",
     "WHAT", true, "the same for a row that the target refuses for another reason (default stop)",
     "同上：目标端因其他原因拒绝（默认 stop）"},
    {"definition", GROUP_FOLLOW, CMD_FOLLOW, KIND_TEXT, AT(follow.definition), 0, 0, NULL, "skip|SQL", false,
     "when a definition has changed at the source: go on, once, with what the target has (skip), or run this SQL there "
     "instead; without it following stops there",
     "源端定义改变时：skip 表示以目标端现有定义继续一次；或代之以在目标端执行该 SQL；不给出则停止"},
    {"compare-every", GROUP_FOLLOW, CMD_FOLLOW, KIND_DURATION, AT(compare_every_ms), 0, 0, NULL, "DURATION", true,
     "compare rows that have changed with the source so often, while the target is less than 10 s behind; rows that "
     "differ are "
     "told (default: never)",
     "每隔这么久比较变更过的行（目标端落后不足 10 秒时），有差异则报告（默认不比较）"},
    {"compare-rows", GROUP_FOLLOW, CMD_FOLLOW, KIND_COUNT64, AT(compare_rows), 1, 0, NULL, "N", true,
     "and as soon as so many rows have changed (default: that does not matter)",
     "变更达到此行数时也比较（默认不按行数）"},
    {"until-caught-up", GROUP_FOLLOW, CMD_ONLINE, KIND_FLAG, AT(follow.until_caught_up), 0, 0, NULL, NULL, false,
     "end where the source's binlog ends now, instead of waiting for more", "到达源端 binlog 当前末尾即结束，不再等待"},
    {"until-gtid", GROUP_FOLLOW, CMD_FOLLOW, KIND_TEXT, AT(follow.until_gtid), 0, 0, NULL, "SET", false,
     "end as soon as all these transactions are in the target", "这些事务全部进入目标端后结束"},

    {"spool", GROUP_FOLLOW, CMD_LOAD | CMD_FOLLOW, KIND_TEXT, AT(follow.spool), 0, 0, NULL, "DIR", false,
     "keep what is read of the source's binlog in this directory: from before the load's first row on when the load is "
     "given it, too, so that a long load or a slow target cost nothing that the source purges meanwhile",
     "将读取的源端 binlog 缓存到该目录；加载时也给出则从加载第一行之前开始，源端清理 binlog "
     "不再影响长时间加载或较慢的目标端"},
    {"spool-size", GROUP_FOLLOW, CMD_LOAD | CMD_FOLLOW, KIND_SIZE, AT(follow.spool_bytes), 1024 * 1024, 1000000 * MB,
     NULL, "SIZE", false, "at most so much there; reading waits when it is full (default 10 GiB)",
     "缓存上限；满时暂停读取（默认 10 GiB）"},

    {"prepare", GROUP_FOLLOW, CMD_REVERSE, KIND_FLAG, AT(reverse.prepare), 0, 0, NULL, NULL, false,
     "check what carrying changes back takes, make the replication slot and the publication, and end: changes count "
     "from "
     "here on",
     "检查反向迁移所需条件，创建复制槽和发布后结束；目标端从此刻起的变更会被回写"},
    {"source-triggers", GROUP_FOLLOW, CMD_REVERSE | CMD_CUTOVER | CMD_PRECHECK, KIND_CHOICE, AT(task.source_triggers),
     0, 0, "take|keep", "WHAT", true,
     "take or keep: triggers of the source are taken away while changes are carried back, and made again, as they "
     "were, "
     "when that "
     "ends; or they fire at every row that comes back (default take)",
     "take 或 keep:回写期间移除源端触发器，结束时原样重建；或保留，每一行写回时都会触发（默认 take）"},
    {"finish", GROUP_FOLLOW, CMD_REVERSE, KIND_FLAG, AT(reverse.finish), 0, 0, NULL, NULL, false,
     "take what the target has committed by now, then drop slot and publication, put replica identities back, and end",
     "回写目标端目前已提交的变更，然后删除复制槽和发布、恢复副本标识并结束"},

    {"dry-run", GROUP_FOLLOW, CMD_CUTOVER, KIND_FLAG, AT(cutover.dry_run), 0, 0, NULL, NULL, false,
     "change nothing: tell what would stop the cut-over", "不做任何修改，只列出会阻碍割接的项目"},
    {"undo", GROUP_FOLLOW, CMD_CUTOVER, KIND_FLAG, AT(cutover.undo), 0, 0, NULL, NULL, false,
     "take the cut-over back: carry back what the target has committed, take the way back down, let the source be "
     "written "
     "to",
     "撤销割接：回写目标端已提交的变更，拆除反向迁移，恢复源端写入"},
    {"fence", GROUP_FOLLOW, CMD_CUTOVER, KIND_CHOICE, AT(cutover.fence), 0, 0, "read-only|confirmed", "HOW", true,
     "read-only or confirmed: set the source's read_only, or you have stopped all writes; either way its position must "
     "stand still (default read-only)",
     "read-only 或 confirmed:设置源端 read_only，或您已停止全部写入；两者都要求源端位点不再变化（默认 read-only）"},
    {"final-check", GROUP_FOLLOW, CMD_CUTOVER, KIND_CHOICE, AT(cutover.check), 0, 0, "changed|counts|full|none", "WHAT",
     true,
     "changed, counts, full or none: rows of each table are counted, and those compared that changed since they were "
     "last "
     "compared; counted only; or all compared, with definitions (default changed)",
     "changed、counts、full 或 none:各表计数，并比较上次比较之后变更过的行；仅计数；或全部逐行比较并比较结构定义（默认 "
     "changed）"},
    {"max-lag", GROUP_FOLLOW, CMD_CUTOVER, KIND_DURATION, AT(cutover.max_lag_ms), 1, 0, NULL, "DURATION", true,
     "the source is fenced when the target is no further behind than this (default 10s)",
     "目标端落后不超过此时间才停止源端写入（默认 10s）"},
    {"downtime", GROUP_FOLLOW, CMD_CUTOVER, KIND_DURATION, AT(cutover.budget_ms), 1, 0, NULL, "DURATION", true,
     "a cut-over that takes longer, from the fence on, is put back by itself (default 5m)",
     "从停止写入起超过此时间则自动恢复（默认 5m）"},

    {"skip-objects", GROUP_OBJECTS, CMD_PRECHECK | CMD_MIGRATE | CMD_CHECK, KIND_FLAG, AT(skip_objects), 0, 0, NULL,
     NULL, true, "tables alone: make, or check, no views, functions, procedures, triggers and events behind them",
     "只处理表：不创建、不校验视图、函数、存储过程、触发器和事件"},
    {"view-rows", GROUP_OBJECTS, CMD_COMPARE, KIND_COUNT64, AT(view_rows), 1, 0, NULL, "N", true,
     "of views that show more rows than this the check compares their number and a sample (default 1000000)",
     "视图行数超过此值时，校验只比较行数和部分样本（默认 1000000）"},
    {"list", GROUP_OBJECTS, CMD_OBJECTS, KIND_FLAG, AT(objects.list), 0, 0, NULL, NULL, false,
     "print each object, its state and what is in its way; changes nothing; that is what it does by itself",
     "列出每个对象、其状态和障碍；不做任何修改；为默认行为"},
    {"translate", GROUP_OBJECTS, CMD_OBJECTS, KIND_TEXT, AT(objects.translate_dir), 0, 0, NULL, "DIR", false,
     "write a file for each object: its text at the source and the statements for the target; files that were edited "
     "stay as they are",
     "为每个对象写出一个文件：源端定义与目标端语句；已编辑的文件保持不变"},
    {"apply", GROUP_OBJECTS, CMD_OBJECTS, KIND_FLAG, AT(objects.apply), 0, 0, NULL, NULL, false,
     "make them in the target, each in a transaction of its own; what an earlier run has made is replaced",
     "在目标端创建这些对象，每个对象一个事务；替换先前运行所创建的对象"},
    {"drop", GROUP_OBJECTS, CMD_OBJECTS, KIND_FLAG, AT(objects.drop), 0, 0, NULL, NULL, false,
     "take away what earlier runs have made, so that tables can be loaded again",
     "删除先前运行所创建的对象，以便重新加载表"},
    {"verify", GROUP_OBJECTS, CMD_OBJECTS, KIND_FLAG, AT(objects.verify), 0, 0, NULL, NULL, false,
     "compare those that are in the target: views by their rows; functions that change nothing are called on both "
     "sides "
     "with sampled arguments",
     "校验目标端已有的对象：视图比较结果行；不修改数据的函数以抽样参数在两端调用并比较结果"},
    {"from", GROUP_OBJECTS, CMD_OBJECTS, KIND_TEXT, AT(objects.from_dir), 0, 0, NULL, "DIR", false,
     "take the translations that were edited in these files; later runs keep them without being told again",
     "采用该目录中已编辑的翻译；之后的运行会沿用，无需再次指定"},
    {"only", GROUP_OBJECTS, CMD_OBJECTS, KIND_LIST, AT(objects.only), 0, 0, NULL, "PATTERN", false,
     "only objects whose names match; may be repeated", "只处理名称匹配的对象，可重复"},
    {"triggers", GROUP_OBJECTS, CMD_OBJECTS, KIND_CHOICE, AT(objects.triggers), 0, 0, "auto|enabled|disabled", "HOW",
     false,
     "auto, enabled or disabled: how triggers are made; auto disables them while the source's changes are followed and "
     "not cut over (default auto)",
     "auto、enabled 或 disabled:触发器创建后的状态；auto 在增量同步且尚未割接时禁用（默认 auto）"},

    {"progress", GROUP_OUTPUT, CMD_RUN | CMD_CHECK | CMD_APPLY, KIND_CHOICE, AT(progress), 0, 0,
     "auto|bar|log|json|none", "HOW", false,
     "auto, bar, log, json or none: bars on a terminal, else a line every few seconds; json: events on standard output",
     "auto、bar、log、json 或 none:终端显示进度条，否则每隔几秒一行；json:在标准输出打印事件"},
    {"json", GROUP_OUTPUT, CMD_PRECHECK | CMD_PLAN | CMD_OBJECTS, KIND_FLAG, AT(json), 0, 0, NULL, NULL, false,
     "print the result as JSON", "以 JSON 打印结果"},
    {"report", GROUP_OUTPUT, CMD_PRECHECK | CMD_RUN | CMD_CHECK | CMD_APPLY | CMD_OBJECTS, KIND_TEXT, AT(report_file),
     0, 0, NULL, "FILE.json", false, "write the report as JSON to a file as well", "同时把报告以 JSON 写入文件"},
    {"log", GROUP_OUTPUT, CMD_ALL, KIND_TEXT, AT(log_file), 0, 0, NULL, "FILE", false,
     "write a log, one JSON object a line; - is standard error", "写日志，每行一个 JSON 对象；- 为标准错误"},
    {"quiet", GROUP_OUTPUT, CMD_ALL, KIND_FLAG, AT(quiet), 0, 0, NULL, NULL, false,
     "no progress and no report on the terminal, only errors", "终端不显示进度和报告，只显示错误"},
    {"yes", GROUP_OUTPUT, CMD_RUN, KIND_FLAG, AT(yes), 0, 0, NULL, NULL, false, "do not ask before tables are dropped",
     "删除表之前不再询问"},
    {"lang", GROUP_OUTPUT, CMD_ALL, KIND_CHOICE, AT(lang), 0, 0, "auto|en|zh", "LANGUAGE", false,
     "auto, en or zh: language of help and progress (default: the environment's)",
     "auto、en 或 zh:帮助和进度的语言（默认取自环境）"},
    {"help", GROUP_OUTPUT, CMD_ALL, KIND_FLAG, AT(help), 0, 0, NULL, NULL, false, "print this text", "打印本说明"},
};

#define SPECS (sizeof specs / sizeof specs[0])
_Static_assert(SPECS <= (size_t)OPTIONS_MAX, "options.given is too small");

size_t options_count(void) {
    return SPECS;
}

const struct option_spec *options_spec(size_t i) {
    return &specs[i];
}

const struct option_spec *options_find(const char *name) {
    for (size_t i = 0; i < SPECS; i++) {
        if (str_eq(specs[i].name, name)) {
            return &specs[i];
        }
    }
    return NULL;
}

bool options_given(const struct options *o, const char *name) {
    const struct option_spec *spec = options_find(name);
    if (spec == NULL) {
        BUG("no option --%s", name);
    }
    return o->given[spec - specs] || o->filed[spec - specs];
}

void options_init(struct options *o, struct arena *a) {
    memset(o, 0, sizeof *o);
    o->a = a;
    task_defaults(&o->task);
    o->timeout_ms = -1;
}

/* ---- setting one ---- */

static bool bad_number(const struct option_spec *s, const char *value, const char *form, struct err *e) {
    err_set(e, ERR_USAGE, "--%s: '%s' is not %s", s->name, value, form);
    if (s->high != 0) {
        err_hint(e, "it may be %llu to %llu", (unsigned long long)s->low, (unsigned long long)s->high);
    } else if (s->low != 0) {
        err_hint(e, "it may be %llu or more", (unsigned long long)s->low);
    }
    return false;
}

static bool in_range(const struct option_spec *s, uint64_t n) {
    return n >= s->low && (s->high == 0 || n <= s->high);
}

static bool set_choice(void *to, const struct option_spec *s, const char *value, struct err *e) {
    unsigned n = 0;
    size_t len = strlen(value);
    for (const char *p = s->choices;; n++) {
        size_t one = strcspn(p, "|");
        if (one == len && strncmp(p, value, len) == 0) {
            memcpy(to, &n, sizeof n);
            return true;
        }
        if (p[one] == '\0') {
            break;
        }
        p += one + 1;
    }
    err_set(e, ERR_USAGE, "--%s: '%s' is none of its values", s->name, value);
    return err_hint(e, "it takes %s", s->choices);
}

/* The first `sep` outside brackets and quotes, and with no backslash before it: types have brackets with commas, enum labels anything
 * at all, globs classes of characters. */
static const char *find_outside(const char *s, char sep) {
    int depth = 0;
    bool quoted = false;
    for (; *s != '\0'; s++) {
        if (*s == '\'') {
            quoted = !quoted;
        } else if (!quoted && *s == '\\' && s[1] != '\0') {
            s++;
        } else if (!quoted && (*s == '(' || *s == '[')) {
            depth++;
        } else if (!quoted && (*s == ')' || *s == ']')) {
            depth--;
        } else if (!quoted && depth == 0 && *s == sep) {
            return s;
        }
    }
    return NULL;
}

static char *trimmed(struct arena *a, const char *from, const char *to) {
    while (from < to && *from == ' ') {
        from++;
    }
    while (to > from && to[-1] == ' ') {
        to--;
    }
    return arena_strndup(a, from, (size_t)(to - from));
}

/* What is to become another type: "decimal(10,2)", "order*:decimal(10,2)" or "orders.total". */
static bool read_override(struct arena *a, const char *what, struct type_override *out) {
    const char *colon = find_outside(what, ':'), *dot = colon == NULL ? find_outside(what, '.') : NULL;
    const char *sep = colon != NULL ? colon : dot;
    if (sep == NULL) {
        out->mysql_type = what;
        return what[0] != '\0';
    }
    out->table = arena_strndup(a, what, (size_t)(sep - what));
    *(colon != NULL ? &out->mysql_type : &out->column) = arena_strdup(a, sep + 1);
    return sep > what && sep[1] != '\0' && (colon != NULL || find_outside(sep + 1, '.') == NULL);
}

static bool set_type(struct options *o, const char *value, bool from_file, struct err *e) {
    const char *eq = find_outside(value, '=');
    struct type_override fresh = {0};
    if (eq != NULL) {
        fresh.target = trimmed(o->a, eq + 1, value + strlen(value));
        eq = fresh.target[0] != '\0' && read_override(o->a, trimmed(o->a, value, eq), &fresh) ? eq : NULL;
    }
    if (eq == NULL) {
        return err_set(e, ERR_TYPE_OVERRIDE,
                       "--type: '%s' is none of MYSQL_TYPE=TARGET_TYPE, table:MYSQL_TYPE=TARGET_TYPE and "
                       "table.column=TARGET_TYPE",
                       value);
    }
    /* The type map takes the first that fits: one of the command line stands before those of the file. */
    struct type_override *list = arena_array(o->a, struct type_override, o->task.noverrides + 1);
    size_t place = from_file ? o->task.noverrides : 0;
    for (size_t i = 0, from = 0; i <= o->task.noverrides; i++) {
        list[i] = i == place ? fresh : o->task.overrides[from++];
    }
    o->task.overrides = list;
    o->task.noverrides++;
    return true;
}

static bool set_loss(struct options *o, const char *value, struct err *e) {
    if (loss_policies_set(&o->task.loss, value)) {
        return true;
    }
    const char *eq = strchr(value, '=');
    size_t len = eq != NULL ? (size_t)(eq - value) : strlen(value);
    char *rules = arena_strdup(o->a, "");
    for (int i = 0; i < LOSS_COUNT; i++) {
        const char *name = loss_rule_name((enum loss_rule)i);
        if (eq != NULL && strlen(name) == len && strncmp(name, value, len) == 0) {
            err_set(e, ERR_POLICY, "--on-loss: '%s' is no policy of the rule %s", eq + 1, name);
            return err_hint(e, "godwit load --help lists the policies of each rule");
        }
        rules = arena_printf(o->a, "%s%s%s", rules, i > 0 ? ", " : "", name);
    }
    err_set(e, ERR_POLICY, "--on-loss: '%.*s' is no rule", (int)(len < 100 ? len : 100), value);
    return err_hint(e, "the form is RULE=POLICY; the rules are %s", rules);
}

/* Lists of the command line replace those of the file: does this value begin one that does? */
static bool replaces(const struct options *o, const struct option_spec *s, bool from_file) {
    return !from_file && o->filed[s - specs] && !o->given[s - specs];
}

static bool add_pattern(struct options *o, const struct option_spec *s, const char *value, bool from_file,
                        struct err *e) {
    struct catalog_filter *f = (struct catalog_filter *)((char *)o + s->offset);
    const char ***list = s->low == 0 ? &f->include : &f->exclude;
    size_t *n = s->low == 0 ? &f->ninclude : &f->nexclude;
    if (value[0] == '\0') {
        return err_set(e, ERR_PATTERN, "--%s: the pattern is empty", s->name);
    }
    if (replaces(o, s, from_file)) {
        *n = 0;
    }
    const char **fresh = arena_array(o->a, const char *, *n + 1);
    if (*n > 0) {
        memcpy(fresh, *list, *n * sizeof *fresh);
    }
    fresh[(*n)++] = arena_strdup(o->a, value);
    *list = fresh;
    return true;
}

static bool set_rate(const struct option_spec *s, const char *value, uint64_t *to, struct err *e) {
    char text[64];
    size_t len = strlen(value);
    if (len > 2 && len < sizeof text && strcmp(value + len - 2, "/s") == 0) {
        memcpy(text, value, len - 2);
        text[len - 2] = '\0';
        value = text;
    }
    return units_size(value, to) || bad_number(s, value, "a size such as 50MB or 1GiB", e);
}

static bool store(struct options *o, const struct option_spec *s, const char *value, bool from_file, struct err *e) {
    void *to = (char *)o + s->offset;
    unsigned chosen;
    uint64_t n;
    int64_t ms;
    switch (s->kind) {
    case KIND_FLAG:
        *(bool *)to = true;
        return true;
    case KIND_SET:
        chosen = (unsigned)s->low;
        memcpy(to, &chosen, sizeof chosen);
        return true;
    case KIND_TEXT:
        if (value[0] == '\0') {
            return err_set(e, ERR_USAGE, "--%s: %s is empty", s->name, s->arg);
        }
        *(char **)to = arena_strdup(o->a, value);
        return true;
    case KIND_LIST:
        return add_pattern(o, s, value, from_file, e);
    case KIND_CHOICE:
        return set_choice(to, s, value, e);
    case KIND_COUNT32:
        if (!units_count(value, &n) || !in_range(s, n)) {
            return bad_number(s, value, "a number it takes", e);
        }
        *(unsigned *)to = (unsigned)n;
        return true;
    case KIND_COUNT64:
        return (units_count(value, to) && in_range(s, *(uint64_t *)to)) || bad_number(s, value, "a number it takes", e);
    case KIND_SIZE:
        return (units_size(value, to) && in_range(s, *(uint64_t *)to)) ||
               bad_number(s, value, "a size it takes, such as 32MB", e);
    case KIND_RATE:
        return set_rate(s, value, to, e);
    case KIND_DURATION:
        if (!units_duration(value, &ms) || !in_range(s, (uint64_t)ms)) {
            return err_set(e, ERR_USAGE, "--%s: '%s' is not a duration it takes, such as 500ms, 30s or 2h", s->name,
                           value);
        }
        *(int64_t *)to = ms;
        return true;
    case KIND_TYPE:
        return set_type(o, value, from_file, e);
    case KIND_LOSS:
        return set_loss(o, value, e);
    case KIND_COLUMNS:
        if (replaces(o, s, from_file)) {
            selection_drop_columns(&o->check.selection, s->low == 1);
        }
        return selection_add_columns(&o->check.selection, o->a, value, s->low == 1, e) || err_where(e, "--%s", s->name);
    case KIND_ROWS:
        if (replaces(o, s, from_file)) {
            o->check.selection.nrows = 0;
        }
        return selection_add_rows(&o->check.selection, o->a, value, e) || err_where(e, "--%s", s->name);
    }
    BUG("option --%s has no kind", s->name);
}

bool options_set(struct options *o, const struct option_spec *spec, const char *value, bool from_file, struct err *e) {
    if (!store(o, spec, value, from_file, e)) {
        return false;
    }
    (from_file ? o->filed : o->given)[spec - specs] = true;
    return true;
}
