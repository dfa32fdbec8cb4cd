/* flock(2): shared and exclusive, by open file and not by process, inherited, converted, released at the last close. */
#include "conformance.h"
#include <sys/file.h>

static const char *try_lock(int fd, int operation) {
    return flock(fd, operation | LOCK_NB) == 0 ? "ok" : errno_name(errno);
}

int main(int argc, char **argv) {
    begin(argc, argv);
    int first = (int)must(open("file", O_RDWR | O_CREAT, 0644)), second = (int)must(open("file", O_RDONLY));
    say("exclusive: %s", try_lock(first, LOCK_EX));
    say("a second opening, shared: %s", try_lock(second, LOCK_SH));
    say("a duplicate of the first: %s", try_lock(dup(first), LOCK_EX));
    say("converted to shared: %s", try_lock(first, LOCK_SH));
    say("a second opening, shared: %s", try_lock(second, LOCK_SH));
    say("back to exclusive: %s", try_lock(first, LOCK_EX));
    must(flock(second, LOCK_UN));
    say("when the other is gone: %s", try_lock(first, LOCK_EX));
    pid_t child = fork_child();
    if (child == 0) {
        say("child, inherited: %s", try_lock(first, LOCK_EX));
        say("child, own opening: %s", try_lock(open("file", O_RDWR), LOCK_EX));
        must(flock(first, LOCK_UN));
        _exit(0);
    }
    wait_for(child);
    say("the child has unlocked it for us, too: %s", try_lock(second, LOCK_EX));
    must(flock(second, LOCK_UN));

    /* A blocked one goes on when the holder closes. */
    must(flock(first, LOCK_EX));
    struct gate gate = make_gate();
    child = fork_child();
    if (child == 0) {
        int own = (int)must(open("file", O_RDWR));
        open_gate(gate);
        _exit(flock(own, LOCK_EX) == 0 ? 3 : 4);
    }
    pass_gate(gate);
    wait_until_asleep(child);
    must(close(first));
    int status;
    result("its duplicate keeps the lock, and the child's copy would", waitpid(child, &status, WNOHANG));
    for (int fd = 3; fd < 20; fd++)
        if (fd != second && fd != gate.ends[0] && fd != gate.ends[1]) close(fd);
    /* The child holds the first opening as well, so unlocking is what frees it. */
    must(kill(child, SIGKILL));
    wait_for(child);
    say("after the child's end: %s", try_lock(second, LOCK_EX));

    child = fork_child();
    if (child == 0) {
        close(second);
        int own = (int)must(open("file", O_RDWR));
        open_gate(gate);
        _exit(flock(own, LOCK_SH) == 0 ? 3 : 4);
    }
    pass_gate(gate);
    wait_until_asleep(child);
    must(flock(second, LOCK_UN));
    say_status("woken", wait_for(child));
    result("odd operation", flock(second, 77));
    result("not open", flock(900, LOCK_SH));
    return finish();
}
