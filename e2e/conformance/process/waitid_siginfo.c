/* waitid(2): the fields of siginfo, WNOWAIT, the ways to choose. */
#include "conformance.h"

static const char *code_name(int code) {
    const char *const names[] = {"?", "CLD_EXITED", "CLD_KILLED", "CLD_DUMPED", "CLD_TRAPPED", "CLD_STOPPED",
                                 "CLD_CONTINUED"};
    return code >= 0 && code <= 6 ? names[code] : "?";
}

static void tell(const char *what, const siginfo_t *info, pid_t child) {
    say("%s: signo %s code %s status %d right pid %d right uid %d", what, signal_name(info->si_signo),
        code_name(info->si_code), info->si_status, info->si_pid == child, info->si_uid == getuid());
}

int main(int argc, char **argv) {
    begin(argc, argv);
    siginfo_t info;
    struct gate gate = make_gate();
    pid_t child = fork_child();
    if (child == 0) {
        raise(SIGSTOP);
        pass_gate(gate);
        _exit(300);
    }
    must(waitid(P_PID, child, &info, WSTOPPED | WNOWAIT));
    tell("stopped, left waitable", &info, child);
    must(waitid(P_PID, child, &info, WSTOPPED));
    tell("stopped", &info, child);
    memset(&info, 0x55, sizeof info);
    result("no more news", waitid(P_PID, child, &info, WSTOPPED | WEXITED | WNOHANG));
    say("then si_pid is %d and si_signo is %d", info.si_pid, info.si_signo);
    must(kill(child, SIGCONT));
    must(waitid(P_PID, child, &info, WCONTINUED));
    tell("continued", &info, child);
    open_gate(gate);
    must(waitid(P_PID, child, &info, WEXITED | WNOWAIT));
    tell("exited, left waitable", &info, child);
    must(waitid(P_ALL, 0, &info, WEXITED));
    tell("exited", &info, child);
    result("gone", waitid(P_PID, child, &info, WEXITED));

    child = fork_child();
    if (child == 0) {
        setpgid(0, 0);
        for (;;) pause();
    }
    setpgid(child, child);
    must(kill(child, SIGTERM));
    must(waitid(P_PGID, child, &info, WEXITED));
    tell("killed", &info, child);

    child = fork_child();
    if (child == 0) _exit(1);
    must(waitid(P_PID, child, NULL, WEXITED));
    say("the siginfo pointer may be NULL");

    result("no event chosen", waitid(P_ALL, 0, &info, 0));
    result("odd flags", waitid(P_ALL, 0, &info, WEXITED | 0x10000));
    result("odd type", waitid((idtype_t)77, 0, &info, WEXITED));
    result("pid 0", waitid(P_PID, 0, &info, WEXITED));
    result("negative pid", waitid(P_PID, -5, &info, WEXITED));
    result("no children", waitid(P_ALL, 0, &info, WEXITED));
    return finish();
}
