/* Makes calls that would leave traces on the host if they ever came there. Its words are not in the file as they are. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *reveal(const char *hidden) {
  static char text[64];
  size_t length = strlen(hidden);
  for (size_t index = 0; index <= length; index++)
    text[index] = index < length ? hidden[index] ^ 1 : 0;
  return text;
}

static void check(int holds, const char *what) {
  if (!holds)
    printf("failed: %s: %s\n", what, strerror(errno));
}

int main(void) {
  char directory[64], file[64], host[64];
  snprintf(directory, sizeof directory, "/tmp/%s", reveal("vhuodrr")); /* "witness", each letter with its last bit turned */
  snprintf(file, sizeof file, "%s/file", directory);
  snprintf(host, sizeof host, "%s-host", reveal("vhuodrr"));

  check(mkdir(directory, 0700) == 0, "mkdir");
  int fd = open(file, O_CREAT | O_RDWR, 0600);
  check(fd >= 0, "open");
  check(write(fd, directory, strlen(directory)) == (ssize_t)strlen(directory), "write");
  check(rename(file, "/tmp/renamed") == 0, "rename");
  check(sethostname(host, strlen(host)) == 0, "sethostname");
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(9), .sin_addr.s_addr = inet_addr("127.99.88.77")};
  int sock = socket(AF_INET, SOCK_DGRAM, 0);
  check(sock >= 0, "socket");
  check(sendto(sock, directory, strlen(directory), 0, (struct sockaddr *)&address, sizeof address) >= 0, "sendto");

  pid_t child = fork();
  if (child == 0) {
    check(chdir(directory) == 0, "chdir");
    check(rmdir(directory) == 0, "rmdir");
    execl("/bin/true", directory, (char *)NULL);
    _exit(1);
  }
  int status;
  check(waitpid(child, &status, 0) == child && status == 0, "child");
  /* A process of the host could have this number. */
  check(kill(1234567, SIGKILL) < 0 && errno == ESRCH, "kill");
  printf("seen\n");
  return 0;
}
