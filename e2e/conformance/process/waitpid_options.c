/* waitpid(2): WNOHANG, WUNTRACED, WCONTINUED, choosing by pid and by process group. */
#include "conformance.h"

int main(int argc, char **argv) {
    begin(argc, argv);
    struct gate gate = make_gate();
    pid_t child = fork_child();
    if (child == 0) {
        pass_gate(gate);
        raise(SIGSTOP);
        pass_gate(gate);
        _exit(9);
    }
    int status = -1;
    result("WNOHANG while it runs", waitpid(child, &status, WNOHANG));
    say("status untouched: %d", status);
    open_gate(gate);
    check(waitpid(child, &status, WUNTRACED) == child, "it stops");
    say_status("child", status);
    result("a stop is told once", waitpid(child, &status, WUNTRACED | WNOHANG));
    result("a stopped child has not ended", waitpid(child, &status, WNOHANG));
    must(kill(child, SIGCONT));
    check(waitpid(child, &status, WCONTINUED) == child, "it goes on");
    say_status("child", status);
    open_gate(gate);
    check(waitpid(child, &status, 0) == child, "it ends");
    say_status("child", status);
    result("it is gone", waitpid(child, &status, WNOHANG));

    pid_t first = fork_child();
    if (first == 0) {
        pass_gate(gate);
        _exit(1);
    }
    pid_t second = fork_child();
    if (second == 0) _exit(2);
    must(setpgid(first, first));
    check(waitpid(second, &status, 0) == second, "the second is chosen while the first runs");
    say_status("second", status);
    result("no child is left in our own group", waitpid(0, &status, WNOHANG));
    result("the first one's group still runs", waitpid(-first, &status, WNOHANG));
    open_gate(gate);
    check(waitpid(-first, &status, 0) == first, "chosen by its group");
    say_status("first", status);

    /* Ten children, waited for in any order: each pid comes once, and the codes add up. */
    pid_t pids[10];
    int sum = 0, known = 0;
    for (int i = 0; i < 10; i++) {
        pids[i] = fork_child();
        if (pids[i] == 0) _exit(1 << (i % 4));
    }
    for (pid_t waited; (waited = waitpid(-1, &status, 0)) > 0;) {
        sum += WEXITSTATUS(status);
        for (int i = 0; i < 10; i++)
            if (pids[i] == waited) known++, pids[i] = -1;
    }
    say("ten children: %d known, codes add up to %d, then %s", known, sum, errno_name(errno));
    return finish();
}
