/*
 * Runs conformance programs one after another and prints what they did as a stream of framed lines. The same binary
 * runs on the host and as the guest's only program, so both sides see the same descriptors, environment, limits,
 * signal dispositions and session.
 *
 *   guest-runner [--work DIR] [--tmpfs] SECONDS:PROGRAM...
 *
 * PROGRAM is a path relative to the directory that guest-runner lies in. Each program gets a fresh directory below DIR
 * (/tmp) as its only argument, /dev/null as its input, and SECONDS to finish. --tmpfs first mounts a tmpfs below DIR for
 * them, in a mount namespace of its own, if that is permitted: guests have a tmpfs there, and so the host's file system
 * does not matter. Frames, each one line:
 *
 *   @@umlaut begin PROGRAM
 *   @@umlaut stdout TEXT        a line of output; bytes other than printable ASCII as \n, \\ and \xNN
 *   @@umlaut stderr TEXT
 *   @@umlaut end exited CODE | end killed NUMBER | end timeout
 *   @@umlaut done               after the last program
 *
 * Lines that do not begin with "@@umlaut" are the kernel's or the console's: the reader passes over them. It asks little
 * of the kernel (files, fork, exec, wait, an interval timer), because it must report a kernel in which much is broken.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static char base[PATH_MAX] = ".";
static const char *work = "/tmp";

static void put(const char *text, size_t length) {
    while (length > 0) {
        ssize_t written = write(STDOUT_FILENO, text, length);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) _exit(1);
        text += written;
        length -= written;
    }
}

static void frame(const char *kind, const char *text) {
    char line[PATH_MAX + 64];
    put(line, snprintf(line, sizeof line, "@@umlaut %s%s%s\n", kind, *text ? " " : "", text));
}

/* Prints a captured file as frames. A line longer than the buffer goes out in several frames, which the reader joins. */
static void print_capture(const char *kind, const char *path) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd == -1) return;
    char block[4096], text[2048];
    size_t used = 0, total = 0;
    const size_t most = 1 << 20;
    ssize_t length;
    while (total < most && (length = read(fd, block, sizeof block)) > 0) {
        total += length;
        for (ssize_t i = 0; i < length; i++) {
            unsigned char byte = block[i];
            if (byte == '\n') used += snprintf(text + used, sizeof text - used, "\\n");
            else if (byte == '\\') used += snprintf(text + used, sizeof text - used, "\\\\");
            else if (byte >= 0x20 && byte < 0x7f) text[used++] = byte;
            else used += snprintf(text + used, sizeof text - used, "\\x%02x", byte);
            if (byte == '\n' || used > sizeof text - 8) {
                text[used] = 0;
                frame(kind, text);
                used = 0;
            }
        }
    }
    text[used] = 0;
    if (used > 0) frame(kind, text);
    close(fd);
}

static void remove_tree(const char *path) {
    struct stat status;
    if (lstat(path, &status) == 0 && S_ISDIR(status.st_mode)) {
        chmod(path, 0700);
        DIR *directory = opendir(path);
        if (directory != NULL) {
            for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
                if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
                char below[PATH_MAX];
                if (snprintf(below, sizeof below, "%s/%s", path, entry->d_name) < (int)sizeof below) remove_tree(below);
            }
            closedir(directory);
        }
        rmdir(path);
    } else {
        unlink(path);
    }
}

static void set_limit(int which, rlim_t soft) {
    struct rlimit limit;
    if (getrlimit(which, &limit) == -1) return;
    limit.rlim_cur = soft < limit.rlim_max ? soft : limit.rlim_max;
    setrlimit(which, &limit);
}

static void give_file(int target, const char *path, int flags) {
    int fd = open(path, flags, 0644);
    if (fd == -1) _exit(126);
    if (fd != target) {
        dup2(fd, target);
        close(fd);
    }
}

/* In the child: everything that a program inherits is set here, so that it is the same on both sides. */
static void execute(const char *program, const char *directory, const char *output, const char *errors) {
    setsid();
    give_file(0, "/dev/null", O_RDONLY);
    give_file(1, output, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND);
    give_file(2, errors, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND);
    for (int fd = 3; fd < 64; fd++) close(fd);
    for (int number = 1; number <= 64; number++) signal(number, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    umask(022);
    set_limit(RLIMIT_CORE, 0);
    set_limit(RLIMIT_NOFILE, 1024);
    set_limit(RLIMIT_STACK, 8 << 20);
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%.2048s/%.1024s", base, program);
    char *arguments[] = {path, (char *)directory, NULL};
    char *environment[] = {"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/", "LC_ALL=C",
                           NULL};
    execve(path, arguments, environment);
    dprintf(2, "cannot execute %s: %s\n", path, strerror(errno));
    _exit(127);
}

static char own_tmpfs[PATH_MAX];

static void put_tmpfs(void) {
    char point[PATH_MAX];
    snprintf(point, sizeof point, "%.2048s/conformance-XXXXXX", work);
    if (mkdtemp(point) == NULL) return;
    if (unshare(CLONE_NEWNS) == -1 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == -1 ||
        mount("conformance", point, "tmpfs", 0, "mode=1777") == -1) {
        rmdir(point);
        return;
    }
    strcpy(own_tmpfs, point);
    work = own_tmpfs;
}

static void remove_tmpfs(void) {
    if (own_tmpfs[0] == 0) return;
    umount2(own_tmpfs, MNT_DETACH);
    rmdir(own_tmpfs);
}

static void on_timer(int number) {
    (void)number;
}

static void run(const char *program, int seconds) {
    char directory[PATH_MAX], output[PATH_MAX + 8], errors[PATH_MAX + 8], verdict[64];
    frame("begin", program);
    snprintf(directory, sizeof directory, "%.2048s/conformance-XXXXXX", work);
    if (mkdtemp(directory) == NULL) {
        frame("stderr", "guest-runner: no work directory\\n");
        frame("end", "exited 125");
        return;
    }
    chmod(directory, 0755);
    snprintf(output, sizeof output, "%s.out", directory);
    snprintf(errors, sizeof errors, "%s.err", directory);
    pid_t child = fork();
    if (child == 0) execute(program, directory, output, errors);

    time_t deadline = time(NULL) + seconds;
    int status = 0;
    for (;;) {
        pid_t waited = child == -1 ? -1 : waitpid(child, &status, 0);
        if (waited == child) {
            if (WIFEXITED(status)) snprintf(verdict, sizeof verdict, "exited %d", WEXITSTATUS(status));
            else snprintf(verdict, sizeof verdict, "killed %d", WTERMSIG(status));
            break;
        }
        if (waited == -1 && errno != EINTR) {
            snprintf(verdict, sizeof verdict, "exited 125");
            break;
        }
        if (time(NULL) >= deadline) {
            snprintf(verdict, sizeof verdict, "timeout");
            kill(-child, SIGKILL);
            kill(child, SIGKILL);
            waitpid(child, &status, 0);
            break;
        }
    }
    /* What the program left running in its group goes with it; its orphans come to us (PR_SET_CHILD_SUBREAPER). */
    if (child > 0) kill(-child, SIGKILL);
    while (waitpid(-1, NULL, WNOHANG) > 0) {
    }
    print_capture("stdout", output);
    print_capture("stderr", errors);
    frame("end", verdict);
    unlink(output);
    unlink(errors);
    remove_tree(directory);
}

int main(int argc, char **argv) {
    int first = 1;
    if (argc > first + 1 && strcmp(argv[first], "--work") == 0) {
        work = argv[first + 1];
        first += 2;
    }
    if (argc > first && strcmp(argv[first], "--tmpfs") == 0) {
        put_tmpfs();
        first++;
    }
    char *slash = strrchr(argv[0], '/');
    if (slash != NULL && slash != argv[0]) *slash = 0;
    if (slash != NULL && realpath(argv[0], base) == NULL) return 1;

    prctl(PR_SET_CHILD_SUBREAPER, 1);
    struct sigaction action = {.sa_handler = on_timer};
    sigaction(SIGALRM, &action, NULL);
    struct itimerval tick = {{0, 250000}, {0, 250000}};
    setitimer(ITIMER_REAL, &tick, NULL);

    for (int i = first; i < argc; i++) {
        char *colon = strchr(argv[i], ':');
        if (colon == NULL) {
            fprintf(stderr, "guest-runner: expected SECONDS:PROGRAM, not '%s'\n", argv[i]);
            return 2;
        }
        run(colon + 1, atoi(argv[i]));
    }
    remove_tmpfs();
    frame("done", "");
    return 0;
}
