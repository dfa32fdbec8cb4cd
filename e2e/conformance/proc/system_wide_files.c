/* /proc: uptime, loadavg, meminfo, stat, cpuinfo, version, filesystems, mounts, sys: the shapes that programs parse. */
#include "conformance.h"
#include <sys/utsname.h>

static bool has(const char *path, const char *wanted) {
    return strstr(file_text(path), wanted) != NULL;
}

int main(int argc, char **argv) {
    begin(argc, argv);
    double up = 0, idle = 0, one = 0, five = 0, fifteen = 0;
    check(sscanf(file_text("/proc/uptime"), "%lf %lf", &up, &idle) == 2 && up > 0, "uptime");
    int runnable = 0, total = 0, last = 0;
    check(sscanf(file_text("/proc/loadavg"), "%lf %lf %lf %d/%d %d", &one, &five, &fifteen, &runnable, &total, &last) == 6 &&
              runnable >= 1 && total >= runnable && last >= 1, "loadavg");
    const char *const memory[] = {"MemTotal:", "MemFree:", "MemAvailable:", "Buffers:", "Cached:", "SwapTotal:", "SwapFree:"};
    for (size_t i = 0; i < COUNT(memory); i++) check(has("/proc/meminfo", memory[i]), "meminfo has %s", memory[i]);
    long user = 0, nice = 0, system_time = 0, idle_time = 0;
    check(sscanf(file_text("/proc/stat"), "cpu %ld %ld %ld %ld", &user, &nice, &system_time, &idle_time) == 4, "stat: cpu");
    check(has("/proc/stat", "\ncpu0 ") && has("/proc/stat", "\nbtime ") && has("/proc/stat", "\nprocesses ") &&
              has("/proc/stat", "\nctxt "), "stat: cpu0, btime, processes, ctxt");
    check(has("/proc/cpuinfo", "processor\t: 0") && has("/proc/cpuinfo", "flags\t\t:"), "cpuinfo");
    struct utsname name;
    must(uname(&name));
    char expected[200];
    snprintf(expected, sizeof expected, "Linux version %s ", name.release);
    check(has("/proc/version", expected), "version");
    snprintf(expected, sizeof expected, "%s\n", name.release);
    check(strcmp(file_text("/proc/sys/kernel/osrelease"), expected) == 0, "osrelease");
    snprintf(expected, sizeof expected, "%s\n", name.nodename);
    check(strcmp(file_text("/proc/sys/kernel/hostname"), expected) == 0, "hostname");
    say("ostype: %s", file_text("/proc/sys/kernel/ostype"));
    check(atoi(file_text("/proc/sys/kernel/pid_max")) >= 300, "pid_max");
    check(has("/proc/filesystems", "nodev\tproc\n") && has("/proc/filesystems", "nodev\ttmpfs\n"), "filesystems");
    check(has("/proc/mounts", " /proc proc ") && has("/proc/self/mounts", " / "), "mounts");
    check(has("/proc/self/mountinfo", " / / "), "mountinfo");
    check(strlen(file_text("/proc/sys/kernel/random/uuid")) == 37, "a random uuid");
    char first[64];
    snprintf(first, sizeof first, "%s", file_text("/proc/sys/kernel/random/uuid"));
    check(strcmp(first, file_text("/proc/sys/kernel/random/uuid")) != 0, "another one each time");
    snprintf(first, sizeof first, "%s", file_text("/proc/sys/kernel/random/boot_id"));
    check(strlen(first) == 37 && strcmp(first, file_text("/proc/sys/kernel/random/boot_id")) == 0, "one boot id");
    check(has("/proc/self/limits", "Max open files"), "limits");
    check(has("/proc/devices", "Character devices:"), "devices");

    /* Files of proc have no size but content; reading in pieces gives the same; they cannot be changed. */
    struct stat status;
    must(stat("/proc/version", &status));
    say("size %ld, mode %o", (long)status.st_size, status.st_mode & 0777);
    int fd = (int)must(open("/proc/version", O_RDONLY));
    char pieces[512] = "";
    size_t length = 0;
    while (length < sizeof pieces - 1 && read(fd, pieces + length, 1) == 1) length++;
    check(strcmp(pieces, file_text("/proc/version")) == 0, "byte by byte");
    char byte;
    must(lseek(fd, 0, SEEK_SET));
    must(read(fd, &byte, 1));
    say("from the start again: %c", byte);
    result("create a file", open("/proc/new", O_WRONLY | O_CREAT, 0644));
    result("mkdir", mkdir("/proc/new", 0755));
    return finish();
}
