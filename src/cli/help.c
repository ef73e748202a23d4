/* Help, from the tables. See help.h. */
#include "cli/help.h"

#include <string.h>

#include "base/str.h"
#include "cli/texts.h"
#include "cli/url.h"
#include "engine/text_width.h"

enum { LINE_COLUMNS = 100, HELP_INDENT = 26 };

static const enum text group_texts[GROUP_COUNT] = {
    TEXT_GROUP_ENDS,     TEXT_GROUP_SELECT, TEXT_GROUP_TYPES,  TEXT_GROUP_LOAD,    TEXT_GROUP_RESUME,
    TEXT_GROUP_PRECHECK, TEXT_GROUP_CHECK,  TEXT_GROUP_FOLLOW, TEXT_GROUP_OBJECTS, TEXT_GROUP_OUTPUT,
};

/* Text broken at blanks to fit the line, continued under its own begin. Chinese has few blanks; such lines stay long. */
static void wrapped(FILE *out, const char *text, size_t indent) {
    struct arena a = ARENA_INIT;
    size_t used = indent;
    for (const char *p = text; *p != '\0';) {
        size_t len = strcspn(p, " ");
        char *word = arena_strndup(&a, p, len);
        size_t columns = text_width(word);
        if (used > indent && used + 1 + columns > LINE_COLUMNS) {
            fprintf(out, "\n%*s", (int)indent, "");
            used = indent;
        } else if (used > indent) {
            fputc(' ', out);
            used++;
        }
        fputs(word, out);
        used += columns;
        p += len + strspn(p + len, " ");
    }
    fputc('\n', out);
    arena_clear(&a);
}

static void print_examples(FILE *out, const char *const *examples) {
    for (; *examples != NULL; examples++) {
        fprintf(out, "  %s\n", *examples);
    }
}

static void print_option(FILE *out, const struct option_spec *s, bool zh) {
    char head[64];
    snprintf(head, sizeof head, "--%s%s%s", s->name, s->arg != NULL ? " " : "", s->arg != NULL ? s->arg : "");
    size_t len = strlen(head);
    fprintf(out, "  %s", head);
    if (len + 4 > HELP_INDENT) {
        fprintf(out, "\n%*s", HELP_INDENT, "");
    } else {
        fprintf(out, "%*s", (int)(HELP_INDENT - 2 - len), "");
    }
    wrapped(out, zh ? s->zh : s->help, HELP_INDENT);
}

/* "fail, null, replace": the policies of a rule. */
static const char *policies_of(enum loss_rule r, char text[64]) {
    text[0] = '\0';
    for (int p = LOSS_FAIL; p <= LOSS_CLAMP; p++) {
        if (loss_policy_fits(r, (enum loss_policy)p)) {
            snprintf(text + strlen(text), 64 - strlen(text), "%s%s", text[0] != '\0' ? ", " : "",
                     loss_policy_name((enum loss_policy)p));
        }
    }
    return text;
}

static void print_exit_codes(FILE *out, bool zh) {
    size_t n;
    const struct exit_text *t = exit_texts(&n);
    for (size_t i = 0; i < n; i++) {
        fprintf(out, "  %3d  %s\n", (int)t[i].code, zh ? t[i].zh : t[i].en);
    }
}

void help_overview(FILE *out, bool zh) {
    fprintf(out, "godwit " GODWIT_VERSION ": %s\n\n%s:\n  godwit COMMAND ...\n\n%s:\n",
            zh ? "把 MySQL/MariaDB 数据库迁移到 openGauss/PostgreSQL"
               : "moves MySQL and MariaDB databases to openGauss and PostgreSQL",
            text_of(TEXT_USAGE, zh), text_of(TEXT_COMMANDS, zh));
    for (size_t i = 0; i < commands_count(); i++) {
        const struct command *c = commands_get(i);
        if (c->hidden) {
            continue;
        }
        fprintf(out, "  %-10s %s\n", c->name, zh ? c->zh : c->summary);
    }
    fprintf(out, "\n%s:\n", text_of(TEXT_EXAMPLES, zh));
    print_examples(out, commands_find("migrate")->examples);
    fputs("\n  godwit COMMAND --help\n", out);
}

void help_command(FILE *out, const struct command *c, bool zh) {
    fprintf(out, "godwit %s: %s\n\n%s:\n  godwit %s %s\n", c->name, zh ? c->zh : c->summary, text_of(TEXT_USAGE, zh),
            c->name, c->synopsis);
    if (c->bit == 0) {
        return;
    }
    fprintf(out, "  godwit %s --task FILE.json [options]\n\n", c->name);
    fputs("  SOURCE  mysql://user@host:3306/database?parameters        (or mariadb://)\n"
          "  TARGET  opengauss://user@host:5432/database?parameters    (or postgresql://)\n\n",
          out);
    if (c->bit == CMD_CHECK) {
        fputs(zh ? "  两者可以互换：以第一个为准，与第二个比较\n\n"
                 : "  They may change places: the first is taken for right, the second is compared with it\n\n",
              out);
    }
    fprintf(out, "%s:\n", text_of(TEXT_EXAMPLES, zh));
    print_examples(out, c->examples);
    bool loss = false;
    for (int g = 0; g < GROUP_COUNT; g++) {
        bool head = false;
        for (size_t i = 0; i < options_count(); i++) {
            const struct option_spec *s = options_spec(i);
            if ((int)s->group != g || (s->commands & c->bit) == 0) {
                continue;
            }
            if (!head) {
                fprintf(out, "\n%s:\n", text_of(group_texts[g], zh));
                head = true;
            }
            print_option(out, s, zh);
            loss = loss || s->kind == KIND_LOSS;
        }
    }
    if (loss) {
        fprintf(out, "\n%s:\n", text_of(TEXT_RULES, zh));
        struct loss_policies defaults;
        loss_policies_default(&defaults);
        for (int r = 0; r < LOSS_COUNT; r++) {
            char policies[64];
            fprintf(out, "  %-15s %s\n%18s%s (default %s)\n", loss_rule_name((enum loss_rule)r),
                    loss_rule_text((enum loss_rule)r), "", policies_of((enum loss_rule)r, policies),
                    loss_policy_name(defaults.of[r]));
        }
    }
    fputc('\n', out);
    url_print_parameters(out, false);
    fprintf(out, "\n%s:\n", text_of(TEXT_EXIT_CODES, zh));
    print_exit_codes(out, zh);
}

/* ---- Markdown ---- */

/* A table's cell: a bar would end it. */
static void cell(FILE *out, const char *text) {
    for (; *text != '\0'; text++) {
        if (*text == '|' || *text == '*') {
            fputc('\\', out);
        }
        fputc(*text, out);
    }
}

static void markdown_options(FILE *out) {
    static const char *const names[] = {"precheck", "plan",    "load",    "migrate", "check",
                                        "follow",   "reverse", "cutover", "objects"};
    for (int g = 0; g < GROUP_COUNT; g++) {
        fprintf(out, "\n### %s\n\n| option | commands | meaning |\n|---|---|---|\n", text_of(group_texts[g], false));
        for (size_t i = 0; i < options_count(); i++) {
            const struct option_spec *s = options_spec(i);
            if ((int)s->group != g) {
                continue;
            }
            fprintf(out, "| `--%s%s%s` | ", s->name, s->arg != NULL ? " " : "", s->arg != NULL ? s->arg : "");
            if (s->commands == CMD_ALL) {
                fputs("all", out);
            } else {
                const char *sep = "";
                for (size_t k = 0; k < sizeof names / sizeof names[0]; k++) {
                    if ((s->commands & 1U << k) != 0) {
                        fprintf(out, "%s%s", sep, names[k]);
                        sep = ", ";
                    }
                }
            }
            fputs(" | ", out);
            cell(out, s->help);
            fputs(" |\n", out);
        }
    }
}

void help_markdown(FILE *out) {
    fputs("## Commands\n\n| command | what it does |\n|---|---|\n", out);
    for (size_t i = 0; i < commands_count(); i++) {
        const struct command *c = commands_get(i);
        fprintf(out, "| `godwit %s` | %s |\n", c->name, c->summary);
    }
    fputs("\n## Options\n", out);
    markdown_options(out);
    fputs("\n## Rules and policies of `--on-loss`\n\n| rule | what it is about | policies | default "
          "|\n|---|---|---|---|\n",
          out);
    struct loss_policies defaults;
    loss_policies_default(&defaults);
    for (int r = 0; r < LOSS_COUNT; r++) {
        char policies[64];
        fprintf(out, "| `%s` | ", loss_rule_name((enum loss_rule)r));
        cell(out, loss_rule_text((enum loss_rule)r));
        fprintf(out, " | %s | %s |\n", policies_of((enum loss_rule)r, policies), loss_policy_name(defaults.of[r]));
    }
    fputs("\n## URL parameters\n", out);
    url_print_parameters(out, true);
    fputs("\n## Exit codes\n\n| code | meaning |\n|---|---|\n", out);
    size_t n;
    const struct exit_text *t = exit_texts(&n);
    for (size_t i = 0; i < n; i++) {
        fprintf(out, "| %d | %s |\n", (int)t[i].code, t[i].en);
    }
}
