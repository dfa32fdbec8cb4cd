/* Job control: SIGTTIN for background readers, SIGTTOU for writers (TOSTOP) and for tcsetattr, tcsetpgrp, orphaned groups. */
#include "pty.h"

static void say_wait(const char *what, pid_t child) {
    int status;
    must(waitpid(child, &status, WUNTRACED));
    say_status(what, status);
}

static pid_t background(void) {
    pid_t child = fork_child();
    if (child == 0) {
        must(setpgid(0, 0));
        return 0;
    }
    setpgid(child, child);
    return child;
}

static void end(pid_t child) {
    must(kill(child, SIGKILL));
    wait_for(child);
}

int main(int argc, char **argv) {
    begin(argc, argv);
    struct pty pty = open_pty();
    pid_t leader = fork_child();
    if (leader == 0) {
        take_terminal(pty);
        check(tcgetpgrp(0) == getpgrp(), "the leader's group is in the foreground");
        check(tcgetsid(0) == getsid(0), "the terminal belongs to the session");
        char byte;
        pid_t child = background();
        if (child == 0) {
            read(0, &byte, 1);
            _exit(1);
        }
        say_wait("background read", child);
        handle(SIGTTOU, SIG_IGN, 0);
        must(tcsetpgrp(0, child));
        check(tcgetpgrp(0) == child, "it is in the foreground now");
        must(kill(child, SIGCONT));
        type(pty, "x\n");
        say_wait("its read goes on", child);
        must(tcsetpgrp(0, getpgrp()));

        child = background();
        if (child == 0) {
            handle(SIGTTIN, SIG_IGN, 0);
            ssize_t length = read(0, &byte, 1);
            say("background read, SIGTTIN ignored: %s", length == -1 ? errno_name(errno) : "ok");
            handle(SIGTTIN, SIG_DFL, 0);
            block_signal(SIGTTIN);
            length = read(0, &byte, 1);
            say("background read, SIGTTIN blocked: %s", length == -1 ? errno_name(errno) : "ok");
            _exit(0);
        }
        wait_for(child);

        child = background();
        if (child == 0) {
            handle(SIGTTOU, SIG_DFL, 0);
            must(write(pty.slave, "allowed", 7));
            _exit(0);
        }
        say_wait("background write", child);
        change_flags(0, 0, TOSTOP, 0);
        child = background();
        if (child == 0) {
            handle(SIGTTOU, SIG_DFL, 0);
            must(write(pty.slave, "stopped", 7));
            _exit(0);
        }
        say_wait("background write with TOSTOP", child);
        end(child);
        child = background();
        if (child == 0) {
            must(write(pty.slave, "ignored", 7));
            _exit(0);
        }
        say_wait("the same with SIGTTOU ignored", child);
        child = background();
        if (child == 0) {
            handle(SIGTTOU, SIG_DFL, 0);
            struct termios termios;
            must(tcgetattr(0, &termios));
            say("tcgetattr in the background: ok");
            tcsetattr(0, TCSANOW, &termios);
            _exit(0);
        }
        say_wait("tcsetattr in the background", child);
        end(child);
        child = background();
        if (child == 0) {
            handle(SIGTTOU, SIG_DFL, 0);
            tcsetpgrp(0, getpgrp());
            _exit(0);
        }
        say_wait("tcsetpgrp in the background", child);
        end(child);

        /* In an orphaned group nobody could continue it: the call fails instead. */
        struct gate told = make_gate();
        child = fork_child();
        if (child == 0) {
            pid_t middle = getpid();
            if (fork_child() == 0) {
                must(setpgid(0, 0));
                while (getppid() == middle) sleep_ms(1);
                handle(SIGTTIN, SIG_DFL, 0);
                ssize_t length = read(0, &byte, 1);
                say("background read in an orphaned group: %s", length == -1 ? errno_name(errno) : "ok");
                open_gate(told);
                _exit(0);
            }
            _exit(0);
        }
        wait_for(child);
        pass_gate(told);

        result("a group of another session", tcsetpgrp(0, getpgid(getppid())));
        result("a group that is nowhere", tcsetpgrp(0, 0x3ffffffe));
        result("a negative group", tcsetpgrp(0, -1));
        result("not a terminal", tcsetpgrp(pty.slave + 100, getpgrp()));
        child = fork_child();
        if (child == 0) {
            must(setsid());
            result("from another session", tcsetpgrp(pty.slave, getpgrp()));
            result("asking from another session", tcgetpgrp(pty.slave));
            _exit(0);
        }
        wait_for(child);
        _exit(0);
    }
    say_status("leader", wait_for(leader));
    return finish();
}
