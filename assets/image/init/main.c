#include "init.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

/* So many shells in a row may end within a second before the next one has to wait. */
#define SHORT_LIVES 3

/* The kernel opens these for us; where it did not, silence is better than files that land on descriptor 1. */
static void ensure_standard_descriptors(void) {
  if (fcntl(STDIN_FILENO, F_GETFD) >= 0)
    return;
  int console = open("/dev/console", O_RDWR | O_NOCTTY);
  if (console < 0)
    console = open("/dev/null", O_RDWR);
  if (console != STDIN_FILENO)
    return;
  dup2(console, STDOUT_FILENO);
  dup2(console, STDERR_FILENO);
}

static void set_environment(void) {
  setenv("HOME", "/root", 1);
  setenv("USER", "root", 1);
  setenv("LOGNAME", "root", 1);
  setenv("SHELL", "/bin/bash", 1);
  setenv("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", 0);
  setenv("TERM", "xterm-256color", 0);
}

/* A script that may be run names its own interpreter, or gets sh (execvp(3)). The exit status. */
static int run_script(char *path) {
  bool is_program = access(path, X_OK) == 0;
  char shell[] = "/bin/sh";
  char *arguments[] = {is_program ? path : shell, is_program ? NULL : path, NULL};
  return exit_status_of(wait_for(start_leaving_services(arguments[0], arguments)));
}

/* What a command's caller reads and writes is the command's: the script has the console, where there is one. */
static int run_script_beside_command(char *path) {
  int console = open("/dev/console", O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (console < 0)
    return run_script(path);
  int kept[3];
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
    kept[fd] = fcntl(fd, F_DUPFD_CLOEXEC, 10);
    dup2(console, fd);
  }
  close(console);
  int status = run_script(path);
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
    dup2(kept[fd], fd);
    close(kept[fd]);
  }
  return status;
}

/* The console always has a shell; when one ends, the next begins. */
static void keep_shell(void) {
  const char *shell = access("/bin/bash", X_OK) == 0 ? "/bin/bash" : "/bin/sh";
  char name[PATH_MAX];
  snprintf(name, sizeof name, "-%s", strrchr(shell, '/') + 1); /* the hyphen makes it a log-in shell */
  char *arguments[] = {name, NULL};
  struct termios terminal;
  bool has_terminal = tcgetattr(STDIN_FILENO, &terminal) == 0;
  if (chdir(getenv("HOME")) != 0)
    chdir("/");
  for (int short_lives = 0;; short_lives++) {
    time_t begin = time(NULL);
    wait_for(start(shell, arguments));
    /* A program that was killed may have left the terminal without echo. */
    if (has_terminal)
      tcsetattr(STDIN_FILENO, TCSANOW, &terminal);
    if (time(NULL) - begin > 1)
      short_lives = 0;
    if (short_lives >= SHORT_LIVES)
      sleep(1); /* it cannot be started, or its input is at an end: don't burn the processor */
  }
}

static char **command_of(int count, char **arguments) {
  for (int index = 1; index < count; index++)
    if (strcmp(arguments[index], "--") == 0)
      return arguments[index + 1] == NULL ? NULL : arguments + index + 1;
  return NULL;
}

int main(int count, char **arguments) {
  if (getpid() != 1)
    return ask_first_process(basename(arguments[0]), count, arguments);

  ensure_standard_descriptors();
  prepare_signals();
  set_environment();
  umask(022);
  mkdir(RUN_DIRECTORY, 0755);

  char script[PATH_MAX];
  open_problems();
  bool has_script = configure_machine(script, sizeof script);
  publish_problems("network");
  char **command = command_of(count, arguments);
  if (has_script) {
    int status = command == NULL ? run_script(script) : run_script_beside_command(script);
    if (status != 0)
      report("the start-up script %s ended with status %d", script, status);
  }
  publish_problems("ready");

  if (command == NULL)
    keep_shell();
  shut_down_quietly_with(128 + SIGTERM);
  int status = exit_status_of(wait_for(start(command[0], command)));
  sync();
  return status;
}
