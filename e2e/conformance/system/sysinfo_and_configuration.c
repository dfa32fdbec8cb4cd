/* sysinfo(2), sysconf(3), getpagesize, get_nprocs: they are sane and agree with each other and with /proc. */
#include "conformance.h"
#include <sys/sysinfo.h>

static long memory_line(const char *name) {
    const char *text = file_text("/proc/meminfo"), *line = strstr(text, name);
    return line == NULL ? -1 : strtol(line + strlen(name), NULL, 10);
}

int main(int argc, char **argv) {
    begin(argc, argv);
    struct sysinfo info;
    memset(&info, 0xff, sizeof info);
    result("sysinfo", sysinfo(&info));
    check(info.uptime > 0 && info.uptime < 400000000, "up for some time");
    check(info.mem_unit >= 1, "there is a unit");
    unsigned long total = info.totalram * info.mem_unit, free_memory = info.freeram * info.mem_unit;
    check(total >= 16 << 20 && free_memory <= total, "memory: free is a part of total");
    check(info.freeswap <= info.totalswap, "swap: free is a part of total");
    check(info.procs >= 1, "there is a process");
    long from_proc = memory_line("MemTotal:");
    check(from_proc > 0 && (unsigned long)from_proc == total / 1024, "/proc/meminfo knows the same total");
    check(memory_line("MemFree:") > 0 && memory_line("MemAvailable:") > 0, "and what is free");
    say("page size %ld %d", sysconf(_SC_PAGESIZE), getpagesize());
    check(sysconf(_SC_PHYS_PAGES) > 0 && sysconf(_SC_AVPHYS_PAGES) > 0, "physical pages");
    check(sysconf(_SC_NPROCESSORS_ONLN) >= 1 && get_nprocs() == sysconf(_SC_NPROCESSORS_ONLN), "processors");
    say("clock ticks %ld, argument space at least 128 KiB %d, name of a host %ld", sysconf(_SC_CLK_TCK),
        sysconf(_SC_ARG_MAX) >= 131072, sysconf(_SC_HOST_NAME_MAX));
    result("bad address", syscall(SYS_sysinfo, 8));
    return finish();
}
