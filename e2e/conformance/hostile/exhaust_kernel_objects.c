/*
 * Tries: to exhaust what a kernel keeps for a program: descriptors, pipes with full buffers, sockets, timers, mappings,
 * pending signals, epoll watches, inode names of full length, threads.
 * Must: each ends with an errno (EMFILE, ENFILE, EAGAIN, ENOMEM, ENOSPC) within the machine's memory; the kernel thread's
 * heap stays bounded, and when this program has ended all of it is free again (run it ten times).
 */
#include "hostile.h"
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>

static void *wait_for_ever(void *argument) {
    for (;;) pause();
    return argument;
}

int main(int argc, char **argv) {
    begin(argc, argv);
    if (getenv("HOSTILE_IN_GUEST") == NULL) {
        say("refused: set HOSTILE_IN_GUEST in a machine that may be lost");
        return 2;
    }
    struct rlimit limit;
    must(getrlimit(RLIMIT_NOFILE, &limit));
    limit.rlim_cur = limit.rlim_max;
    must(setrlimit(RLIMIT_NOFILE, &limit));
    static char block[65536];
    int ends[2], count = 0;
    while (count < 100000 && pipe2(ends, O_NONBLOCK) == 0) {
        write(ends[1], block, sizeof block);
        count++;
    }
    say("pipes: %s", count == 100000 ? "no end" : errno_name(errno));
    syscall(SYS_close_range, 3, ~0u, 0);
    for (count = 0; count < 100000 && socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends) == 0; count++)
        write(ends[0], block, sizeof block);
    say("sockets: %s", count == 100000 ? "no end" : errno_name(errno));
    syscall(SYS_close_range, 3, ~0u, 0);
    timer_t timer;
    for (count = 0; count < 1000000 && timer_create(CLOCK_MONOTONIC, NULL, &timer) == 0; count++) {
    }
    say("timers: %s", count == 1000000 ? "no end" : errno_name(errno));
    for (count = 0; count < 1000000; count++) {
        char *page = mmap(NULL, 2 * PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (page == MAP_FAILED || mprotect(page, PAGE, PROT_NONE) == -1) break;
    }
    say("mappings: %s", count == 1000000 ? "no end" : errno_name(errno));
    block_signal(SIGRTMIN);
    union sigval value = {0};
    for (count = 0; count < 1000000 && sigqueue(getpid(), SIGRTMIN, value) == 0; count++) {
    }
    say("signals: %s", count == 1000000 ? "no end" : errno_name(errno));
    pid_t child = fork_child();
    if (child == 0) {
        int error = 0;
        pthread_t thread;
        for (count = 0; count < 1000000 && (error = pthread_create(&thread, NULL, wait_for_ever, NULL)) == 0; count++) {
        }
        say("threads: %s", error == 0 ? "no end" : errno_name(error));
        _exit(0);
    }
    wait_for(child);
    return survived();
}
