/* Reads the machine's settings: one a line, words between spaces. README.md lists them. */
#include "init.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SETTINGS RUN_DIRECTORY "/machine"
#define MAXIMUM_WORDS 8
#define UNKNOWN_SETTING 1

struct words {
  int count;
  char *word[MAXIMUM_WORDS];
  const char *script; /* set by the setting `script` */
};

/* Each setting answers 0 or a negative errno. */
struct setting {
  const char *name;
  int minimum, maximum; /* words after the name */
  int (*apply)(struct words *words);
};

static int apply_hostname(struct words *words) {
  return sethostname(words->word[1], strlen(words->word[1])) == 0 ? 0 : -errno;
}

static int apply_up(struct words *words) { return set_link_up(words->word[1]); }

static int apply_mtu(struct words *words) { return set_link_mtu(words->word[1], strtoul(words->word[2], NULL, 10)); }

static int apply_address(struct words *words) { return add_address(words->word[1], words->word[2]); }

/* route DESTINATION [via GATEWAY] [dev INTERFACE] */
static int apply_route(struct words *words) {
  const char *gateway = NULL, *interface = NULL;
  for (int index = 2; index + 1 < words->count; index += 2) {
    if (strcmp(words->word[index], "via") == 0)
      gateway = words->word[index + 1];
    else if (strcmp(words->word[index], "dev") == 0)
      interface = words->word[index + 1];
    else
      return -EINVAL;
  }
  return add_route(words->word[1], gateway, interface);
}

/* sysctl net.ipv4.ip_forward 1. A slash stays a slash, so that interface names with dots can be written (sysctl(8)). */
static int apply_sysctl(struct words *words) {
  char path[PATH_MAX];
  int length = snprintf(path, sizeof path, "/proc/sys/%s", words->word[1]);
  if (length >= (int)sizeof path)
    return -ENAMETOOLONG;
  if (strchr(words->word[1], '/') == NULL)
    for (char *letter = path + strlen("/proc/sys/"); *letter != 0; letter++)
      if (*letter == '.')
        *letter = '/';
  int file = open(path, O_WRONLY | O_CLOEXEC);
  if (file < 0)
    return -errno;
  int result = dprintf(file, "%s\n", words->word[2]) < 0 ? -errno : 0;
  close(file);
  return result;
}

/* In a value, \\n is a new line and two backslashes are one: a setting is one line. */
static void unescape(char *text) {
  char *end = text;
  for (; *text != 0; text++) {
    if (*text == '\\' && text[1] != 0)
      *end++ = *++text == 'n' ? '\n' : *text;
    else
      *end++ = *text;
  }
  *end = 0;
}

static int apply_environment(struct words *words) {
  static char empty[] = "";
  char *value = words->count > 2 ? words->word[2] : empty;
  unescape(value);
  return setenv(words->word[1], value, 1) == 0 ? 0 : -errno;
}

static int apply_script(struct words *words) {
  words->script = words->word[1];
  return 0;
}

static const struct setting settings[] = {
    {"hostname", 1, 1, apply_hostname},       {"up", 1, 1, apply_up},         {"mtu", 2, 2, apply_mtu},
    {"address", 2, 2, apply_address},         {"route", 3, 5, apply_route},   {"sysctl", 2, 2, apply_sysctl},
    {"environment", 1, 2, apply_environment}, {"script", 1, 1, apply_script},
};

static void split(char *line, struct words *words) {
  words->count = 0;
  for (char *at = line; *at != 0 && words->count < MAXIMUM_WORDS;) {
    at += strspn(at, " \t");
    if (*at == 0)
      break;
    words->word[words->count++] = at;
    /* The value of a variable is the rest of the line: it may hold spaces. */
    if (words->count == 3 && strcmp(words->word[0], "environment") == 0)
      break;
    at += strcspn(at, " \t");
    if (*at != 0)
      *at++ = 0;
  }
}

static int apply(struct words *words) {
  for (size_t index = 0; index < sizeof settings / sizeof settings[0]; index++) {
    const struct setting *setting = &settings[index];
    if (strcmp(setting->name, words->word[0]) != 0)
      continue;
    if (words->count - 1 < setting->minimum || words->count - 1 > setting->maximum)
      return -EINVAL;
    return setting->apply(words);
  }
  return UNKNOWN_SETTING;
}

bool configure_machine(char *script, size_t script_size) {
  int result = set_link_up("lo");
  if (result == 0)
    result = add_address("lo", "127.0.0.1/8");
  /* Linux gives lo this address by itself when it comes up. */
  if (result < 0 && result != -EEXIST)
    report("cannot set up lo: %s", strerror(-result));

  FILE *file = fopen(SETTINGS, "re");
  if (file == NULL) {
    if (errno != ENOENT)
      report("cannot read " SETTINGS ": %s", strerror(errno));
    return false;
  }
  bool has_script = false;
  char *line = NULL;
  size_t size = 0;
  for (int number = 1; getline(&line, &size, file) >= 0; number++) {
    line[strcspn(line, "\n")] = 0;
    char *copy = strdup(line);
    struct words words = {.script = NULL};
    split(line, &words);
    if (words.count > 0 && words.word[0][0] != '#') {
      result = apply(&words);
      if (result == UNKNOWN_SETTING)
        report("line %d of the settings, '%s': there is no such setting", number, copy);
      else if (result < 0)
        report("line %d of the settings, '%s': %s", number, copy, strerror(-result));
      if (words.script != NULL)
        has_script = snprintf(script, script_size, "%s", words.script) < (int)script_size;
    }
    free(copy);
  }
  free(line);
  fclose(file);
  return has_script;
}
