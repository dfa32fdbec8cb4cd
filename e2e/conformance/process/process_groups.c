/* setpgid(2), getpgid(2): moving between groups, and its errors. */
#include "conformance.h"

int main(int argc, char **argv) {
    if (role(argc, argv) != NULL) {
        must(write(atoi(argv[3]), "r", 1));
        for (;;) pause();
    }
    begin(argc, argv);
    struct gate gate = make_gate();
    pid_t first = fork_child();
    if (first == 0)
        for (;;) pause();
    pid_t second = fork_child();
    if (second == 0)
        for (;;) pause();
    check(getpgid(first) == getpgrp() && getpgid(0) == getpgrp(), "children begin in our group");
    result("a group for the first", setpgid(first, 0));
    check(getpgid(first) == first, "the first leads it");
    result("the second joins", setpgid(second, first));
    check(getpgid(second) == first, "the second is in it");
    result("the second gets its own", setpgid(second, second));
    check(getpgid(second) == second, "the second leads its own");
    result("and comes back", setpgid(second, getpgrp()));
    check(getpgid(second) == getpgrp(), "the second is in ours");

    result("a group that is nowhere", setpgid(second, 0x3ffffffe));
    result("a negative group", setpgid(second, -1));
    result("a process that is not ours", setpgid(1, 0));
    result("a process that is not there", setpgid(0x3ffffffe, 0));
    result("group of a process that is not there", getpgid(0x3ffffffe));
    result("group of a negative pid", getpgid(-1));

    /* A session leader cannot change its group, nor can a process of another session be moved. */
    pid_t leader = fork_child();
    if (leader == 0) {
        must(setsid());
        result("a session leader itself", setpgid(0, 0));
        open_gate(gate);
        for (;;) pause();
    }
    pass_gate(gate);
    result("into a group of another session", setpgid(second, leader));
    result("a child in another session", setpgid(leader, 0));

    /* After an exec a parent may not change its child's group any more. */
    int ends[2];
    must(pipe(ends));
    pid_t executed = fork_child();
    if (executed == 0) {
        char number[16];
        snprintf(number, sizeof number, "%d", ends[1]);
        execl(self_path, self_path, "--role", "wait", number, NULL);
        _exit(1);
    }
    char byte;
    must(read(ends[0], &byte, 1));
    result("a child after exec", setpgid(executed, 0));

    /* kill(-group) reaches the whole group and nobody else. */
    must(setpgid(second, first));
    must(kill(-first, SIGTERM));
    say_status("first", wait_for(first));
    say_status("second", wait_for(second));
    result("a group without members", kill(-first, 0));
    must(kill(leader, SIGKILL));
    must(kill(executed, SIGKILL));
    say_status("leader", wait_for(leader));
    say_status("executed", wait_for(executed));
    return finish();
}
