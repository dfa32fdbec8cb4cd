#include "init.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define CANNOT_EXECUTE 126
#define NOT_FOUND 127

static volatile sig_atomic_t requested_signal;
static sigset_t handled, while_waiting;

static void note_request(int signal) { requested_signal = signal; }

static void note_child(int signal) {
  (void)signal; /* its coming interrupts sigsuspend(2), which is all that is wanted */
}

void prepare_signals(void) {
  static const int requests[] = {SIGTERM, SIGINT, SIGPWR};
  struct sigaction action = {.sa_handler = note_request};
  sigemptyset(&handled);
  for (size_t index = 0; index < sizeof requests / sizeof requests[0]; index++) {
    sigaction(requests[index], &action, NULL);
    sigaddset(&handled, requests[index]);
  }
  action.sa_handler = note_child;
  sigaction(SIGCHLD, &action, NULL);
  sigaddset(&handled, SIGCHLD);
  /* Blocked but for sigsuspend(2), so that none is missed between looking and sleeping. */
  sigprocmask(SIG_BLOCK, &handled, NULL);
  sigemptyset(&while_waiting);
}

static void lead_session(void) {
  setsid();
  if (isatty(STDIN_FILENO))
    ioctl(STDIN_FILENO, TIOCSCTTY, 1);
}

static void execute(const char *path, char *const arguments[]) {
  sigprocmask(SIG_UNBLOCK, &handled, NULL);
  execvp(path, arguments);
  int error = errno;
  dprintf(STDERR_FILENO, "init: cannot run %s: %s\n", path, strerror(error));
  _exit(error == ENOENT ? NOT_FOUND : CANNOT_EXECUTE);
}

pid_t start(const char *path, char *const arguments[]) {
  pid_t pid = fork();
  if (pid != 0)
    return pid; /* -1 too: wait_for() knows it */
  lead_session();
  execute(path, arguments);
  return -1;
}

int exit_status_of(int status) { return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status); }

/* Waits as the leader of the script's session. Nobody is there to continue it: it may not stop. */
static int attend(pid_t script) {
  int status = 0;
  while (waitpid(script, &status, WUNTRACED) < 0 ? errno == EINTR : WIFSTOPPED(status))
    kill(-script, SIGCONT);
  return exit_status_of(status);
}

pid_t start_leaving_services(const char *path, char *const arguments[]) {
  pid_t leader = fork();
  if (leader != 0)
    return leader;
  lead_session();
  signal(SIGTTOU, SIG_IGN); /* or a process in the background may not choose who is in the foreground */
  pid_t script = fork();
  if (script < 0)
    _exit(CANNOT_EXECUTE);
  if (script == 0) {
    setpgid(0, 0);
    tcsetpgrp(STDIN_FILENO, getpid());
    signal(SIGTTOU, SIG_DFL);
    execute(path, arguments);
  }
  setpgid(script, script);
  int status = attend(script);
  tcsetpgrp(STDIN_FILENO, getpid());
  _exit(status);
}

int wait_for(pid_t pid) {
  if (pid < 0) {
    report("cannot start a process: %s", strerror(errno));
    return CANNOT_EXECUTE << 8;
  }
  for (;;) {
    enum ending ending = ending_of_signal(requested_signal);
    if (ending != ENDING_NONE)
      shut_down(ending);
    int status;
    pid_t ended;
    while ((ended = waitpid(-1, &status, WNOHANG)) > 0)
      if (ended == pid)
        return status;
    sigsuspend(&while_waiting);
  }
}
