/* ^C ^\ ^Z: signals to the foreground group, echo, flushing, NOFLSH, without ISIG, changed keys. */
#include "pty.h"

static volatile sig_atomic_t caught;

static void handler(int number) {
    caught = number;
}

int main(int argc, char **argv) {
    begin(argc, argv);
    struct pty pty = open_pty();
    struct gate ready = make_gate(), told = make_gate(), child_ready = make_gate();
    pid_t leader = fork_child();
    if (leader == 0) {
        take_terminal(pty);
        handle(SIGINT, handler, 0);
        handle(SIGQUIT, handler, 0);
        char buffer[100];
        const int expected[] = {SIGINT, SIGQUIT, SIGINT};
        for (int i = 0; i < 3; i++) {
            caught = 0;
            open_gate(ready);
            ssize_t length = read(0, buffer, sizeof buffer);
            say("key %d: read %s, caught %s, expected %s", i, length == -1 ? errno_name(errno) : "something",
                signal_name(caught), signal_name(expected[i]));
            open_gate(told);
        }
        /* Two processes of the group get it. */
        pid_t child = fork_child();
        if (child == 0) {
            handle(SIGINT, SIG_DFL, 0);
            open_gate(ready);
            for (;;) pause();
        }
        say_status("the child of the group", wait_for(child));
        while (caught == 0) sleep_ms(1);
        say("the leader, too: %s", signal_name(caught));
        open_gate(told);

        change_flags(0, ISIG, 0, 0);
        open_gate(ready);
        ssize_t length = read(0, buffer, sizeof buffer);
        say_bytes("without ISIG", buffer, length);
        change_flags(0, 0, ISIG, 0);
        struct termios termios;
        must(tcgetattr(0, &termios));
        termios.c_cc[VINTR] = '!';
        termios.c_lflag |= NOFLSH;
        must(tcsetattr(0, TCSANOW, &termios));
        caught = 0;
        open_gate(ready);
        while (caught == 0) sleep_ms(1);
        say("another key: %s", signal_name(caught));
        length = read(0, buffer, sizeof buffer);
        say_bytes("NOFLSH keeps what was typed", buffer, length);

        child = fork_child();
        if (child == 0) {
            setpgid(0, 0);
            handle(SIGINT, SIG_DFL, 0);
            open_gate(child_ready);
            for (;;) pause();
        }
        setpgid(child, child);
        pass_gate(child_ready);
        handle(SIGTTOU, SIG_IGN, 0);
        must(tcsetpgrp(0, child));
        open_gate(ready);
        int status;
        must(waitpid(child, &status, WUNTRACED));
        say_status("^Z", status);
        must(kill(child, SIGCONT));
        must(waitpid(child, &status, WCONTINUED));
        caught = 0;
        open_gate(ready);
        say_status("! in the foreground", wait_for(child));
        say("the background leader got: %s", signal_name(caught));
        must(tcsetpgrp(0, getpgrp()));
        _exit(0);
    }
    const char *const keys[] = {"\x03", "\x1c", "lost line\x03"};
    for (int i = 0; i < 3; i++) {
        pass_gate(ready);
        wait_until_asleep(leader);
        type(pty, keys[i]);
        pass_gate(told);
        say_available("screen", pty.master, 1000);
    }
    pass_gate(ready);
    type(pty, "\x03");
    pass_gate(told);
    pass_gate(ready);
    type(pty, "\x03\n");
    pass_gate(ready);
    type(pty, "kept!\n");
    pass_gate(ready);
    type(pty, "\x1a");
    pass_gate(ready);
    type(pty, "!");
    say_status("leader", wait_for(leader));
    return finish();
}
