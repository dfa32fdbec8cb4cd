/* /proc/PID/task, the list of processes, and directories that come and go. */
#include "conformance.h"
#include <dirent.h>
#include <pthread.h>
#include <sys/prctl.h>

static struct gate leave;
static volatile pid_t tids[3];

static void *thread_body(void *argument) {
    char name[16];
    int number = (int)(intptr_t)argument;
    snprintf(name, sizeof name, "thread-%d", number);
    must(prctl(PR_SET_NAME, name));
    tids[number] = gettid();
    pass_gate(leave);
    return NULL;
}

static int count_numbers(const char *path, pid_t wanted, bool *seen) {
    DIR *directory = opendir(path);
    int count = 0;
    *seen = false;
    if (directory == NULL) return -1;
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;)
        if (entry->d_name[0] >= '0' && entry->d_name[0] <= '9') {
            count++;
            if (atoi(entry->d_name) == wanted) *seen = true;
        }
    closedir(directory);
    return count;
}

int main(int argc, char **argv) {
    begin(argc, argv);
    bool seen;
    leave = make_gate();
    say("threads: %d", count_numbers("/proc/self/task", getpid(), &seen));
    pthread_t threads[3];
    for (intptr_t i = 0; i < 3; i++) must_be_zero(pthread_create(&threads[i], NULL, thread_body, (void *)i));
    for (int i = 0; i < 3; i++)
        while (tids[i] == 0) sleep_ms(1);
    say("threads: %d, the first thread is one: %d", count_numbers("/proc/self/task", getpid(), &seen), seen);
    for (int i = 0; i < 3; i++) {
        char path[64];
        snprintf(path, sizeof path, "/proc/self/task/%d/comm", tids[i]);
        say("comm: %s", file_text(path));
        wait_until_asleep_thread(getpid(), tids[i]);
        say("state: %c", task_state(getpid(), tids[i]));
    }
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/status", tids[0]);
    outcome("a thread can be looked up", access(path, F_OK));
    count_numbers("/proc", tids[0], &seen);
    check(!seen, "but is not in the list of processes");
    for (int i = 0; i < 3; i++) open_gate(leave);
    for (int i = 0; i < 3; i++) must_be_zero(pthread_join(threads[i], NULL));
    for (int i = 0; i < 1000 && count_numbers("/proc/self/task", 0, &seen) > 1; i++) sleep_ms(1);
    say("threads: %d", count_numbers("/proc/self/task", getpid(), &seen));

    pid_t child = fork_child();
    if (child == 0)
        for (;;) pause();
    count_numbers("/proc", child, &seen);
    check(seen, "a child is in the list of processes");
    snprintf(path, sizeof path, "/proc/%d", child);
    int fd = (int)must(open(path, O_RDONLY | O_DIRECTORY));
    outcome("below its directory", faccessat(fd, "status", F_OK, 0));
    must(kill(child, SIGKILL));
    wait_for(child);
    count_numbers("/proc", child, &seen);
    check(!seen, "it is not when it has ended");
    result("its directory that is still open", openat(fd, "status", O_RDONLY));
    result("an entry that is none", access("/proc/0", F_OK));
    result("not a number", access("/proc/abc", F_OK));
    result("with leading zeros", access("/proc/01", F_OK));
    return finish();
}
