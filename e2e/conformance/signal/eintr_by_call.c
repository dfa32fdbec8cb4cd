/* signal(7), "Interruption of system calls": which calls restart under SA_RESTART and which never do. */
#include "conformance.h"
#include <linux/futex.h>
#include <poll.h>
#include <semaphore.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/select.h>
#include <sys/socket.h>

static void nothing(int number) {
    (void)number;
}

static int ends[2], sockets[2];
static uint32_t futex_word;
static struct timespec ten_seconds = {10, 0};

static long do_poll(void) {
    struct pollfd fd = {ends[0], POLLIN, 0};
    return poll(&fd, 1, 10000);
}
static long do_select(void) {
    fd_set set;
    FD_ZERO(&set);
    FD_SET(ends[0], &set);
    struct timeval timeout = {10, 0};
    return select(ends[0] + 1, &set, NULL, NULL, &timeout);
}
static long do_epoll(void) {
    struct epoll_event event;
    int fd = epoll_create1(0);
    long value = epoll_wait(fd, &event, 1, 10000);
    int error = errno;
    close(fd);
    errno = error;
    return value;
}
static long do_nanosleep(void) {
    return nanosleep(&ten_seconds, NULL);
}
static long do_clock_nanosleep(void) {
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += 10;
    int error = clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
    errno = error;
    return error == 0 ? 0 : -1;
}
static long do_pause(void) {
    return pause();
}
static long do_sigsuspend(void) {
    sigset_t none;
    sigemptyset(&none);
    return sigsuspend(&none);
}
static long do_sigtimedwait(void) {
    sigset_t set = signal_set(SIGUSR2, 0);
    return sigtimedwait(&set, NULL, &ten_seconds);
}
static long do_semaphore(void) {
    sem_t semaphore;
    sem_init(&semaphore, 0, 0);
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += 10;
    return sem_timedwait(&semaphore, &until);
}
static long do_futex(void) {
    return syscall(SYS_futex, &futex_word, FUTEX_WAIT, 0, &ten_seconds, NULL, 0);
}
static long do_read_pipe(void) {
    char byte;
    return read(ends[0], &byte, 1);
}
static long do_read_socket(void) {
    char byte;
    return recv(sockets[0], &byte, 1, 0);
}
static long do_read_socket_timeout(void) {
    struct timeval timeout = {10, 0};
    setsockopt(sockets[0], SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
    char byte;
    long value = recv(sockets[0], &byte, 1, 0);
    int error = errno;
    timeout.tv_sec = 0;
    setsockopt(sockets[0], SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
    errno = error;
    return value;
}
static long do_lock(void) {
    int fd = open("locked", O_RDWR);
    long value = flock(fd, LOCK_EX);
    int error = errno;
    close(fd);
    errno = error;
    return value;
}
static long do_open_fifo(void) {
    return open("fifo", O_RDONLY);
}

static const struct {
    const char *name;
    long (*call)(void);
} calls[] = {
    {"poll", do_poll},
    {"select", do_select},
    {"epoll_wait", do_epoll},
    {"nanosleep", do_nanosleep},
    {"clock_nanosleep", do_clock_nanosleep},
    {"pause", do_pause},
    {"sigsuspend", do_sigsuspend},
    {"sigtimedwait", do_sigtimedwait},
    {"sem_timedwait", do_semaphore},
    {"futex wait", do_futex},
    {"read of a pipe", do_read_pipe},
    {"recv", do_read_socket},
    {"recv with a timeout", do_read_socket_timeout},
    {"flock", do_lock},
    {"open of a fifo", do_open_fifo},
};

int main(int argc, char **argv) {
    begin(argc, argv);
    must(pipe(ends));
    must(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets));
    write_file("locked", "");
    must(mkfifo("fifo", 0644));
    int lock = (int)must(open("locked", O_RDWR));
    must(flock(lock, LOCK_EX));
    for (int restart = 0; restart < 2; restart++) {
        for (size_t i = 0; i < COUNT(calls); i++) {
            /* The caller is a child: if its call comes back it says how; if it was restarted it sleeps again. */
            pid_t child = fork_child();
            if (child == 0) {
                handle(SIGUSR1, nothing, restart ? SA_RESTART : 0);
                long value = calls[i].call();
                _exit(value == -1 ? errno : 200);
            }
            wait_until_asleep(child);
            must(kill(child, SIGUSR1));
            int status = 0;
            pid_t waited = 0;
            char state = '?';
            /* It has restarted when it sleeps again: three looks in a row, as it may not have woken yet. */
            for (int turn = 0, asleep = 0; waited == 0 && asleep < 12; turn++) {
                sleep_ms(1);
                waited = waitpid(child, &status, WNOHANG);
                state = task_state(child, child);
                asleep = state == 'S' ? asleep + 1 : 0;
            }
            if (waited == 0) {
                must(kill(child, SIGKILL));
                wait_for(child);
            }
            say("%s, %s: %s", calls[i].name, restart ? "SA_RESTART" : "plain",
                waited == 0 ? "restarted" : errno_name(WEXITSTATUS(status)));
        }
    }
    return finish();
}
