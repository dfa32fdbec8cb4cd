/* execve(2): handlers are reset, ignored signals stay ignored, mask and pending signals are kept, the altstack is gone. */
#include "conformance.h"

static void handler(int number) {
    (void)number;
}

static const char *disposition(int number) {
    struct sigaction action;
    must(sigaction(number, NULL, &action));
    return action.sa_handler == SIG_DFL ? "default" : action.sa_handler == SIG_IGN ? "ignored" : "handler";
}

int main(int argc, char **argv) {
    if (role(argc, argv) != NULL) {
        say("USR1 %s, USR2 %s, CHLD %s, TERM %s", disposition(SIGUSR1), disposition(SIGUSR2), disposition(SIGCHLD),
            disposition(SIGTERM));
        struct sigaction action;
        must(sigaction(SIGUSR1, NULL, &action));
        check(!(action.sa_flags & (SA_NODEFER | SA_ONSTACK)) && sigismember(&action.sa_mask, SIGTERM) == 0,
              "the handler's flags and mask are gone");
        sigset_t set;
        must(sigprocmask(SIG_BLOCK, NULL, &set));
        say("blocked: HUP %d INT %d", sigismember(&set, SIGHUP), sigismember(&set, SIGINT));
        must(sigpending(&set));
        say("pending: HUP %d INT %d", sigismember(&set, SIGHUP), sigismember(&set, SIGINT));
        stack_t stack;
        must(sigaltstack(NULL, &stack));
        say("alternate stack: %s", stack.ss_flags == SS_DISABLE ? "none" : "still there");
        unblock_signal(SIGHUP);
        say("not reached: SIGHUP was pending");
        return 0;
    }
    begin(argc, argv);
    pid_t child = fork_child();
    if (child == 0) {
        struct sigaction action = {.sa_handler = handler, .sa_flags = SA_NODEFER | SA_ONSTACK};
        sigemptyset(&action.sa_mask);
        sigaddset(&action.sa_mask, SIGTERM);
        must(sigaction(SIGUSR1, &action, NULL));
        handle(SIGUSR2, SIG_IGN, 0);
        handle(SIGCHLD, SIG_IGN, 0);
        handle(SIGTERM, handler, 0);
        stack_t stack = {.ss_sp = malloc(65536), .ss_size = 65536};
        must(sigaltstack(&stack, NULL));
        block_signal(SIGHUP);
        block_signal(SIGINT);
        must(raise(SIGHUP));
        execl(self_path, self_path, "--role", "report", NULL);
        _exit(99);
    }
    say_status("executed", wait_for(child));
    return finish();
}
