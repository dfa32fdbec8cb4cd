/*
 * What every conformance program shares. A program prints facts that are equal on any Linux: it runs once natively and
 * once in a guest, and both runs must print the same bytes. So nothing here prints a pid, an address, a time or a uid.
 *
 *   begin(argc, argv)      moves into a fresh work directory (argv[1], or one that it makes)
 *   say(...)               prints one line with one write(2), so that lines of several processes never mix
 *   result(what, call)     prints the value of a call, or the name of its errno
 *   outcome(what, call)    the same, but "ok" instead of the value (descriptors, addresses, pids)
 *   check(condition, ...)  prints a fact with "yes" or "NO"; a "NO" makes the program fail on either side
 *   must(call)             a step of the set-up that may not fail
 *   finish()               the value for main to return
 */
#ifndef CONFORMANCE_H
#define CONFORMANCE_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define UNUSED __attribute__((unused))
#define PAGE 4096L
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* The exit status with which a program says that this host cannot show its topic (for example: no namespaces). */
#define EXIT_SKIP 77
#define EXIT_SETUP 99

static int conformance_failures UNUSED;
static char self_path[PATH_MAX] UNUSED;

UNUSED static const char *errno_name(int number) {
    /* glibc 2.32 has strerrorname_np, but static programs of older hosts must build too. */
    static const struct {
        int number;
        const char *name;
    } names[] = {
#define NAME(x) {x, #x}
        NAME(EPERM), NAME(ENOENT), NAME(ESRCH), NAME(EINTR), NAME(EIO), NAME(ENXIO), NAME(E2BIG), NAME(ENOEXEC),
        NAME(EBADF), NAME(ECHILD), NAME(EAGAIN), NAME(ENOMEM), NAME(EACCES), NAME(EFAULT), NAME(ENOTBLK), NAME(EBUSY),
        NAME(EEXIST), NAME(EXDEV), NAME(ENODEV), NAME(ENOTDIR), NAME(EISDIR), NAME(EINVAL), NAME(ENFILE), NAME(EMFILE),
        NAME(ENOTTY), NAME(ETXTBSY), NAME(EFBIG), NAME(ENOSPC), NAME(ESPIPE), NAME(EROFS), NAME(EMLINK), NAME(EPIPE),
        NAME(EDOM), NAME(ERANGE), NAME(EDEADLK), NAME(ENAMETOOLONG), NAME(ENOLCK), NAME(ENOSYS), NAME(ENOTEMPTY),
        NAME(ELOOP), NAME(ENOMSG), NAME(ENODATA), NAME(ETIME), NAME(EPROTO), NAME(EBADMSG), NAME(EOVERFLOW),
        NAME(EILSEQ), NAME(ENOTSOCK), NAME(EDESTADDRREQ), NAME(EMSGSIZE), NAME(EPROTOTYPE), NAME(ENOPROTOOPT),
        NAME(EPROTONOSUPPORT), NAME(ESOCKTNOSUPPORT), NAME(EOPNOTSUPP), NAME(EPFNOSUPPORT), NAME(EAFNOSUPPORT),
        NAME(EADDRINUSE), NAME(EADDRNOTAVAIL), NAME(ENETDOWN), NAME(ENETUNREACH), NAME(ENETRESET), NAME(ECONNABORTED),
        NAME(ECONNRESET), NAME(ENOBUFS), NAME(EISCONN), NAME(ENOTCONN), NAME(ESHUTDOWN), NAME(ETIMEDOUT),
        NAME(ECONNREFUSED), NAME(EHOSTDOWN), NAME(EHOSTUNREACH), NAME(EALREADY), NAME(EINPROGRESS), NAME(ESTALE),
        NAME(EDQUOT), NAME(ECANCELED), NAME(EOWNERDEAD), NAME(ENOTRECOVERABLE),
#undef NAME
    };
    for (size_t i = 0; i < COUNT(names); i++)
        if (names[i].number == number) return names[i].name;
    static __thread char unknown[32];
    snprintf(unknown, sizeof unknown, "errno-%d", number);
    return unknown;
}

UNUSED static const char *signal_name(int number) {
    static const char *const names[] = {
        "none",     "SIGHUP",  "SIGINT",  "SIGQUIT", "SIGILL",   "SIGTRAP", "SIGABRT", "SIGBUS",
        "SIGFPE",   "SIGKILL", "SIGUSR1", "SIGSEGV", "SIGUSR2",  "SIGPIPE", "SIGALRM", "SIGTERM",
        "SIGSTKFLT", "SIGCHLD", "SIGCONT", "SIGSTOP", "SIGTSTP", "SIGTTIN", "SIGTTOU", "SIGURG",
        "SIGXCPU",  "SIGXFSZ", "SIGVTALRM", "SIGPROF", "SIGWINCH", "SIGIO", "SIGPWR", "SIGSYS",
    };
    if (number >= 0 && (size_t)number < COUNT(names)) return names[number];
    static __thread char realtime[32];
    snprintf(realtime, sizeof realtime, "SIGRTMIN%+d", number - SIGRTMIN);
    return realtime;
}

UNUSED static void say_list(const char *format, va_list arguments) {
    char line[4096];
    int length = vsnprintf(line, sizeof line - 1, format, arguments);
    if (length < 0) return;
    if ((size_t)length > sizeof line - 2) length = sizeof line - 2;
    line[length++] = '\n';
    for (int done = 0; done < length;) {
        ssize_t written = write(STDOUT_FILENO, line + done, length - done);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) _exit(EXIT_SETUP);
        done += written;
    }
}

UNUSED __attribute__((format(printf, 1, 2))) static void say(const char *format, ...) {
    int saved = errno;
    va_list arguments;
    va_start(arguments, format);
    say_list(format, arguments);
    va_end(arguments);
    errno = saved;
}

UNUSED static long show_result(const char *what, long value, int error) {
    if (value == -1) say("%s: %s", what, errno_name(error));
    else say("%s: %ld", what, value);
    errno = error;
    return value;
}

UNUSED static long show_outcome(const char *what, long value, int error) {
    say("%s: %s", what, value == -1 ? errno_name(error) : "ok");
    errno = error;
    return value;
}

#define result(what, call)                                                                                             \
    __extension__({                                                                                                    \
        errno = 0;                                                                                                     \
        long value_ = (long)(call);                                                                                    \
        show_result(what, value_, errno);                                                                              \
    })

#define outcome(what, call)                                                                                            \
    __extension__({                                                                                                    \
        errno = 0;                                                                                                     \
        long value_ = (long)(call);                                                                                    \
        show_outcome(what, value_, errno);                                                                             \
    })

UNUSED __attribute__((format(printf, 2, 3))) static bool check(bool condition, const char *format, ...) {
    char fact[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(fact, sizeof fact, format, arguments);
    va_end(arguments);
    say("%s: %s", condition ? "yes" : "NO", fact);
    if (!condition) conformance_failures++;
    return condition;
}

#define must(call)                                                                                                     \
    __extension__({                                                                                                    \
        long value_ = (long)(call);                                                                                    \
        if (value_ == -1) {                                                                                            \
            say("set-up failed in %s:%d: %s: %s", __FILE_NAME__, __LINE__, #call, errno_name(errno));                  \
            _exit(EXIT_SETUP);                                                                                         \
        }                                                                                                              \
        value_;                                                                                                        \
    })
#define must_map(...) __extension__({ (void *)must(mmap(__VA_ARGS__)); })

/* For the pthread functions, which return their error. */
#define must_be_zero(call)                                                                                             \
    do {                                                                                                               \
        int error_ = (call);                                                                                           \
        if (error_ != 0) {                                                                                             \
            say("set-up failed in %s:%d: %s: %s", __FILE_NAME__, __LINE__, #call, errno_name(error_));                 \
            _exit(EXIT_SETUP);                                                                                         \
        }                                                                                                              \
    } while (0)

/* Says on stderr why this host cannot show the topic, and leaves. */
UNUSED static void skip(const char *reason) {
    dprintf(STDERR_FILENO, "skipped: %s: %s\n", reason, errno_name(errno));
    _exit(EXIT_SKIP);
}

/* The role of a program that executes itself again as "PROGRAM --role NAME …"; NULL in its first life. */
UNUSED static const char *role(int argc, char **argv) {
    return argc > 2 && strcmp(argv[1], "--role") == 0 ? argv[2] : NULL;
}

UNUSED static void begin(int argc, char **argv) {
    setvbuf(stdout, NULL, _IONBF, 0);
    umask(022);
    if (argv[0][0] == '/') snprintf(self_path, sizeof self_path, "%s", argv[0]);
    else if (realpath(argv[0], self_path) == NULL) must(-1);
    if (argc > 1) {
        must(chdir(argv[1]));
        return;
    }
    static char directory[] = "/tmp/conformance-XXXXXX";
    if (mkdtemp(directory) == NULL) must(-1);
    must(chdir(directory));
}

UNUSED static int finish(void) {
    say("done");
    return conformance_failures == 0 ? 0 : 1;
}

/* ---- processes ---- */

UNUSED static void say_status(const char *what, int status) {
    if (WIFEXITED(status)) say("%s: exited %d", what, WEXITSTATUS(status));
    else if (WIFSIGNALED(status)) say("%s: killed by %s", what, signal_name(WTERMSIG(status)));
    else if (WIFSTOPPED(status)) say("%s: stopped by %s", what, signal_name(WSTOPSIG(status)));
    else if (WIFCONTINUED(status)) say("%s: continued", what);
    else say("%s: odd status", what);
}

UNUSED static int wait_for(pid_t pid) {
    int status = 0;
    while (waitpid(pid, &status, 0) == -1)
        if (errno != EINTR) must(-1);
    return status;
}

UNUSED static pid_t fork_child(void) {
    return (pid_t)must(fork());
}

UNUSED static void sleep_ms(long milliseconds) {
    struct timespec left = {milliseconds / 1000, (milliseconds % 1000) * 1000000};
    while (nanosleep(&left, &left) == -1 && errno == EINTR) {
    }
}

UNUSED static int64_t clock_ns(clockid_t clock) {
    struct timespec now;
    must(clock_gettime(clock, &now));
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

UNUSED static int64_t monotonic_ms(void) {
    return clock_ns(CLOCK_MONOTONIC) / 1000000;
}

/* The state letter of a process or thread as proc(5) shows it; '?' when it cannot be read. */
UNUSED static char task_state(pid_t pid, pid_t tid) {
    char path[64], text[512];
    snprintf(path, sizeof path, "/proc/%d/task/%d/stat", pid, tid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd == -1) return '?';
    ssize_t length = read(fd, text, sizeof text - 1);
    close(fd);
    if (length <= 0) return '?';
    text[length] = 0;
    char *after_name = strrchr(text, ')');
    return after_name == NULL || after_name[1] == 0 ? '?' : after_name[2];
}

/*
 * Waits until a thread sleeps in a system call. A sleep of its own on the way there (a gate, a lock) must lie behind it:
 * it is seen asleep three times in a row. Gives up after half a second; then the caller's test tells.
 */
UNUSED static void wait_until_asleep_thread(pid_t pid, pid_t tid) {
    for (int turn = 0, asleep = 0; turn < 500 && asleep < 3; turn++) {
        sleep_ms(1);
        asleep = task_state(pid, tid) == 'S' ? asleep + 1 : 0;
    }
}

UNUSED static void wait_until_asleep(pid_t pid) {
    wait_until_asleep_thread(pid, pid);
}

/* A gate is a pipe: one side passes when the other has opened it. */
struct gate {
    int ends[2];
};

UNUSED static struct gate make_gate(void) {
    struct gate gate;
    must(pipe2(gate.ends, O_CLOEXEC));
    return gate;
}

UNUSED static void open_gate(struct gate gate) {
    must(write(gate.ends[1], "g", 1));
}

UNUSED static void pass_gate(struct gate gate) {
    char byte;
    ssize_t length;
    while ((length = read(gate.ends[0], &byte, 1)) == -1 && errno == EINTR) {
    }
    if (length != 1) {
        say("set-up failed: the gate closed");
        _exit(EXIT_SETUP);
    }
}

/* ---- memory ---- */

/* Whether a system call can read there: the one way to ask without a signal that needs nothing but a path walk. */
UNUSED static bool readable(const void *address) {
    return !(syscall(SYS_access, address, F_OK) == -1 && errno == EFAULT);
}

/* ---- files ---- */

UNUSED static void write_file(const char *path, const char *text) {
    int fd = (int)must(open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
    size_t length = strlen(text);
    if (write(fd, text, length) != (ssize_t)length) must(-1);
    must(close(fd));
}

/* The text of a file, in a buffer that the next call reuses. */
UNUSED static const char *file_text(const char *path) {
    static char text[65536];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd == -1) return errno_name(errno);
    size_t length = 0;
    ssize_t step;
    while (length < sizeof text - 1 && (step = read(fd, text + length, sizeof text - 1 - length)) > 0) length += step;
    close(fd);
    text[length] = 0;
    return text;
}

UNUSED static void copy_file(const char *from, const char *to, mode_t mode) {
    static char block[65536];
    int source = (int)must(open(from, O_RDONLY | O_CLOEXEC));
    int target = (int)must(open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    for (ssize_t length; (length = must(read(source, block, sizeof block))) > 0;)
        if (write(target, block, length) != length) must(-1);
    must(fchmod(target, mode));
    close(source);
    close(target);
}

UNUSED static void write_all(int fd, const void *data, size_t length) {
    for (size_t done = 0; done < length;) {
        ssize_t step = write(fd, (const char *)data + done, length - done);
        if (step == -1 && errno == EINTR) continue;
        must(step);
        done += step;
    }
}

/* Reads until `length` bytes or the end; returns how many came. */
UNUSED static size_t read_all(int fd, void *data, size_t length) {
    size_t done = 0;
    while (done < length) {
        ssize_t step = read(fd, (char *)data + done, length - done);
        if (step == -1 && errno == EINTR) continue;
        must(step);
        if (step == 0) break;
        done += step;
    }
    return done;
}

/* ---- signals ---- */

UNUSED static void handle(int number, void (*handler)(int), int flags) {
    struct sigaction action = {.sa_handler = handler, .sa_flags = flags};
    sigemptyset(&action.sa_mask);
    must(sigaction(number, &action, NULL));
}

UNUSED static void handle_info(int number, void (*handler)(int, siginfo_t *, void *), int flags) {
    struct sigaction action = {.sa_sigaction = handler, .sa_flags = flags | SA_SIGINFO};
    sigemptyset(&action.sa_mask);
    must(sigaction(number, &action, NULL));
}

UNUSED static sigset_t signal_set(int first, ...) {
    sigset_t set;
    sigemptyset(&set);
    va_list more;
    va_start(more, first);
    for (int number = first; number != 0; number = va_arg(more, int)) sigaddset(&set, number);
    va_end(more);
    return set;
}

UNUSED static void block_signal(int number) {
    sigset_t set = signal_set(number, 0);
    must(sigprocmask(SIG_BLOCK, &set, NULL));
}

UNUSED static void unblock_signal(int number) {
    sigset_t set = signal_set(number, 0);
    must(sigprocmask(SIG_UNBLOCK, &set, NULL));
}

/* ---- checksums ---- */

/* FNV-1a, for comparing long contents in one printed number. */
UNUSED static uint64_t checksum(uint64_t seed, const void *data, size_t length) {
    const unsigned char *bytes = data;
    uint64_t sum = seed == 0 ? 14695981039346656037u : seed;
    for (size_t i = 0; i < length; i++) sum = (sum ^ bytes[i]) * 1099511628211u;
    return sum;
}

/* Fills with a pattern that depends on seed and position, so that a shifted or repeated page shows. */
UNUSED static void fill_pattern(void *data, size_t length, uint32_t seed) {
    unsigned char *bytes = data;
    uint32_t state = seed * 2654435761u + 1;
    for (size_t i = 0; i < length; i++) {
        state = state * 1664525u + 1013904223u;
        bytes[i] = (unsigned char)(state >> 24);
    }
}

#endif
