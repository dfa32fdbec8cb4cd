/* needs: root */
/* kill(2): a user may signal processes whose real or saved id is his; SIGCONT within the session; broadcast reaches only his. */
#include "conformance.h"
#include <grp.h>

static pid_t target(uid_t real, uid_t effective, uid_t saved) {
    pid_t child = fork_child();
    if (child == 0) {
        must(setresuid(real, effective, saved));
        for (;;) pause();
    }
    /* Wait until the ids are set: its sleep comes after. */
    wait_until_asleep(child);
    return child;
}

static void try(const char *what, uid_t sender_real, uid_t sender_effective, pid_t victim, int number) {
    pid_t child = fork_child();
    if (child == 0) {
        must(setresuid(sender_real, sender_effective, sender_effective));
        result(what, kill(victim, number));
        _exit(0);
    }
    wait_for(child);
}

int main(int argc, char **argv) {
    begin(argc, argv);
    pid_t root = target(0, 0, 0), same = target(1000, 1000, 1000), set_id = target(1000, 0, 0), other = target(1001, 1001, 1001);
    pid_t dropped = target(1001, 1001, 1000);
    try("root's", 1000, 1000, root, 0);
    try("one's own", 1000, 1000, same, 0);
    try("one's own set-id program", 1000, 1000, set_id, 0);
    try("another's", 1000, 1000, other, 0);
    try("another's whose saved id is ours", 1000, 1000, dropped, 0);
    try("sender's real id counts", 1001, 1000, other, 0);
    try("SIGCONT in the same session", 1000, 1000, other, SIGCONT);
    try("SIGTERM there", 1000, 1000, other, SIGTERM);
    try("root may", 0, 0, other, SIGTERM);
    say_status("other", wait_for(other));
    try("own, terminated", 1000, 1000, same, SIGTERM);
    say_status("same", wait_for(same));
    /* A group with members that one may and may not signal: success if any could be. */
    pid_t mine = target(1000, 1000, 1000);
    must(setpgid(mine, mine));
    must(setpgid(root, mine));
    pid_t sender = fork_child();
    if (sender == 0) {
        must(setresuid(1000, 1000, 1000));
        result("a mixed group", kill(-mine, SIGTERM));
        _exit(0);
    }
    wait_for(sender);
    say_status("mine", wait_for(mine));
    int status;
    result("root's lives", waitpid(root, &status, WNOHANG));
    sender = fork_child();
    if (sender == 0) {
        must(setresuid(1002, 1002, 1002));
        result("a group of others only", kill(-mine, SIGTERM));
        result("tgkill of another's", syscall(SYS_tgkill, root, root, SIGTERM));
        _exit(0);
    }
    wait_for(sender);
    const pid_t rest[] = {root, set_id, dropped};
    for (size_t i = 0; i < COUNT(rest); i++) {
        must(kill(rest[i], SIGKILL));
        wait_for(rest[i]);
    }
    return finish();
}
