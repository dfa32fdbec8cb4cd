/* /proc/self/status and stat: the fields that ps(1) and top(1) read, compared with what system calls say. */
#include "conformance.h"
#include <sys/prctl.h>

static char text[16384];

static const char *field(const char *name) {
    static char value[256];
    char key[64];
    snprintf(key, sizeof key, "\n%s:\t", name);
    const char *found = strstr(text, key);
    if (found == NULL) return "(missing)";
    sscanf(found + strlen(key), "%255[^\n]", value);
    return value;
}

static void load(const char *path) {
    text[0] = '\n';
    snprintf(text + 1, sizeof text - 1, "%s", file_text(path));
}

static void handler(int number) {
    (void)number;
}

int main(int argc, char **argv) {
    begin(argc, argv);
    must(prctl(PR_SET_NAME, "a (tricky) name"));
    block_signal(SIGUSR1);
    handle(SIGUSR2, handler, 0);
    handle(SIGHUP, SIG_IGN, 0);
    must(raise(SIGUSR1));
    umask(027);
    load("/proc/self/status");
    say("Name: %s", field("Name"));
    say("Umask: %s", field("Umask"));
    say("State: %s", field("State"));
    check(atoi(field("Tgid")) == getpid() && atoi(field("Pid")) == getpid(), "pid");
    check(atoi(field("PPid")) == getppid(), "parent");
    say("TracerPid: %s", field("TracerPid"));
    unsigned ids[4];
    check(sscanf(field("Uid"), "%u %u %u %u", &ids[0], &ids[1], &ids[2], &ids[3]) == 4 && ids[0] == getuid() &&
              ids[1] == geteuid(), "users");
    check(sscanf(field("Gid"), "%u %u %u %u", &ids[0], &ids[1], &ids[2], &ids[3]) == 4 && ids[0] == getgid() &&
              ids[1] == getegid(), "groups");
    check(atoi(field("FDSize")) >= 4, "FDSize");
    check(atol(field("VmSize")) > 0 && strstr(field("VmSize"), " kB") != NULL, "VmSize");
    check(atol(field("VmRSS")) > 0 && atol(field("VmRSS")) <= atol(field("VmSize")), "VmRSS");
    say("Threads: %s", field("Threads"));
    say("ShdPnd: %s", field("ShdPnd"));
    say("SigPnd: %s", field("SigPnd"));
    say("SigBlk: %s", field("SigBlk"));
    say("SigIgn: %s", field("SigIgn"));
    say("SigCgt: %s", field("SigCgt"));
    check(strlen(field("CapEff")) == 16, "CapEff");
    say("NoNewPrivs: %s", field("NoNewPrivs"));

    load("/proc/self/stat");
    int pid, ppid, group, session;
    char state;
    char *after = strrchr(text, ')');
    check(sscanf(text, "%d (a (tricky) nam", &pid) == 1 && pid == getpid(), "stat begins with the pid");
    check(after != NULL && sscanf(after + 1, " %c %d %d %d", &state, &ppid, &group, &session) == 4 && state == 'R' &&
              ppid == getppid() && group == getpgrp() && session == getsid(0), "state, parent, group and session");
    int fields = 0;
    for (char *word = strtok(after + 1, " \n"); word != NULL; word = strtok(NULL, " \n")) fields++;
    say("fields behind the name: %d", fields);
    long size = 0, resident = 0;
    check(sscanf(file_text("/proc/self/statm"), "%ld %ld", &size, &resident) == 2 && resident > 0 && resident <= size, "statm");

    /* States of a child: asleep, stopped, a zombie, gone. */
    pid_t child = fork_child();
    if (child == 0)
        for (;;) pause();
    wait_until_asleep(child);
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/status", child);
    load(path);
    say("State: %s", field("State"));
    int status;
    must(kill(child, SIGSTOP));
    must(waitpid(child, &status, WUNTRACED));
    load(path);
    say("State: %s", field("State"));
    must(kill(child, SIGKILL));
    siginfo_t info;
    must(waitid(P_PID, child, &info, WEXITED | WNOWAIT));
    load(path);
    say("State: %s", field("State"));
    char command_line[64];
    snprintf(command_line, sizeof command_line, "/proc/%d/cmdline", child);
    say("a zombie's command line: '%s'", file_text(command_line));
    must(waitpid(child, &status, 0));
    result("gone", access(path, F_OK));
    return finish();
}
