/* write(2) to a pipe without reader: SIGPIPE ends the writer, or EPIPE when it is ignored, blocked or handled. */
#include "conformance.h"
#include <sys/socket.h>

static volatile sig_atomic_t caught;

static void handler(int number) {
    caught = number;
}

int main(int argc, char **argv) {
    begin(argc, argv);
    int ends[2];
    must(pipe(ends));
    must(close(ends[0]));
    pid_t child = fork_child();
    if (child == 0) {
        write(ends[1], "x", 1);
        _exit(0);
    }
    say_status("by default", wait_for(child));
    handle(SIGPIPE, handler, 0);
    result("with a handler", write(ends[1], "x", 1));
    say("caught: %s", signal_name(caught));
    handle(SIGPIPE, SIG_IGN, 0);
    result("ignored", write(ends[1], "x", 1));
    handle(SIGPIPE, handler, 0);
    block_signal(SIGPIPE);
    caught = 0;
    result("blocked", write(ends[1], "x", 1));
    sigset_t pending;
    must(sigpending(&pending));
    say("pending: %d", sigismember(&pending, SIGPIPE));
    unblock_signal(SIGPIPE);
    say("caught: %s", signal_name(caught));
    result("write of nothing", write(ends[1], "", 0));

    /* A writer that is blocked in a full pipe learns that the reader has left. */
    must(close(ends[1]));
    must(pipe(ends));
    child = fork_child();
    if (child == 0) {
        close(ends[0]);
        char block[4096] = "";
        handle(SIGPIPE, SIG_IGN, 0);
        while (write(ends[1], block, sizeof block) == sizeof block) {
        }
        _exit(errno == EPIPE ? 0 : 1);
    }
    must(close(ends[1]));
    wait_until_asleep(child);
    must(close(ends[0]));
    say_status("blocked writer", wait_for(child));

    /* "yes | head": the last reader ends, the writer is killed. */
    must(pipe(ends));
    child = fork_child();
    if (child == 0) {
        close(ends[0]);
        handle(SIGPIPE, SIG_DFL, 0);
        for (;;) write(ends[1], "y\n", 2);
    }
    pid_t reader = fork_child();
    if (reader == 0) {
        close(ends[1]);
        char line[2];
        for (int i = 0; i < 10; i++) read_all(ends[0], line, 2);
        _exit(0);
    }
    close(ends[0]);
    close(ends[1]);
    say_status("reader", wait_for(reader));
    say_status("writer", wait_for(child));

    int sockets[2];
    must(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets));
    must(close(sockets[0]));
    caught = 0;
    result("socket", send(sockets[1], "x", 1, 0));
    say("caught: %s", signal_name(caught));
    caught = 0;
    result("socket with MSG_NOSIGNAL", send(sockets[1], "x", 1, MSG_NOSIGNAL));
    say("caught: %s", signal_name(caught));
    return finish();
}
