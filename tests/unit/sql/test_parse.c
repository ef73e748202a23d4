/* The shape of trees: precedence, special forms, limits. A tree is written as (operator arguments..). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/str.h"
#include "sql/expr_parse.h"

static const char *op_text(enum sql_op op) {
    static const char *const names[] = {
        [OP_EQ] = "=",           [OP_NULL_SAFE_EQ] = "<=>",
        [OP_NE] = "<>",          [OP_LT] = "<",
        [OP_LE] = "<=",          [OP_GT] = ">",
        [OP_GE] = ">=",          [OP_PLUS] = "+",
        [OP_MINUS] = "-",        [OP_MUL] = "*",
        [OP_DIV] = "/",          [OP_MOD] = "%",
        [OP_BIT_OR] = "|",       [OP_BIT_AND] = "&",
        [OP_BIT_XOR] = "^",      [OP_BIT_NOT] = "~",
        [OP_SHL] = "<<",         [OP_SHR] = ">>",
        [OP_NOT] = "not",        [OP_ARROW] = "->",
        [OP_ARROW_TEXT] = "->>", [OP_OR] = "or",
        [OP_XOR] = "xor",        [OP_AND] = "and",
        [OP_INT_DIV] = "div",
    };
    return names[op];
}

static const char *shape(struct arena *a, const struct sql_node *n) {
    static const char *const kinds[] = {
        [SN_IN] = "in",
        [SN_BETWEEN] = "between",
        [SN_LIKE] = "like",
        [SN_REGEXP] = "regexp",
        [SN_MEMBER_OF] = "member",
        [SN_CASE] = "case",
        [SN_INTERVAL] = "interval",
        [SN_EXTRACT] = "extract",
        [SN_TRIM] = "trim",
        [SN_ROW] = "row",
        [SN_CONVERT_USING] = "using",
        [SN_COLLATE] = "collate",
        [SN_CAST] = "cast",
        [SN_IS] = "is",
    };
    const char *head;
    switch (n->kind) {
    case SN_NULL:
        return "NULL";
    case SN_BOOL:
        return n->integer ? "TRUE" : "FALSE";
    case SN_INT:
    case SN_DECIMAL:
    case SN_FLOAT:
        return n->text;
    case SN_STRING:
        return arena_printf(a, "%s%s'%s'", n->charset == NULL ? "" : "_", n->charset == NULL ? "" : n->charset,
                            n->text);
    case SN_HEX:
        return arena_printf(a, "x%s", n->text);
    case SN_BIT:
        return arena_printf(a, "b%s", n->text);
    case SN_TEMPORAL:
        return arena_printf(a, "%s'%s'", n->name, n->text);
    case SN_COLUMN:
        return n->name;
    case SN_VARIABLE:
        return arena_printf(a, "@%s", n->text);
    case SN_UNARY:
        head = n->op == OP_MINUS ? "neg" : op_text(n->op);
        break;
    case SN_BINARY:
    case SN_LOGIC:
        head = op_text(n->op);
        break;
    case SN_CALL:
        head = n->text == NULL ? arena_printf(a, "%s()", n->name) : arena_printf(a, "%s(%s)", n->name, n->text);
        break;
    case SN_CAST:
        head = arena_printf(a, "cast:%s", n->type->name);
        head = n->type->length >= 0 ? arena_printf(a, "%s:%ld", head, n->type->length) : head;
        head = n->type->scale >= 0 ? arena_printf(a, "%s:%ld", head, n->type->scale) : head;
        head = n->type->charset != NULL ? arena_printf(a, "%s:%s", head, n->type->charset) : head;
        head = n->type->array ? arena_printf(a, "%s:array", head) : head;
        break;
    case SN_IS:
    case SN_INTERVAL:
    case SN_EXTRACT:
    case SN_TRIM:
    case SN_COLLATE:
        head = arena_printf(a, "%s:%s", kinds[n->kind], n->name);
        break;
    case SN_CONVERT_USING:
        head = arena_printf(a, "using:%s", n->charset);
        break;
    default:
        head = kinds[n->kind];
        break;
    }
    head = n->negated ? arena_printf(a, "not-%s", head) : head;
    const char *out = arena_printf(a, "(%s", head);
    for (size_t i = 0; i < n->nargs; i++) {
        out = arena_printf(a, "%s %s", out, shape(a, n->args[i]));
    }
    return arena_printf(a, "%s)", out);
}

static void check(const char *text, const char *expected) {
    struct arena a = ARENA_INIT;
    char *why = NULL;
    struct sql_node *n = sql_parse_expr_text(&a, text, strlen(text), 0, &why);
    const char *got = n == NULL ? arena_printf(&a, "! %s", why) : shape(&a, n);
    if (strcmp(got, expected) != 0) {
        fail_msg("%s\n  expected %s\n  got      %s", text, expected, got);
    }
    arena_clear(&a);
}

static void precedence(void **state) {
    (void)state;
    check("a or b xor c and not d = e | f & g << h + i * j ^ -k",
          "(or a (xor b (and c (not (= d (| e (& f (<< g (+ h (* i (^ j (neg k))))))))))))");
    check("a || b && c", "(or a (and b c))");
    check("a - b - c", "(- (- a b) c)");
    check("a - (b - c)", "(- a (- b c))");
    check("a * b / c % d div e mod f", "(% (div (% (/ (* a b) c) d) e) f)");
    check("a ^ b ^ c", "(^ (^ a b) c)");
    check("- a ^ b", "(^ (neg a) b)");
    check("! a + b", "(+ (not a) b)");
    check("not a + b", "(not (+ a b))");
    check("not not a", "(not (not a))");
    check("a = b = c", "(= (= a b) c)");
    check("a < b is null", "(is:null (< a b))");
    check("a + b is not true", "(not-is:true (+ a b))");
    check("not a is null", "(not (is:null a))");
    check("a and b and c or d or e", "(or (and a b c) d e)");
    check("a xor b xor c", "(xor (xor a b) c)");
    check("a <=> b or c != d", "(or (<=> a b) (<> c d))");
    check("~a & b", "(& (~ a) b)");
    check("- - a", "(neg (neg a))");
    check("+a", "a");
}

static void predicates(void **state) {
    (void)state;
    check("a between 1 and 2 and b", "(and (between a 1 2) b)");
    check("a not between 1 and 2", "(not-between a 1 2)");
    check("a between 1 and 2 + 3", "(between a 1 (+ 2 3))");
    check("a in (1, 2, null)", "(in a 1 2 NULL)");
    check("a not in (1)", "(not-in a 1)");
    check("a + 1 in (2)", "(in (+ a 1) 2)");
    check("a like 'x' escape '|'", "(like a 'x' '|')");
    check("a  not like 'x'", "(not-like a 'x')");
    check("a rlike 'x' and b regexp 'y'", "(and (regexp a 'x') (regexp b 'y'))");
    check("not((a like 'x'))", "(not (like a 'x'))");
    check("1 member of (j)", "(member 1 j)");
    check("a sounds like b or c", "(or (= (soundex() a) (soundex() b)) c)");
    check("(a, b) = (1, 2)", "(= (row a b) (row 1 2))");
    check("row(a, b) in (row(1, 2))", "(in (row a b) (row 1 2))");
}

static void literals(void **state) {
    (void)state;
    check("null", "NULL");
    check("true", "TRUE");
    check("'a' 'b' 'c'", "'abc'");
    check("_utf8mb4'a'", "_utf8mb4'a'");
    check("n'a'", "_utf8mb3'a'");
    check("_binary 0x41", "x41");
    check("b'101'", "b101");
    check("date'2024-01-01'", "date'2024-01-01'");
    check("TIMESTAMP'2024-01-01 00:00:00'", "timestamp'2024-01-01 00:00:00'");
    check("date", "date");
    check("@x + @@y", "(+ @x @y)");
}

static void names(void **state) {
    (void)state;
    check("`a`.`b`.`c`", "c");
    check("t.c", "c");
    check("`select`", "select");
    check("`null`", "null");
    check("interval_", "interval_");
    check("a.b.c.d", "! a name expected at byte 6");
}

static void special_forms(void **state) {
    (void)state;
    check("cast(a as char(10) charset utf8mb4)", "(cast:char:10:utf8mb4 a)");
    check("cast(a as char character set latin1)", "(cast:char:latin1 a)");
    check("cast(a as decimal(10,2))", "(cast:decimal:10:2 a)");
    check("cast(a as unsigned integer)", "(cast:unsigned a)");
    check("cast(j as unsigned array)", "(cast:unsigned:array j)");
    check("cast(a as char charset binary)", "(cast:char:binary a)");
    check("convert(a, char(3))", "(cast:char:3 a)");
    check("convert(a using utf8mb4)", "(using:utf8mb4 a)");
    check("binary a = b", "(= (cast:binary a) b)");
    check("a collate utf8mb4_bin = b", "(= (collate:utf8mb4_bin a) b)");
    check("extract(year_month from d)", "(extract:year_month d)");
    check("trim(a)", "(trim:both a)");
    check("trim('x' from a)", "(trim:both a 'x')");
    check("trim(leading from a)", "(trim:leading a)");
    check("trim(trailing 'x' from a)", "(trim:trailing a 'x')");
    check("substring(a from 2 for 3)", "(substring() a 2 3)");
    check("substring(a from 2)", "(substring() a 2)");
    check("position('x' in a)", "(locate() 'x' a)");
    check("a -> '$.x' ->> '$.y'", "(->> (-> a '$.x') '$.y')");
    check("date_add(d, interval 1 day)", "(date_add() d (interval:day 1))");
    check("d + interval 1 + 2 day", "(+ d (interval:day (+ 1 2)))");
    check("d - interval -(1) month - interval '1:2' minute_second",
          "(- (- d (interval:month (neg 1))) (interval:minute_second '1:2'))");
    check("interval(a, 1, 2)", "(interval() a 1 2)");
    check("interval (1) day + d", "(+ (interval:day 1) d)");
    check("timestampdiff(SQL_TSI_DAY, a, b)", "(timestampdiff(day) a b)");
    check("current_timestamp", "(current_timestamp())");
    check("CURRENT_TIMESTAMP(3)", "(current_timestamp() 3)");
    check("case a when 1 then 2 else 3 end", "(case a 1 2 3)");
    check("case when a then b when c then d end", "(case a b c d)");
    check("left(a, 1) + right(b, 2) + if(c, 1, 2) + mod(d, 3)",
          "(+ (+ (+ (left() a 1) (right() b 2)) (if() c 1 2)) (mod() d 3))");
    check("char(65 using utf8mb4)", "(char() 65)");
}

static void refused(void **state) {
    (void)state;
    check("", "! a value expected at byte 0, found the end");
    check("a +", "! a value expected at byte 3, found the end");
    check("a b", "! not understood at byte 2: b");
    check("(a", "! ) expected at byte 2, found the end");
    check("a in ()", "! a value expected at byte 6, found )");
    check("a is 1", "! NULL, TRUE, FALSE or UNKNOWN expected at byte 5");
    check("case a end", "! when expected at byte 7, found end");
    check("cast(a as)", "! a type expected at byte 9");
    check("d + interval 1 parsec", "! a unit of time expected at byte 15");
    check("(select 1)", "! a subquery");
    check("exists (select 1)", "! a subquery");
    check("a = any (select 1)", "! a subquery");
    check("match (a) against ('x')", "! MATCH .. AGAINST");
    check("count(*)", "! the aggregate function count");
    check("rank() over ()", "! the window function rank");
    check("`db`.`f`(1)", "! the stored function f");
    check("'abc", "! a string without its end at byte 0");
}

/* Foreign text must not exhaust the stack, whatever it nests. */
static void depth_is_bounded(void **state) {
    (void)state;
    static const struct {
        const char *before, *middle, *after;
    } nests[] = {{"(", "1", ")"},
                 {"-", "1", ""},
                 {"not ", "1", ""},
                 {"f(", "1", ")"},
                 {"case when 1 then ", "1", " end"},
                 {"a between 1 and ", "2", ""},
                 {"cast(", "1", " as char)"},
                 {"!", "1", ""},
                 {"binary ", "1", ""},
                 {"1 in (", "1", ")"},
                 {"interval ", "1", " day"},
                 {"a like ", "b", ""}};
    for (size_t i = 0; i < sizeof nests / sizeof nests[0]; i++) {
        enum { DEPTH = 5000 };
        struct arena a = ARENA_INIT;
        size_t cap = DEPTH * (strlen(nests[i].before) + strlen(nests[i].after)) + 8;
        char *text = arena_alloc(&a, cap), *w = text, *why = NULL;
        for (int d = 0; d < DEPTH; d++) {
            w = stpcpy(w, nests[i].before);
        }
        w = stpcpy(w, nests[i].middle);
        for (int d = 0; d < DEPTH; d++) {
            w = stpcpy(w, nests[i].after);
        }
        assert_null(sql_parse_expr_text(&a, text, (size_t)(w - text), 0, &why));
        assert_non_null(why);
        arena_clear(&a);
    }
}

static void long_chains_are_not_deep(void **state) {
    (void)state;
    struct arena a = ARENA_INIT;
    char *text = arena_alloc(&a, 100000), *w = stpcpy(text, "a = 0"), *why = NULL;
    for (int i = 1; i < 3000; i++) {
        w += sprintf(w, " or a = %d", i);
    }
    struct sql_node *n = sql_parse_expr_text(&a, text, (size_t)(w - text), 0, &why);
    assert_non_null(n);
    assert_int_equal(n->nargs, 3000);
    assert_int_equal(n->depth, 3);
    arena_clear(&a);
    a = (struct arena)ARENA_INIT;
    text = arena_alloc(&a, 100000);
    w = stpcpy(text, "1");
    for (int i = 1; i < 3000; i++) {
        w = stpcpy(w, " + 1");
    }
    assert_null(sql_parse_expr_text(&a, text, (size_t)(w - text), 0,
                                    &why)); /* a sum is a chain of nodes: refused, not crashed */
    assert_string_equal(why, "the expression is nested deeper than 160 levels");
    arena_clear(&a);
}

static void inside_a_statement(void **state) {
    (void)state;
    struct arena a = ARENA_INIT;
    struct sql_parser p;
    static const char text[] = "DEFAULT (a + 1) COMMENT 'x'";
    sql_parser_init(&p, &a, text, strlen(text), 0);
    assert_true(sql_parser_accept_word(&p, "default"));
    struct sql_node *n = sql_parse_expr(&p);
    assert_non_null(n);
    assert_string_equal(shape(&a, n), "(+ a 1)");
    assert_true(sql_parser_accept_word(&p, "comment"));
    assert_int_equal(p.t.kind, TOK_STRING);
    arena_clear(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(precedence),         cmocka_unit_test(predicates),
        cmocka_unit_test(literals),           cmocka_unit_test(names),
        cmocka_unit_test(special_forms),      cmocka_unit_test(refused),
        cmocka_unit_test(depth_is_bounded),   cmocka_unit_test(long_chains_are_not_deep),
        cmocka_unit_test(inside_a_statement),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
