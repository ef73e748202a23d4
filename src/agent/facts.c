/* Facts from the kernel's own files. See facts.h. Limits of a container count: what it may not use is not there. */
#include "agent/facts.h"

#include <inttypes.h>
#include <pwd.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/str.h"

enum { LINE_MAX_BYTES = 512 };

static json_t *text(const char *s) {
    json_t *o = s != NULL && s[0] != '\0' ? json_string(s) : NULL;
    return o != NULL ? o : json_null();
}

static json_t *bytes(int64_t n) {
    return n >= 0 ? json_integer(n) : json_null();
}

/* PRETTY_NAME="Debian GNU/Linux 12 (bookworm)" */
static void read_os(char *out, size_t size) {
    char line[LINE_MAX_BYTES];
    FILE *f = fopen("/etc/os-release", "re");
    out[0] = '\0';
    while (f != NULL && fgets(line, sizeof line, f) != NULL) {
        if (str_starts(line, "PRETTY_NAME=")) {
            char *p = line + strlen("PRETTY_NAME=");
            p += *p == '"';
            p[strcspn(p, "\"\n")] = '\0';
            snprintf(out, size, "%s", p);
        }
    }
    if (f != NULL) {
        fclose(f);
    }
}

/* The number behind a word that begins a line; -1: not there. */
static int64_t number_of(const char *path, const char *word) {
    char line[LINE_MAX_BYTES];
    int64_t found = -1;
    FILE *f = fopen(path, "re");
    while (f != NULL && found < 0 && fgets(line, sizeof line, f) != NULL) {
        size_t n = strlen(word);
        if (strncmp(line, word, n) == 0) {
            char *end;
            long long value = strtoll(line + n, &end, 10);
            found = end != line + n && value >= 0 ? value : -1;
        }
    }
    if (f != NULL) {
        fclose(f);
    }
    return found;
}

static int64_t least(int64_t a, int64_t b) {
    return a < 0 ? b : b < 0 || a < b ? a : b;
}

static int64_t kib(int64_t n) {
    return n < 0 ? -1 : n * 1024;
}

static void read_memory(int64_t *total, int64_t *available) {
    int64_t limit = number_of("/sys/fs/cgroup/memory.max", ""), used = number_of("/sys/fs/cgroup/memory.current", "");
    int64_t cached = number_of("/sys/fs/cgroup/memory.stat", "inactive_file ");
    *total = least(kib(number_of("/proc/meminfo", "MemTotal:")), limit);
    int64_t room = limit < 0 || used < 0 ? -1 : limit - used + (cached > 0 ? cached : 0);
    *available = least(kib(number_of("/proc/meminfo", "MemAvailable:")), limit >= 0 && room < 0 ? 0 : room);
}

/* Cores this process may run on, and the share of them that a limit leaves. */
static int read_cores(void) {
    cpu_set_t set;
    long n = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : sysconf(_SC_NPROCESSORS_ONLN);
    FILE *f = fopen("/sys/fs/cgroup/cpu.max", "re");
    long long quota, period;
    if (f != NULL && fscanf(f, "%lld %lld", &quota, &period) == 2 && quota > 0 && period > 0) {
        long long share = (quota + period - 1) / period;
        n = share < n ? (long)share : n;
    }
    if (f != NULL) {
        fclose(f);
    }
    return n > 0 ? (int)n : 1;
}

/* From the file, not by getpwuid: a static executable loads no name services. */
static void read_user(char *out, size_t size) {
    FILE *f = fopen("/etc/passwd", "re");
    out[0] = '\0';
    for (struct passwd *p; f != NULL && out[0] == '\0' && (p = fgetpwent(f)) != NULL;) {
        if (p->pw_uid == getuid()) {
            snprintf(out, size, "%s", p->pw_name);
        }
    }
    if (f != NULL) {
        fclose(f);
    }
    if (out[0] == '\0') {
        snprintf(out, size, "%u", (unsigned)getuid());
    }
}

json_t *facts_measure(const char *directory) {
    json_t *o = json_object();
    char os[LINE_MAX_BYTES], user[LINE_MAX_BYTES];
    struct utsname name = {0};
    struct statvfs disk;
    double load[1];
    int64_t total, available;
    read_os(os, sizeof os);
    read_user(user, sizeof user);
    read_memory(&total, &available);
    bool named = uname(&name) == 0;
    bool measured = statvfs(directory, &disk) == 0;
    json_object_set_new(o, "os", text(os));
    json_object_set_new(o, "kernel", text(named ? name.release : NULL));
    json_object_set_new(o, "arch", text(named ? name.machine : NULL));
    json_object_set_new(o, "cores", json_integer(read_cores()));
    json_object_set_new(o, "memory_bytes", bytes(total));
    json_object_set_new(o, "memory_free_bytes", bytes(available));
    json_object_set_new(o, "disk_bytes", bytes(measured ? (int64_t)disk.f_blocks * (int64_t)disk.f_frsize : -1));
    json_object_set_new(o, "disk_free_bytes", bytes(measured ? (int64_t)disk.f_bavail * (int64_t)disk.f_frsize : -1));
    json_object_set_new(o, "load_1",
                        getloadavg(load, 1) == 1 ? json_real((double)(int64_t)(load[0] * 100) / 100) : json_null());
    json_object_set_new(o, "hostname", text(named ? name.nodename : NULL));
    json_object_set_new(o, "user", text(user));
    json_object_set_new(o, "directory", text(directory));
    json_object_set_new(o, "pid", json_integer(getpid()));
    return o;
}
