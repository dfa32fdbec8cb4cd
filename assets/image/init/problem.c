#include "init.h"

#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#define DRAFT RUN_DIRECTORY "/problems"

static int draft = -1;

void open_problems(void) { draft = open(DRAFT, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644); }

void report(const char *format, ...) {
  char text[1024];
  va_list values;
  va_start(values, format);
  vsnprintf(text, sizeof text, format, values);
  va_end(values);
  dprintf(STDERR_FILENO, "init: %s\n", text);
  if (draft >= 0)
    dprintf(draft, "%s\n", text);
}

void publish_problems(const char *name) {
  char path[PATH_MAX], temporary[PATH_MAX];
  snprintf(path, sizeof path, RUN_DIRECTORY "/%s", name);
  snprintf(temporary, sizeof temporary, RUN_DIRECTORY "/.%s", name);
  int file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file < 0)
    return;
  char buffer[4096];
  ssize_t length;
  for (off_t position = 0; (length = pread(draft, buffer, sizeof buffer, position)) > 0; position += length)
    if (write(file, buffer, length) != length)
      break;
  close(file);
  rename(temporary, path);
}
