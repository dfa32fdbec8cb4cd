/* TIOCSCTTY, TIOCNOTTY, O_NOCTTY, /dev/tty: gaining and losing a controlling terminal. */
#include "pty.h"

static const char *has_terminal(void) {
    int fd = open("/dev/tty", O_RDWR);
    if (fd == -1) return errno_name(errno);
    close(fd);
    return "one";
}

static volatile sig_atomic_t hangups, continues;

static void handler(int number) {
    if (number == SIGHUP) hangups++;
    else continues++;
}

int main(int argc, char **argv) {
    begin(argc, argv);
    struct pty pty = open_pty();
    pid_t child = fork_child();
    if (child == 0) {
        must(setsid());
        say("a new session: %s", has_terminal());
        int fd = (int)must(open(pty.name, O_RDWR | O_NOCTTY));
        say("opened with O_NOCTTY: %s", has_terminal());
        result("TIOCSCTTY", ioctl(fd, TIOCSCTTY, 0));
        say("then: %s", has_terminal());
        result("again", ioctl(fd, TIOCSCTTY, 0));
        int tty = (int)must(open("/dev/tty", O_RDWR));
        must(write(tty, "through /dev/tty", 16));
        say_available("screen", pty.master, 1000);
        check(tcgetpgrp(tty) == getpgrp(), "we are in its foreground");
        struct pty other = open_pty();
        result("a second one", ioctl(other.slave, TIOCSCTTY, 0));

        /* A child of the session has it, too; one that leaves the session does not. */
        pid_t grandchild = fork_child();
        if (grandchild == 0) {
            say("child of the session: %s", has_terminal());
            result("it may not take another, not being the leader", ioctl(other.slave, TIOCSCTTY, 0));
            must(setsid());
            say("own session: %s", has_terminal());
            result("it cannot take a terminal that is another's", ioctl(fd, TIOCSCTTY, 0));
            _exit(0);
        }
        wait_for(grandchild);

        handle(SIGHUP, handler, 0);
        handle(SIGCONT, handler, 0);
        result("the leader gives it up", ioctl(fd, TIOCNOTTY));
        while (hangups == 0 || continues == 0) sleep_ms(1);
        say("then: %s, hang-ups %d, continues %d", has_terminal(), hangups, continues);
        result("nothing to give up", ioctl(fd, TIOCNOTTY));
        result("take the other", ioctl(other.slave, TIOCSCTTY, 0));
        say("then: %s", has_terminal());
        _exit(0);
    }
    say_status("child", wait_for(child));

    /* Opening a terminal without O_NOCTTY makes it the controlling one of a leader that has none. */
    struct pty second = open_pty();
    close(second.slave);
    child = fork_child();
    if (child == 0) {
        must(setsid());
        must(open(second.name, O_RDWR));
        say("opened without O_NOCTTY: %s", has_terminal());
        _exit(0);
    }
    say_status("child", wait_for(child));
    result("TIOCSCTTY on a file", ioctl((int)must(open("file", O_RDWR | O_CREAT, 0644)), TIOCSCTTY, 0));
    return finish();
}
