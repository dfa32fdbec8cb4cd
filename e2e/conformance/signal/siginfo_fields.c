/* build: static dynamic */
/* SA_SIGINFO: si_code, si_pid, si_uid, si_value, si_status for each way in which a signal comes about. */
#include "conformance.h"
#include <sys/time.h>

static volatile int seen;
static siginfo_t last;

static void handler(int number, siginfo_t *info, void *context) {
    (void)number, (void)context;
    last = *info;
    seen++;
}

static void await_one(void) {
    while (seen == 0) sleep_ms(1);
    seen = 0;
}

int main(int argc, char **argv) {
    begin(argc, argv);
    handle_info(SIGUSR1, handler, 0);
    handle_info(SIGCHLD, handler, 0);
    handle_info(SIGALRM, handler, 0);
    handle_info(SIGRTMIN + 2, handler, 0);

    must(kill(getpid(), SIGUSR1));
    await_one();
    say("kill: %s code %s, own pid %d, own uid %d", signal_name(last.si_signo), last.si_code == SI_USER ? "SI_USER" : "?",
        last.si_pid == getpid(), last.si_uid == getuid());
    must(raise(SIGUSR1));
    await_one();
    say("raise: code %s, own pid %d", last.si_code == SI_TKILL ? "SI_TKILL" : "?", last.si_pid == getpid());
    union sigval value = {.sival_ptr = (void *)0x123456789abcdef0};
    must(sigqueue(getpid(), SIGRTMIN + 2, value));
    await_one();
    say("sigqueue: %s code %s, own pid %d, value %p", signal_name(last.si_signo),
        last.si_code == SI_QUEUE ? "SI_QUEUE" : "?", last.si_pid == getpid(), last.si_value.sival_ptr);

    pid_t child = fork_child();
    if (child == 0) {
        must(kill(getppid(), SIGUSR1));
        for (;;) pause();
    }
    await_one();
    say("from a child: its pid %d", last.si_pid == child);
    must(kill(child, SIGSTOP));
    await_one();
    say("child stopped: code %d status %s, its pid %d", last.si_code == CLD_STOPPED, signal_name(last.si_status),
        last.si_pid == child);
    must(kill(child, SIGCONT));
    await_one();
    say("child continued: code %d status %s", last.si_code == CLD_CONTINUED, signal_name(last.si_status));
    must(kill(child, SIGTERM));
    await_one();
    say("child killed: code %d status %s", last.si_code == CLD_KILLED, signal_name(last.si_status));
    wait_for(child);
    child = fork_child();
    if (child == 0) _exit(99);
    await_one();
    say("child exited: code %d status %d", last.si_code == CLD_EXITED, last.si_status);
    wait_for(child);

    struct itimerval timer = {{0, 0}, {0, 10000}};
    must(setitimer(ITIMER_REAL, &timer, NULL));
    await_one();
    say("interval timer: code %s", last.si_code == SI_KERNEL ? "SI_KERNEL" : "?");
    timer_t timer_id;
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGALRM};
    event.sigev_value.sival_int = 4711;
    must(timer_create(CLOCK_MONOTONIC, &event, &timer_id));
    struct itimerspec spec = {{0, 0}, {0, 10000000}};
    must(timer_settime(timer_id, 0, &spec, NULL));
    await_one();
    say("POSIX timer: code %s value %d overrun %d", last.si_code == SI_TIMER ? "SI_TIMER" : "?", last.si_value.sival_int,
        last.si_overrun);

    /* The kernel lets nobody pretend to be the kernel or another process. */
    siginfo_t forged = {.si_signo = SIGUSR1, .si_code = SI_USER};
    pid_t other = getppid();
    result("SI_USER queued to another process", syscall(SYS_rt_sigqueueinfo, other, 0, &forged));
    child = fork_child();
    if (child == 0)
        for (;;) pause();
    result("SI_USER to a child", syscall(SYS_rt_sigqueueinfo, child, SIGUSR1, &forged));
    forged.si_code = SI_KERNEL;
    result("SI_KERNEL to a child", syscall(SYS_rt_sigqueueinfo, child, SIGUSR1, &forged));
    forged.si_code = SI_TKILL;
    result("SI_TKILL to a child", syscall(SYS_rt_sigqueueinfo, child, SIGUSR1, &forged));
    seen = 0;
    must(kill(child, SIGKILL));
    await_one();
    wait_for(child);
    return finish();
}
