/* build: static dynamic */
/* /proc/self: exe, cwd, root, cmdline, environ, comm, auxv; and that self is we. */
#include "conformance.h"
#include <sys/prctl.h>

static void read_raw(const char *path, char *buffer, size_t size, ssize_t *length) {
    int fd = (int)must(open(path, O_RDONLY));
    *length = (ssize_t)read_all(fd, buffer, size);
    close(fd);
}

int main(int argc, char **argv) {
    char target[PATH_MAX] = "", buffer[4096];
    ssize_t length;
    if (role(argc, argv) != NULL) {
        read_raw("/proc/self/cmdline", buffer, sizeof buffer, &length);
        for (ssize_t i = 0; i < length; i++)
            if (buffer[i] == 0) buffer[i] = '|';
        say("command line: %.*s", (int)length, strstr(buffer, "--role") == NULL ? "?" : strstr(buffer, "--role"));
        check(length > 0 && buffer[length - 1] == '|', "it ends with a zero");
        read_raw("/proc/self/environ", buffer, sizeof buffer, &length);
        for (ssize_t i = 0; i < length; i++)
            if (buffer[i] == 0) buffer[i] = '|';
        say("environment: %.*s", (int)length, buffer);
        return 0;
    }
    begin(argc, argv);
    must(readlink("/proc/self/exe", target, sizeof target - 1));
    check(strcmp(target, self_path) == 0, "exe is the program's file");
    char here[PATH_MAX];
    must((long)(getcwd(here, sizeof here) == NULL ? -1 : 0));
    memset(target, 0, sizeof target);
    must(readlink("/proc/self/cwd", target, sizeof target - 1));
    check(strcmp(target, here) == 0, "cwd is the working directory");
    memset(target, 0, sizeof target);
    must(readlink("/proc/self/root", target, sizeof target - 1));
    say("root: %s", target);
    memset(target, 0, sizeof target);
    must(readlink("/proc/self", target, sizeof target - 1));
    check(atoi(target) == getpid(), "self is our pid");
    memset(target, 0, sizeof target);
    must(readlink("/proc/thread-self", target, sizeof target - 1));
    int pid = 0, tid = 0;
    check(sscanf(target, "%d/task/%d", &pid, &tid) == 2 && pid == getpid() && tid == gettid(), "thread-self");

    char *arguments[] = {self_path, "--role", "tell", "two words", "", "end", NULL}, *variables[] = {"A=1", "B=two words", NULL};
    pid_t child = fork_child();
    if (child == 0) {
        execve(self_path, arguments, variables);
        _exit(1);
    }
    say_status("executed", wait_for(child));

    must(prctl(PR_SET_NAME, "new name"));
    say("comm: %s", file_text("/proc/self/comm"));
    write_file("/proc/self/comm", "written");
    char name[16];
    must(prctl(PR_GET_NAME, name));
    say("name: %s", name);
    /* A program that overwrites its arguments changes what others see. */
    argv[0][0] = '!';
    read_raw("/proc/self/cmdline", buffer, sizeof buffer, &length);
    say("overwritten: %c", buffer[0]);

    child = fork_child();
    if (child == 0)
        for (;;) pause();
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/cwd", child);
    memset(target, 0, sizeof target);
    must(readlink(path, target, sizeof target - 1));
    check(strcmp(target, here) == 0, "a child's cwd");
    must(kill(child, SIGKILL));
    wait_for(child);
    result("a process that is gone", readlink(path, target, sizeof target));
    read_raw("/proc/self/auxv", buffer, sizeof buffer, &length);
    check(length >= 32 && length % 16 == 0, "the auxiliary vector");
    return finish();
}
