/* A spool's last segment, as a crash or somebody else may have left it: opened, read, written to, opened again. First byte even: the
 * bytes of the file; odd: records { type, step, length, payload } that get checksums of their own, behind a head that is right. */
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/spool.h"
#include "engine/spool_segment.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char directory[64];

static void remove_files(void) {
    DIR *dir = opendir(directory);
    for (struct dirent *entry = dir != NULL ? readdir(dir) : NULL; entry != NULL; entry = readdir(dir)) {
        (void)unlinkat(dirfd(dir), entry->d_name, 0);
    }
    if (dir != NULL) {
        closedir(dir);
    }
}

static void remove_directory(void) {
    remove_files();
    (void)rmdir(directory);
}

static void must(bool ok, const struct err *e) {
    if (!ok) {
        fprintf(stderr, "%s: %s\n", e->message, e->cause);
        abort();
    }
}

static void put_record(struct buf *b, uint8_t type, uint8_t step, const uint8_t *payload, size_t len) {
    struct record r = {.type = type, .step = step, .offset = 100, .payload = payload, .len = len};
    uint8_t head[RECORD_HEAD_BYTES];
    struct err e = ERR_INIT;
    record_head(1, b->len, &r, head);
    must(buf_put(b, head, sizeof head, &e) && buf_put(b, payload, len, &e), &e);
}

static void put_records(struct buf *b, const uint8_t *data, size_t size) {
    static const char head[] =
        "{\"segment\":1,\"spool\":\"x\",\"mariadb\":false,\"by_gtid\":true,\"whole\":true,\"crc32\":false,"
        "\"source\":\"s\",\"gtid\":\"3e11fa47-71ca-11e1-9e33-c80aa9429562:1-5\",\"file\":\"b.1\","
        "\"offset\":4,\"open\":\"\"}";
    struct err e = ERR_INIT;
    must(buf_put(b, "GWSPOOL1", 8, &e), &e);
    put_record(b, RECORD_HEAD, 0, (const uint8_t *)head, sizeof head - 1);
    while (size >= 3) {
        size_t len = data[2] < size - 3 ? data[2] : size - 3;
        put_record(b, data[0], data[1], data + 3, len);
        data += 3 + len;
        size -= 3 + len;
    }
}

static void read_all(struct spool *s) {
    struct arena a = ARENA_INIT;
    struct position oldest;
    struct spool_reader *r;
    struct spool_record record;
    struct err e = ERR_INIT;
    must(spool_oldest(s, &a, &oldest, &e), &e);
    if (spool_reader_open(s, &oldest, &r, &e)) {
        while (spool_read(r, 0, &record, &e) && record.kind != SPOOL_NOTHING) {
        }
        spool_reader_close(r);
    }
    arena_clear(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct spool_options o = {.directory = directory, .sync = SPOOL_SYNC_NEVER};
    struct spool *s;
    struct err e = ERR_INIT;
    struct buf b;
    if (size < 1) {
        return 0;
    }
    if (directory[0] == '\0') {
        snprintf(directory, sizeof directory, "/dev/shm/godwit-fuzz-spool-%d", (int)getpid());
        (void)mkdir(directory, 0700);
        (void)atexit(remove_directory);
    }
    buf_init(&b, 1 << 24);
    if (data[0] % 2 == 0) {
        must(buf_put(&b, data + 1, size - 1, &e), &e);
    } else {
        put_records(&b, data + 1, size - 1);
    }
    char path[96];
    snprintf(path, sizeof path, "%s/000000000001.seg", directory);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0 || (b.len > 0 && write(fd, b.data, b.len) != (ssize_t)b.len)) {
        abort();
    }
    close(fd);
    if (spool_open(&s, &o, &e)) {
        if (spool_has_begun(s)) {
            read_all(s);
            must(spool_restart(s, false, &e) && spool_flush(s, &e), &e);
        }
        spool_close(s);
        must(spool_open(&s, &o, &e), &e); /* what could be opened once, can be again */
        spool_close(s);
    }
    buf_clear(&b);
    remove_files();
    return 0;
}
