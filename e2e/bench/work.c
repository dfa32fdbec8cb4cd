/*
 * Times pieces of kernel work, one line each on standard output:
 *
 *   time NAME NANOSECONDS      of one piece, on average over a run that lasts about as long as was asked for
 *   fail NAME ERRNO            the kernel does not do it
 *
 *   work [--milliseconds N] DIRECTORY [NAME...]
 *
 * DIRECTORY is on a tmpfs. The same binary runs natively and in guests; time is CLOCK_MONOTONIC of whoever runs it.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PAGE = 4096, MAX_TOUCHED = 4096, BLOCK = 4096 };

static const char *self;
static char file[4096];

static int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static _Noreturn void fail(const char *what) {
    fprintf(stderr, "%s: %s\n", what, strerror(errno));
    _exit(errno == 0 || errno > 255 ? 255 : errno);
}

#define must(call) ({ typeof(call) value = (call); if (value == -1) fail(#call); value; })

static void stay_on_one_cpu(void) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(must(sched_getcpu()), &set);
    must(sched_setaffinity(0, sizeof set, &set));
}

/* Each measurement does its work `count` times and returns the nanoseconds that took, without its preparations. */

static int64_t time_getppid(long count) {
    int64_t start = now();
    for (long i = 0; i < count; i++) syscall(SYS_getppid);
    return now() - start;
}

static int64_t time_touch(long count) {
    int64_t spent = 0;
    while (count > 0) {
        long pages = count < MAX_TOUCHED ? count : MAX_TOUCHED;
        char *memory = mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (memory == MAP_FAILED) fail("mmap");
        /* Pages of 4 KiB: a kernel without large ones refuses, which is as good. */
        madvise(memory, pages * PAGE, MADV_NOHUGEPAGE);
        int64_t start = now();
        for (long i = 0; i < pages; i++) *(volatile char *)(memory + i * PAGE) = 1;
        spent += now() - start;
        munmap(memory, pages * PAGE);
        count -= pages;
    }
    return spent;
}

static void echo(int from, int to) {
    char byte;
    while (read(from, &byte, 1) == 1)
        if (write(to, &byte, 1) != 1) break;
}

static int64_t time_pipe(long count) {
    int there[2], back[2];
    must(pipe(there));
    must(pipe(back));
    pid_t child = must(fork());
    if (child == 0) {
        close(there[1]);
        close(back[0]);
        echo(there[0], back[1]);
        _exit(0);
    }
    close(there[0]);
    close(back[1]);
    char byte = 0;
    /* The first round waits for the child to be there. */
    must(write(there[1], &byte, 1));
    must(read(back[0], &byte, 1));
    int64_t start = now();
    for (long i = 0; i < count; i++) {
        must(write(there[1], &byte, 1));
        must(read(back[0], &byte, 1));
    }
    int64_t spent = now() - start;
    close(there[1]);
    close(back[0]);
    must(waitpid(child, NULL, 0));
    return spent;
}

static uint32_t turn;

static void pass_turn(uint32_t mine, uint32_t other) {
    while (__atomic_load_n(&turn, __ATOMIC_ACQUIRE) != mine) syscall(SYS_futex, &turn, FUTEX_WAIT_PRIVATE, other, NULL);
    __atomic_store_n(&turn, other, __ATOMIC_RELEASE);
    syscall(SYS_futex, &turn, FUTEX_WAKE_PRIVATE, 1);
}

static void *second(void *argument) {
    for (long i = 0, count = *(long *)argument; i < count; i++) pass_turn(1, 0);
    return NULL;
}

/* Two threads on one CPU hand a turn to and fro; one piece of work is one switch. */
static int64_t time_switch(long count) {
    long turns = count / 2 + 1;
    stay_on_one_cpu();
    pthread_t thread;
    turn = 0;
    errno = pthread_create(&thread, NULL, second, &turns);
    if (errno != 0) fail("pthread_create");
    int64_t start = now();
    for (long i = 0; i < turns; i++) pass_turn(0, 1);
    errno = pthread_join(thread, NULL);
    int64_t spent = now() - start;
    return spent * count / (2 * turns);
}

static int64_t time_fork(long count) {
    int64_t start = now();
    for (long i = 0; i < count; i++) {
        pid_t child = must(fork());
        if (child == 0) _exit(0);
        must(waitpid(child, NULL, 0));
    }
    return now() - start;
}

static pid_t start_program(void) {
    static char *const environment[] = {NULL};
    char *arguments[] = {(char *)self, "--exit", NULL};
    pid_t child = vfork();
    if (child == 0) {
        execve(self, arguments, environment);
        _exit(1);
    }
    return child;
}

static int64_t time_exec(long count) {
    int64_t start = now();
    for (long i = 0; i < count; i++) {
        int status;
        pid_t child = must(start_program());
        must(waitpid(child, &status, 0));
        if (status != 0) {
            errno = ENOEXEC;
            fail("execve");
        }
    }
    return now() - start;
}

static int64_t time_open(long count) {
    int64_t start = now();
    for (long i = 0; i < count; i++) must(close(must(open(file, O_RDONLY))));
    return now() - start;
}

static int64_t time_stat(long count) {
    struct stat status;
    int64_t start = now();
    for (long i = 0; i < count; i++) must(stat(file, &status));
    return now() - start;
}

static int64_t time_read(long count) {
    static char block[BLOCK];
    int fd = must(open(file, O_RDONLY));
    int64_t start = now();
    for (long i = 0; i < count; i++) must(pread(fd, block, BLOCK, 0));
    int64_t spent = now() - start;
    close(fd);
    return spent;
}

/* Over 256 blocks, which are there after the first time round. */
static int64_t time_write(long count) {
    static char block[BLOCK];
    int fd = must(open(file, O_WRONLY));
    for (long i = 0; i < 256; i++) must(pwrite(fd, block, BLOCK, i * BLOCK));
    int64_t start = now();
    for (long i = 0; i < count; i++) must(pwrite(fd, block, BLOCK, (i & 255) * BLOCK));
    int64_t spent = now() - start;
    close(fd);
    return spent;
}

static int64_t time_map(long count) {
    int64_t start = now();
    for (long i = 0; i < count; i++) {
        char *memory = mmap(NULL, 16 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (memory == MAP_FAILED) fail("mmap");
        must(munmap(memory, 16 * PAGE));
    }
    return now() - start;
}

static volatile sig_atomic_t taken;

static void take(int number) {
    (void)number;
    taken++;
}

/* kill(2) of oneself, the handler, and the return from it. */
static int64_t time_signal(long count) {
    struct sigaction action = {.sa_handler = take};
    must(sigaction(SIGUSR1, &action, NULL));
    pid_t own = getpid();
    taken = 0;
    int64_t start = now();
    for (long i = 0; i < count; i++) must(kill(own, SIGUSR1));
    int64_t spent = now() - start;
    if (taken != count) {
        errno = EIO;
        fail("signals were lost");
    }
    return spent;
}

static void *nothing(void *argument) {
    return argument;
}

static int64_t time_thread(long count) {
    int64_t start = now();
    for (long i = 0; i < count; i++) {
        pthread_t thread;
        errno = pthread_create(&thread, NULL, nothing, NULL);
        if (errno != 0) fail("pthread_create");
        pthread_join(thread, NULL);
    }
    return now() - start;
}

static const struct {
    const char *name;
    int64_t (*measure)(long count);
} measurements[] = {
    {"getppid", time_getppid}, {"touch", time_touch}, {"pipe", time_pipe},   {"switch", time_switch},
    {"fork", time_fork},       {"exec", time_exec},   {"open", time_open},   {"stat", time_stat},
    {"read", time_read},       {"write", time_write}, {"map", time_map},     {"signal", time_signal},
    {"thread", time_thread},
};

/* Doubles the count until a run is long enough to tell how many fill the time. */
static double measure(int64_t (*work)(long), int64_t budget) {
    long count = 1;
    int64_t spent;
    while ((spent = work(count)) < budget / 8) count *= spent < budget / 64 ? 4 : 2;
    long full = (double)count * budget / spent;
    if (full <= count) return (double)spent / count;
    return (double)work(full) / full;
}

/* In a process of its own, so that none leaves anything to the next. */
static void run(int index, int64_t budget) {
    fflush(stdout);
    pid_t child = must(fork());
    if (child == 0) {
        printf("time %s %.1f\n", measurements[index].name, measure(measurements[index].measure, budget));
        fflush(stdout);
        _exit(0);
    }
    int status;
    must(waitpid(child, &status, 0));
    if (status != 0) printf("fail %s %d\n", measurements[index].name, WIFEXITED(status) ? WEXITSTATUS(status) : -status);
}

static int is_wanted(const char *name, char **names) {
    if (*names == NULL) return 1;
    for (; *names != NULL; names++)
        if (strcmp(name, *names) == 0) return 1;
    return 0;
}

int main(int argc, char **argv) {
    if (argc == 2 && strcmp(argv[1], "--exit") == 0) _exit(0);
    int first = 1;
    int64_t budget = 50000000;
    if (argc > 2 && strcmp(argv[1], "--milliseconds") == 0) {
        budget = atoll(argv[2]) * 1000000;
        first = 3;
    }
    if (argc <= first || budget <= 0) {
        fprintf(stderr, "usage: work [--milliseconds N] DIRECTORY [NAME...]\n");
        return 2;
    }
    self = argv[0];
    snprintf(file, sizeof file, "%s/umlaut-bench-%d", argv[first], getpid());
    int fd = must(open(file, O_RDWR | O_CREAT | O_TRUNC, 0600));
    static char block[BLOCK];
    must(write(fd, block, BLOCK));
    close(fd);
    for (size_t i = 0; i < sizeof measurements / sizeof *measurements; i++)
        if (is_wanted(measurements[i].name, argv + first + 1)) run(i, budget);
    unlink(file);
    return 0;
}
