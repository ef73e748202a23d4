/* Syntax tree nodes: see ast.h. */
#include "sql/ast.h"

#include <stdlib.h>
#include <string.h>

struct sql_node *sql_node_new(struct arena *a, enum sql_node_kind kind) {
    struct sql_node *n = arena_new(a, struct sql_node);
    n->kind = kind;
    n->depth = 1;
    return n;
}

bool sql_node_add(struct arena *a, struct sql_node *n, struct sql_node *arg) {
    if (arg == NULL || arg->depth >= SQL_MAX_DEPTH) {
        return false;
    }
    if (n->nargs == 0 && n->start == 0) {
        n->start = arg->start;
    }
    n->args = arena_grow(a, n->args, n->nargs, &n->args_cap, sizeof(struct sql_node *));
    n->args[n->nargs++] = arg;
    if (n->depth <= arg->depth) {
        n->depth = arg->depth + 1;
    }
    return true;
}

bool sql_node_const_int(const struct sql_node *n, long *out) {
    bool minus = false;
    if (n->kind == SN_UNARY && n->op == OP_MINUS) {
        minus = true;
        n = n->args[0];
    }
    /* A number given as a string ('1') counts where MySQL wants an integer, such as INTERVAL '1' DAY. */
    if (n->kind != SN_INT && n->kind != SN_STRING) {
        return false;
    }
    const char *digits = n->text;
    if (n->kind == SN_STRING && !minus && digits[0] == '-') {
        minus = true;
        digits++;
    }
    if (digits[0] == '\0' || strspn(digits, "0123456789") != strlen(digits) || strlen(digits) > 18) {
        return false;
    }
    long v = strtol(digits, NULL, 10);
    *out = minus ? -v : v;
    return true;
}
