/* signal(7): a blocked read goes on after a handler with SA_RESTART and fails with EINTR without; so do write and wait. */
#include "conformance.h"

static volatile sig_atomic_t ran;
static int data[2];

static void count_only(int number) {
    (void)number;
    ran++;
}

/* A helper that sends SIGUSR1 when the caller sleeps, and afterwards writes a byte, in case the read was restarted. */
static pid_t disturb(int signals) {
    pid_t target = getpid();
    pid_t helper = fork_child();
    if (helper != 0) return helper;
    for (int i = 0; i < signals; i++) {
        wait_until_asleep(target);
        kill(target, SIGUSR1);
    }
    wait_until_asleep(target);
    must(write(data[1], "x", 1));
    _exit(0);
}

static void read_byte(const char *what, int flags, int signals) {
    handle(SIGUSR1, count_only, flags);
    ran = 0;
    pid_t helper = disturb(signals);
    char byte = 0;
    ssize_t length = read(data[0], &byte, 1);
    int error = errno;
    say("%s: read %zd %s, handler ran %s", what, length, length == -1 ? errno_name(error) : "", ran > 0 ? "yes" : "no");
    wait_for(helper);
    if (length == -1) must(read(data[0], &byte, 1));
}

int main(int argc, char **argv) {
    begin(argc, argv);
    must(pipe(data));
    read_byte("without SA_RESTART", 0, 1);
    read_byte("with SA_RESTART", SA_RESTART, 1);
    read_byte("with SA_RESTART, three signals", SA_RESTART, 3);
    read_byte("no signal", 0, 0);

    /* An ignored signal disturbs nobody. */
    handle(SIGUSR1, SIG_IGN, 0);
    pid_t helper = disturb(1);
    char byte;
    result("ignored signal", read(data[0], &byte, 1));
    wait_for(helper);

    /* A partial read is a success. */
    handle(SIGUSR1, count_only, 0);
    must(write(data[1], "ab", 2));
    char buffer[10];
    result("what is there is returned at once", read(data[0], buffer, sizeof buffer));

    /* A write to a full pipe: interrupted after a part it tells the part. */
    int capacity = (int)must(fcntl(data[1], F_GETPIPE_SZ));
    char *block = calloc(1, 2 * capacity);
    pid_t target = getpid();
    helper = fork_child();
    if (helper == 0) {
        wait_until_asleep(target);
        kill(target, SIGUSR1);
        _exit(0);
    }
    ssize_t written = write(data[1], block, 2 * capacity);
    check(written == capacity, "an interrupted write tells what fitted");
    wait_for(helper);
    helper = fork_child();
    if (helper == 0) {
        wait_until_asleep(target);
        kill(target, SIGUSR1);
        _exit(0);
    }
    result("nothing fits", write(data[1], "x", 1));
    wait_for(helper);

    /* wait4 restarts too. */
    for (int flags = 0; flags < 2; flags++) {
        handle(SIGUSR1, count_only, flags ? SA_RESTART : 0);
        struct gate gate = make_gate();
        pid_t child = fork_child();
        if (child == 0) {
            pass_gate(gate);
            _exit(3);
        }
        helper = fork_child();
        if (helper == 0) {
            wait_until_asleep(target);
            kill(target, SIGUSR1);
            wait_until_asleep(target);
            open_gate(gate);
            _exit(0);
        }
        int status = 0;
        pid_t waited = waitpid(child, &status, 0);
        say("waitpid %s SA_RESTART: %s", flags ? "with" : "without", waited == child ? "right child" : errno_name(errno));
        if (waited == -1) {
            open_gate(gate);
            wait_for(child);
        }
        wait_for(helper);
        close(gate.ends[0]), close(gate.ends[1]);
    }
    return finish();
}
