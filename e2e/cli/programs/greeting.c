/* Says what it was given: arguments, environment, standard input, and where it stands. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void *length_of(void *text) { return (void *)strlen(text); }

int main(int count, char **arguments) {
  char line[256] = "", directory[256] = "";
  pthread_t thread;
  void *length;
  if (fgets(line, sizeof line, stdin) == NULL)
    strcpy(line, "nothing\n");
  pthread_create(&thread, NULL, length_of, arguments[0]);
  pthread_join(thread, &length);
  printf("%d arguments, the last is %s; read %s", count, arguments[count - 1], line);
  printf("path of %zu bytes, pid %s, in %s\n", (size_t)length, getpid() > 1 ? "of a child" : "of init", getcwd(directory, 256));
  fprintf(stderr, "to standard error\n");
  return 42;
}
