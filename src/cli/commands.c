/* The table of commands and of exit codes. See command.h. */
#include "cli/command.h"

#include "base/str.h"

static const char *const precheck_examples[] = {
    "# Everything that would stand in the way, and how to mend it",
    "godwit precheck mysql://app@db1/shop opengauss://app@db2/shop",
    "# Look at every row for values the target cannot hold",
    "godwit precheck --precheck-exact --json mysql://app@db1/shop opengauss://app@db2/shop",
    NULL,
};

static const char *const plan_examples[] = {
    "# The statements and pieces of a load, without doing anything",
    "godwit plan mysql://app@db1/shop opengauss://app@db2/shop > plan.sql",
    NULL,
};

static const char *const load_examples[] = {
    "# One database into a schema of the same name",
    "godwit load mysql://app@db1/shop opengauss://app@db2/shop",
    "# Some tables, into another schema, TLS with the host's name checked",
    "godwit load --table 'order*' --exclude /_old$/ --schema sales \\\n" /* NOLINT(bugprone-suspicious-missing-comma) */
    "    'mysql://app@db1/shop?ssl-mode=verify-identity' 'postgresql://app@db2/shop?sslmode=verify-full'",
    "# Go on after a broken connection, a kill or a reboot: what was committed is kept",
    "godwit load --resume mysql://app@db1/shop opengauss://app@db2/shop",
    "# Zero dates become NULL (and are counted), refused rows are put aside",
    "godwit load --on-loss zero-date=null --on-error divert mysql://app@db1/shop opengauss://app@db2/shop",
    NULL,
};

static const char *const check_examples[] = {
    "# Is everything there, and the same? Exit code 0: yes, 4: no",
    "godwit check mysql://app@db1/shop opengauss://app@db2/shop",
    "# One table, the statements that would mend it into a file",
    "godwit check --table orders --repair-file fix.sql mysql://app@db1/shop opengauss://app@db2/shop",
    "# Mend the target's rows and look at them again",
    "godwit check --repair mysql://app@db1/shop opengauss://app@db2/shop",
    "# The other way, before going back to MySQL: openGauss is right, MySQL is compared with it and mended",
    "godwit check --repair opengauss://app@db2/shop mysql://app@db1/shop",
    NULL,
};

static const char *const migrate_examples[] = {
    "# Look for obstacles, load if there are none, then compare every row",
    "godwit migrate mysql://app@db1/shop opengauss://app@db2/shop",
    "# The same from a task file, for a program: events as JSON lines",
    "godwit migrate --task shop.json --progress=json --report shop-report.json",
    NULL,
};

static const char *const follow_examples[] = {
    ("# After godwit migrate, with the same ends: changes flow until Ctrl-C, or until it is killed; the same again "
     "goes "
     "on"),
    "godwit follow mysql://app@db1/shop opengauss://app@db2/shop",
    "# Take what has come since, and end",
    "godwit follow --until-caught-up mysql://app@db1/shop opengauss://app@db2/shop",
    "# A column was added at the source: add it in the target and go on",
    "godwit follow --definition 'ALTER TABLE shop.orders ADD note text' mysql://app@db1/shop opengauss://app@db2/shop",
    NULL,
};

static const char *const reverse_examples[] = {
    "# When godwit follow has ended, and before anything is written to the target",
    "godwit reverse --prepare mysql://app@db1/shop opengauss://app@db2/shop",
    "# Then: changes made in the target flow into the source until Ctrl-C; the same again goes on",
    "godwit reverse mysql://app@db1/shop opengauss://app@db2/shop",
    "# Take what has come, take down what was prepared, and end; godwit follow goes on from there",
    "godwit reverse --finish mysql://app@db1/shop opengauss://app@db2/shop",
    NULL,
};

static const char *const cutover_examples[] = {
    "# What would stop it? Changes nothing",
    "godwit cutover --dry-run mysql://app@db1/shop opengauss://app@db2/shop",
    /* NOLINTNEXTLINE(bugprone-suspicious-missing-comma): one line */
    "# Catch up, fence the source, take the rest, count rows, prepare the way back; put back when it takes over 2 "
    "minutes",
    "godwit cutover --downtime 2m --report cutover.json mysql://app@db1/shop opengauss://app@db2/shop",
    "# Back to the source, with all that was written to the target meanwhile",
    "godwit cutover --undo mysql://app@db1/shop opengauss://app@db2/shop",
    NULL,
};

static const char *const objects_examples[] = {
    "# After the tables: what of views, functions, procedures, triggers and events can be carried, and what not?",
    "godwit objects mysql://app@db1/shop opengauss://app@db2/shop",
    "# Both texts of each into files; what has no translation is written there by hand, and taken from there",
    "godwit objects --translate objects mysql://app@db1/shop opengauss://app@db2/shop",
    "godwit objects --apply --from objects mysql://app@db1/shop opengauss://app@db2/shop",
    "# One again",
    "godwit objects --apply --only order_total mysql://app@db1/shop opengauss://app@db2/shop",
    "# Compare views, and call functions, on both sides.",
    "godwit objects --verify mysql://app@db1/shop opengauss://app@db2/shop",
    NULL,
};

static const char *const serve_examples[] = {
    "# On this machine only; prints the address and, the first time, the admin's password",
    "godwit serve",
    "# For others, with TLS",
    "godwit serve --listen 0.0.0.0:9494 --data /var/lib/godwit --tls-cert server.pem --tls-key server.key",
    NULL,
};

static const char *const agent_examples[] = {
    "# Enrol this machine with the token the server gave out for it, and stay connected",
    "godwit agent --server https://console.example.com:9494 --token-file token --ca server.pem",
    NULL,
};

static const char *const login_examples[] = {
    "# Ask for the admin's password and keep a token for the other commands",
    "godwit login --server https://console.example.com:9494 --ca server.pem",
    NULL,
};

static const char *const source_examples[] = {
    ("# {\"name\": \"shop\", \"kind\": \"mysql\", \"host\": \"db1\", \"port\": 3306, \"username\": \"app\"}; asks for "
     "the password"),
    "godwit source add -f shop.json",
    NULL,
};

static const char *const task_examples[] = {
    ("# task.json: {\"name\": \"move\", \"machines\": [], \"subtasks\": [{\"source\": \"shop\", \"source_database\": "
     "\"shop\","),
    "#   \"target\": \"og\", \"target_database\": \"app\", \"target_schema\": \"shop\", \"mode\": 1}]}",
    "godwit task create -f task.json --start",
    "# Follow it; the exit code says how it ended",
    "godwit task watch 7",
    NULL,
};

static const char *const host_examples[] = {
    "# Over SSH: shows the host key, and asks whether it is the right one",
    "godwit host add worker-1 --ssh mover@10.0.0.7 --key-file ~/.ssh/id_ed25519 --directory /data/godwit",
    "godwit host install 2",
    "# For an agent that is started by hand",
    "godwit host token worker-3 > token",
    NULL,
};

static const struct command commands[] = {
    {"precheck", CMD_PRECHECK, "SOURCE TARGET [options]", "look for what would make a migration fail; changes nothing",
     "检查会导致迁移失败的问题；不做任何修改", precheck_examples, cmd_precheck},
    {"plan", CMD_PLAN, "SOURCE TARGET [options]",
     "print what load would do: statements, chunks, findings; changes nothing",
     "打印 load 将执行的语句、分块与发现；不做任何修改", plan_examples, cmd_plan},
    {"load", CMD_LOAD, "SOURCE TARGET [options]", "copy tables with their data, keys and counters",
     "复制表及其数据、索引约束和自增值", load_examples, cmd_load},
    {"migrate", CMD_MIGRATE, "SOURCE TARGET [options]", "precheck, load, views and programs, then check",
     "依次执行 precheck、load、创建视图与程序对象、check", migrate_examples, cmd_migrate},
    {"check", CMD_CHECK, "SOURCE TARGET [options]",
     "compare definitions and every row, in either direction; changes nothing unless told to repair",
     "比较两端的结构定义和每一行数据，方向任意；除非要求修复，否则不做任何修改", check_examples, cmd_check},
    {"follow", CMD_FOLLOW, "SOURCE TARGET [options]",
     "carry what changes at the source after a load into the target, exactly once, until it is stopped",
     "全量加载之后持续把源端变更同步到目标端，恰好一次，直到停止", follow_examples, cmd_follow},
    {"reverse", CMD_REVERSE, "SOURCE TARGET [options]",
     "carry what changes in the target back into the source, exactly once, so that a move can be undone",
     "把目标端的变更回写到源端，恰好一次，使迁移可以回退", reverse_examples, cmd_follow},
    {"cutover", CMD_CUTOVER, "SOURCE TARGET [options]",
     "make the target the one that is written to, within a downtime budget, with a way back",
     "割接：在停机预算内把写入切换到目标端，并保留回退之路", cutover_examples, cmd_cutover},
    {"objects", CMD_OBJECTS, "SOURCE TARGET [options]",
     "list, translate and make views, functions, procedures, triggers and events",
     "列出、翻译并创建视图、函数、存储过程、触发器和事件", objects_examples, cmd_objects},
    {"serve", 0, "[options]", "the control plane: tasks, machines and their API", "控制平面：任务、执行机及其 API",
     serve_examples, cmd_serve, true},
    {"login", 0, "[NAME] [options]", "get a token from a server, for task, host and source",
     "从服务器取得令牌，供 task、host、source 使用", login_examples, cmd_login, true},
    {"task", 0, "create | list | show | start | watch | .. [options]", "a server's tasks", "管理服务器的迁移任务",
     task_examples, cmd_task, true},
    {"host", 0, "list | add | install | .. [options]", "a server's execution machines", "管理服务器的执行机",
     host_examples, cmd_host, true},
    {"source", 0, "list | add | .. [options]", "a server's data sources", "管理服务器的数据源", source_examples,
     cmd_source, true},
    {"agent", 0, "--server URL --token-file FILE [options]", "run on an execution machine: does what a server says",
     "在执行机上运行：按服务器的指示执行迁移", agent_examples, cmd_agent, true},
    {"worker", 0, "", "moves one subtask for an agent: its job comes on standard input (docs/agent-protocol.md)",
     "由 agent 启动，执行一个子任务：任务内容来自标准输入 (docs/agent-protocol.md)", NULL, cmd_worker, false, true},
    {"errors", 0, "", "print the catalogue of errors (Markdown)", "打印错误目录 (Markdown)", NULL, cmd_errors},
    {"parameters", 0, "", "print the parameters of tasks (Markdown)", "打印任务参数 (Markdown)", NULL, cmd_parameters,
     false, true},
    {"states", 0, "", "print the states of a subtask (Markdown)", "打印子任务的状态 (Markdown)", NULL, cmd_states,
     false, true},
    {"version", 0, "", "print the version", "打印版本", NULL, cmd_version},
    {"help", 0, "[COMMAND | --markdown]", "explain a command; --markdown: the reference part of docs/cli.md",
     "说明某个命令；--markdown:docs/cli.md 的参考部分", NULL, cmd_help},
};

size_t commands_count(void) {
    return sizeof commands / sizeof commands[0];
}

const struct command *commands_get(size_t i) {
    return &commands[i];
}

const struct command *commands_find(const char *name) {
    for (size_t i = 0; i < commands_count(); i++) {
        if (str_eq(commands[i].name, name)) {
            return &commands[i];
        }
    }
    return NULL;
}

const struct exit_text *exit_texts(size_t *n) {
    static const struct exit_text texts[] = {
        {EXIT_OK, "done", "成功"},
        {EXIT_FAILED, "failed; the error is on standard error", "失败；错误见标准错误"},
        {EXIT_USAGE, "the command line, a URL or the task file cannot be understood", "命令行、URL 或任务文件有误"},
        {EXIT_PRECHECK, "the precheck found something that must be mended first", "预检查发现必须先解决的问题"},
        {EXIT_DIFFERENT, "the check found differences", "校验发现差异"},
        {EXIT_CANCELLED, "stopped by SIGINT or SIGTERM; --resume goes on",
         "被 SIGINT 或 SIGTERM 停止；可用 --resume 继续"},
    };
    *n = sizeof texts / sizeof texts[0];
    return texts;
}

enum exit_code exit_code_of(const struct err *e) {
    switch (e->code) {
    case ERR_NONE:
        return EXIT_OK;
    case ERR_CANCELLED:
        return EXIT_CANCELLED;
    case ERR_PRECHECK:
        return EXIT_PRECHECK;
    case ERR_USAGE:
    case ERR_JOB:
    case ERR_URL:
    case ERR_TASK_FILE:
    case ERR_PATTERN:
    case ERR_TYPE_OVERRIDE:
    case ERR_POLICY:
        return EXIT_USAGE;
    default:
        return EXIT_FAILED;
    }
}
