#include "init.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/reboot.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PATIENCE_MS 2000
#define AFTER_KILL_MS 500
#define STEP_MS 10

static int quiet_status = -1;

enum ending ending_of_signal(int signal) {
  switch (signal) {
  case SIGPWR:
  case SIGTERM:
    return ENDING_POWER_OFF;
  case SIGINT: /* what Linux sends for ctrl-alt-delete */
    return ENDING_REBOOT;
  default:
    return ENDING_NONE;
  }
}

/* Collects children until there are none (every process ends up as ours) or time is up. */
static void collect_for(int milliseconds) {
  const struct timespec step = {.tv_nsec = STEP_MS * 1000000L};
  for (int waited = 0; waited < milliseconds; waited += STEP_MS) {
    pid_t ended;
    while ((ended = waitpid(-1, NULL, WNOHANG)) > 0)
      ;
    if (ended < 0 && errno == ECHILD)
      return;
    nanosleep(&step, NULL);
  }
}

void shut_down_quietly_with(int status) { quiet_status = status; }

void shut_down(enum ending ending) {
  bool is_reboot = ending == ENDING_REBOOT;
  if (quiet_status < 0)
    dprintf(STDERR_FILENO, "\r\ninit: %s\r\n", is_reboot ? "rebooting" : "powering off");
  /* Interactive shells ignore SIGTERM and heed SIGHUP; who is stopped must go on to end. */
  kill(-1, SIGTERM);
  kill(-1, SIGHUP);
  kill(-1, SIGCONT);
  collect_for(PATIENCE_MS);
  kill(-1, SIGKILL);
  collect_for(AFTER_KILL_MS);
  sync();
  if (quiet_status >= 0)
    _exit(quiet_status);
  reboot(is_reboot ? RB_AUTOBOOT : RB_POWER_OFF);
  dprintf(STDERR_FILENO, "init: cannot %s: %s\r\n", is_reboot ? "reboot" : "power off", strerror(errno));
  _exit(1);
}

static bool has_option(int count, char **arguments, const char *option) {
  for (int index = 1; index < count; index++)
    if (strcmp(arguments[index], option) == 0)
      return true;
  return false;
}

int ask_first_process(const char *name, int count, char **arguments) {
  bool is_reboot;
  if (strcmp(name, "poweroff") == 0 || strcmp(name, "halt") == 0)
    is_reboot = false;
  else if (strcmp(name, "reboot") == 0)
    is_reboot = true;
  else if (strcmp(name, "shutdown") == 0)
    is_reboot = has_option(count, arguments, "-r");
  else if (has_option(count, arguments, "0") || has_option(count, arguments, "6"))
    is_reboot = has_option(count, arguments, "6");
  else {
    dprintf(STDERR_FILENO, "init: this is the first process of a machine; use poweroff or reboot\n");
    return 2;
  }
  int result;
  if (has_option(count, arguments, "-f")) {
    sync();
    result = reboot(is_reboot ? RB_AUTOBOOT : RB_POWER_OFF);
  } else {
    result = kill(1, is_reboot ? SIGINT : SIGPWR);
  }
  if (result != 0) {
    dprintf(STDERR_FILENO, "%s: %s\n", name, strerror(errno));
    return 1;
  }
  return 0;
}
