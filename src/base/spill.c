/* See spill.h. A record is its length (8 bytes, as the machine has them) and its bytes. */
#include "base/spill.h"

enum { MEMORY_BYTES = 256 * 1024 };

#define RECORD_MAX_BYTES (UINT64_C(4) << 30)

void spill_init(struct spill *s) {
    *s = (struct spill){.n = 0};
    buf_init(&s->memory, RECORD_MAX_BYTES);
    buf_init(&s->record, RECORD_MAX_BYTES);
}

void spill_clear(struct spill *s) {
    if (s->file != NULL) {
        fclose(s->file);
    }
    buf_clear(&s->memory);
    buf_clear(&s->record);
    spill_init(s);
}

static bool file_failed(struct err *e) {
    err_errno(e, ERR_SYSTEM, "an unnamed file cannot be used");
    return err_hint(e, "it is in $TMPDIR, or /tmp: make room there");
}

static bool move_to_file(struct spill *s, struct err *e) {
    if ((s->file == NULL && (s->file = tmpfile()) == NULL) ||
        fwrite(s->memory.data, 1, s->memory.len, s->file) != s->memory.len) {
        return file_failed(e);
    }
    buf_reset(&s->memory);
    return true;
}

bool spill_add(struct spill *s, const struct spill_part *parts, size_t n, struct err *e) {
    uint64_t len = 0;
    for (size_t i = 0; i < n; i++) {
        len += parts[i].len;
    }
    if (!buf_put(&s->memory, &len, sizeof len, e)) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        if (parts[i].len > 0 && !buf_put(&s->memory, parts[i].bytes, parts[i].len, e)) {
            return false;
        }
    }
    s->n++;
    return s->memory.len < MEMORY_BYTES || move_to_file(s, e);
}

bool spill_rewind(struct spill *s, struct err *e) {
    s->at_memory = s->file == NULL;
    s->at = 0;
    return s->file == NULL || fseeko(s->file, 0, SEEK_SET) == 0 || file_failed(e);
}

static bool next_of_file(struct spill *s, const uint8_t **bytes, size_t *len, struct err *e) {
    uint64_t n;
    if (fread(&n, sizeof n, 1, s->file) != 1) {
        s->at_memory = true;
        return !ferror(s->file) || file_failed(e);
    }
    buf_reset(&s->record);
    if (!buf_reserve(&s->record, n + 1, e)) {
        return false;
    }
    if (fread(s->record.data, 1, n, s->file) != n) {
        return file_failed(e);
    }
    *bytes = s->record.data;
    *len = n;
    return true;
}

bool spill_next(struct spill *s, const uint8_t **bytes, size_t *len, struct err *e) {
    *bytes = NULL;
    if (!s->at_memory && !next_of_file(s, bytes, len, e)) {
        return false;
    }
    if (*bytes == NULL && s->at < s->memory.len) {
        uint64_t n;
        memcpy(&n, s->memory.data + s->at, sizeof n);
        *bytes = s->memory.data + s->at + sizeof n;
        *len = n;
        s->at += sizeof n + n;
    }
    return true;
}
