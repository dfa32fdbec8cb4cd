/* getrlimit(2), setrlimit(2), prlimit(2): reading, lowering, raising, another process, errors; inherited and kept by exec. */
#include "conformance.h"
#include <sys/resource.h>

int main(int argc, char **argv) {
    if (role(argc, argv) != NULL) {
        struct rlimit limit;
        must(getrlimit(RLIMIT_CPU, &limit));
        say("after exec: %ld", (long)limit.rlim_cur);
        return 0;
    }
    begin(argc, argv);
    static const struct {
        const char *name;
        __rlimit_resource_t resource;
    } limits[] = {
        {"CPU", RLIMIT_CPU}, {"FSIZE", RLIMIT_FSIZE}, {"DATA", RLIMIT_DATA}, {"STACK", RLIMIT_STACK},
        {"CORE", RLIMIT_CORE}, {"RSS", RLIMIT_RSS}, {"NPROC", RLIMIT_NPROC}, {"NOFILE", RLIMIT_NOFILE},
        {"MEMLOCK", RLIMIT_MEMLOCK}, {"AS", RLIMIT_AS}, {"LOCKS", RLIMIT_LOCKS}, {"SIGPENDING", RLIMIT_SIGPENDING},
        {"MSGQUEUE", RLIMIT_MSGQUEUE}, {"NICE", RLIMIT_NICE}, {"RTPRIO", RLIMIT_RTPRIO}, {"RTTIME", RLIMIT_RTTIME},
    };
    for (size_t i = 0; i < COUNT(limits); i++) {
        struct rlimit limit = {1, 0}, lowered;
        int read = getrlimit(limits[i].resource, &limit);
        bool ordered = limit.rlim_cur <= limit.rlim_max;
        struct rlimit wanted = {limit.rlim_max == RLIM_INFINITY ? 1L << 40 : limit.rlim_max / 2, limit.rlim_max};
        int set = setrlimit(limits[i].resource, &wanted);
        must(getrlimit(limits[i].resource, &lowered));
        say("%s: read %s, soft <= hard %d, set %s, kept %d", limits[i].name, read == 0 ? "ok" : errno_name(errno), ordered,
            set == 0 ? "ok" : errno_name(errno), lowered.rlim_cur == wanted.rlim_cur && lowered.rlim_max == wanted.rlim_max);
    }
    struct rlimit limit = {500, 1000}, old;
    result("lower both", setrlimit(RLIMIT_CPU, &limit));
    limit.rlim_cur = 2000;
    result("soft above hard", setrlimit(RLIMIT_CPU, &limit));
    limit.rlim_cur = 1000;
    result("soft up to hard", setrlimit(RLIMIT_CPU, &limit));
    limit.rlim_cur = 700;
    result("prlimit sets and tells the old one", prlimit(0, RLIMIT_CPU, &limit, &old));
    say("old: %ld %ld", (long)old.rlim_cur, (long)old.rlim_max);

    struct gate gate = make_gate();
    pid_t child = fork_child();
    if (child == 0) {
        pass_gate(gate);
        must(getrlimit(RLIMIT_CPU, &limit));
        _exit((int)limit.rlim_cur - 600);
    }
    limit.rlim_cur = 650;
    result("another process", prlimit(child, RLIMIT_CPU, &limit, NULL));
    open_gate(gate);
    say_status("it sees", wait_for(child));
    must(getrlimit(RLIMIT_CPU, &limit));
    say("ours: %ld", (long)limit.rlim_cur);
    child = fork_child();
    if (child == 0) {
        execl(self_path, self_path, "--role", "executed", NULL);
        _exit(99);
    }
    say_status("executed", wait_for(child));

    result("no such limit", getrlimit((__rlimit_resource_t)99, &limit));
    result("no such process", prlimit(0x3ffffffe, RLIMIT_CPU, NULL, &old));
    result("bad address", syscall(SYS_setrlimit, RLIMIT_CPU, 8));
    result("bad address to read", syscall(SYS_prlimit64, 0, RLIMIT_CPU, NULL, 8));
    return finish();
}
