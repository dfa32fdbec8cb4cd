/* utimensat(2), and which calls change which of the three times. */
#include "conformance.h"
#include <sys/time.h>

static int64_t ns(struct timespec time) {
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

/* All three times of file and directory are put back to 2001, as far as they can be; ctime is compared with its value before. */
static struct stat before;

static void prepare(const char *path) {
    struct timespec old[2] = {{1000000000, 111}, {1000000000, 222}};
    must(utimensat(AT_FDCWD, path, old, AT_SYMLINK_NOFOLLOW));
    must(lstat(path, &before));
    /* File systems may round to the tick of the kernel's coarse clock: wait for the next one. */
    sleep_ms(12);
}

static void tell(const char *what, const char *path) {
    struct stat after;
    must(lstat(path, &after));
    say("%s: modification %s, change %s", what, ns(after.st_mtim) != ns(before.st_mtim) ? "now" : "old",
        ns(after.st_ctim) != ns(before.st_ctim) ? "now" : "old");
}

int main(int argc, char **argv) {
    begin(argc, argv);
    struct stat status;
    int fd = (int)must(open("file", O_RDWR | O_CREAT, 0644));
    must(mkdir("d", 0755));
    struct timespec times[2] = {{1234567890, 123456789}, {987654321, 987654321}};
    result("set", utimensat(AT_FDCWD, "file", times, 0));
    must(stat("file", &status));
    say("access %ld.%09ld, modification %ld.%09ld", (long)status.st_atim.tv_sec, status.st_atim.tv_nsec,
        (long)status.st_mtim.tv_sec, status.st_mtim.tv_nsec);
    times[0].tv_nsec = UTIME_OMIT;
    times[1] = (struct timespec){5, 6};
    result("one of them", futimens(fd, times));
    must(stat("file", &status));
    say("access %ld, modification %ld.%09ld", (long)status.st_atim.tv_sec, (long)status.st_mtim.tv_sec, status.st_mtim.tv_nsec);
    int64_t now = clock_ns(CLOCK_REALTIME);
    times[0].tv_nsec = UTIME_NOW, times[1].tv_nsec = UTIME_OMIT;
    result("now", utimensat(AT_FDCWD, "file", times, 0));
    must(stat("file", &status));
    check(ns(status.st_atim) - now > -1000000000 && ns(status.st_atim) - now < 5000000000, "access is now");
    say("modification %ld", (long)status.st_mtim.tv_sec);
    result("both now", utimensat(AT_FDCWD, "file", NULL, 0));
    must(symlink("file", "link"));
    times[0] = times[1] = (struct timespec){77, 0};
    result("of a link itself", utimensat(AT_FDCWD, "link", times, AT_SYMLINK_NOFOLLOW));
    must(lstat("link", &status));
    say("link: %ld", (long)status.st_mtim.tv_sec);
    must(stat("file", &status));
    check(status.st_mtim.tv_sec != 77, "its target is left alone");
    times[0] = times[1] = (struct timespec){-1000, 0};
    result("before 1970", utimensat(AT_FDCWD, "file", times, 0));
    must(stat("file", &status));
    say("%ld", (long)status.st_mtim.tv_sec);

    prepare("file");
    must(pwrite(fd, "x", 1, 0));
    tell("write", "file");
    prepare("file");
    must(chmod("file", 0600));
    tell("chmod", "file");
    prepare("file");
    must(ftruncate(fd, 0));
    tell("truncate", "file");
    prepare("file");
    must(link("file", "hard"));
    tell("link", "file");
    prepare("file");
    must(unlink("hard"));
    tell("unlink of another name", "file");
    prepare("file");
    must(stat("file", &status));
    tell("stat", "file");
    prepare("d");
    write_file("d/new", "");
    tell("create below: directory", "d");
    prepare("d");
    write_file("d/new", "changed");
    tell("write below: directory", "d");
    prepare("d");
    must(rename("d/new", "d/other"));
    tell("rename below: directory", "d");
    prepare("d");
    must(unlink("d/other"));
    tell("unlink below: directory", "d");
    prepare("d");
    must(mkdir("d/x", 0755));
    tell("mkdir below: directory", "d");

    times[0].tv_nsec = 1000000000;
    result("too many nanoseconds", utimensat(AT_FDCWD, "file", times, 0));
    result("missing", utimensat(AT_FDCWD, "missing", NULL, 0));
    result("odd flags", utimensat(AT_FDCWD, "file", NULL, 0x8000));
    result("not open", futimens(900, NULL));
    struct timeval old[2] = {{3, 4}, {5, 6}};
    result("utimes", utimes("file", old));
    must(stat("file", &status));
    say("%ld.%09ld", (long)status.st_mtim.tv_sec, status.st_mtim.tv_nsec);
    return finish();
}
