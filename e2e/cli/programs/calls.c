/* A call of each kind that the trace decodes, with arguments that tell whether it does so rightly. Results do not matter. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/futex.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define DIRECTORY "/tmp/umlaut-traced"
static char buffer[128];

static void handle(int signal) { (void)signal; }

static void files(void) {
  struct stat status;
  chdir("/tmp");
  mkdir(DIRECTORY, 0755);
  int fd = open(DIRECTORY "/file", O_CREAT | O_RDWR | O_TRUNC | O_CLOEXEC, 0644);
  write(fd, "hello\n\001\2731x", 10);
  lseek(fd, 0, SEEK_SET);
  read(fd, buffer, 100);
  pread(fd, buffer, 3, 1);
  fstat(fd, &status);
  ftruncate(fd, 100);
  open("/nonexistent", O_RDONLY | O_DIRECTORY);
  access("/tmp", R_OK | W_OK);
  access("/nonexistent", F_OK);
  symlink("target", DIRECTORY "/link");
  readlink(DIRECTORY "/link", buffer, 100);
  rename(DIRECTORY "/file", DIRECTORY "/renamed");
  unlink(DIRECTORY "/link");
  chmod(DIRECTORY "/renamed", 0600);
  umask(022);
  unlink(DIRECTORY "/renamed");
  close(fd);
}

static void waiting(void) {
  int ends[2];
  struct timeval second = {1, 0};
  pipe2(ends, O_CLOEXEC | O_NONBLOCK);
  fcntl(ends[0], F_GETFD);
  fcntl(ends[0], F_GETFL);
  fcntl(ends[0], F_SETFL, O_RDONLY);
  fcntl(ends[0], F_DUPFD_CLOEXEC, 20);
  dup3(ends[1], 31, O_CLOEXEC);
  struct pollfd list[2] = {{ends[0], POLLIN, 0}, {ends[1], POLLOUT, 0}};
  poll(list, 2, 0);
  poll(list, 1, 1);
  struct iovec parts[2] = {{"ab", 2}, {"cde", 3}};
  writev(ends[1], parts, 2);
  ioctl(ends[0], FIONREAD, buffer);
  ioctl(ends[0], TCGETS, buffer);
  fd_set set;
  FD_ZERO(&set);
  FD_SET(ends[0], &set);
  syscall(SYS_select, ends[0] + 1, &set, NULL, NULL, NULL);
  int queue = epoll_create1(EPOLL_CLOEXEC);
  struct epoll_event event = {EPOLLIN | EPOLLET, {.fd = 7}};
  epoll_ctl(queue, EPOLL_CTL_ADD, ends[0], &event);
  epoll_wait(queue, &event, 1, 0);
  eventfd(3, EFD_CLOEXEC);
  int timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
  struct itimerspec setting = {{0, 0}, {1, 0}};
  timerfd_settime(timer, 0, &setting, NULL);
  struct itimerval interval = {{0, 0}, second};
  setitimer(ITIMER_VIRTUAL, &interval, NULL);
}

static void memory(void) {
  void *pages = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  mprotect(pages, 4096, PROT_NONE);
  madvise(pages, 8192, MADV_DONTNEED);
  munmap(pages, 8192);
  mmap(NULL, 4096, PROT_READ, MAP_SHARED, 99, 8192);
}

static void signals(void) {
  struct sigaction action = {.sa_handler = handle, .sa_flags = SA_RESTART};
  struct timespec moment = {0, 1000};
  sigset_t set;
  sigaddset(&action.sa_mask, SIGUSR1);
  sigaction(SIGUSR2, &action, NULL);
  sigaction(SIGUSR2, NULL, &action);
  sigfillset(&set);
  sigprocmask(SIG_BLOCK, &set, NULL);
  sigemptyset(&set);
  sigprocmask(SIG_SETMASK, &set, &set);
  kill(getpid(), SIGUSR2);
  clock_nanosleep(CLOCK_MONOTONIC, 0, &moment, NULL);
}

static void sockets(void) {
  int one = 1;
  socklen_t length = sizeof one;
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(7777), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  struct sockaddr_un path = {.sun_family = AF_UNIX, .sun_path = DIRECTORY "/socket"};
  int stream = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  setsockopt(stream, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  getsockopt(stream, SOL_SOCKET, SO_TYPE, &one, &length);
  length = sizeof address;
  getsockname(stream, (struct sockaddr *)&address, &length);
  address = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(7777), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  int datagrams = socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP);
  bind(datagrams, (struct sockaddr *)&address, sizeof address);
  sendto(datagrams, "abc", 3, MSG_NOSIGNAL, (struct sockaddr *)&address, sizeof address);
  recv(datagrams, buffer, 10, MSG_DONTWAIT);
  struct iovec part = {"datagram", 8};
  struct msghdr message = {&address, sizeof address, &part, 1, NULL, 0, 0};
  sendmsg(datagrams, &message, 0);
  shutdown(stream, SHUT_RDWR);
  int local = socket(AF_UNIX, SOCK_DGRAM, 0);
  bind(local, (struct sockaddr *)&path, sizeof path);
  unlink(path.sun_path);
}

static void processes(void) {
  int word = 1;
  syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, 1);
  syscall(SYS_futex, &word, FUTEX_WAIT | FUTEX_PRIVATE_FLAG, 77, NULL);
  if (fork() == 0)
    _exit(3);
  wait(&word);
  if (fork() == 0)
    *(volatile int *)16 = 1;
  wait(&word);
}

int main(void) {
  files();
  waiting();
  memory();
  signals();
  sockets();
  processes();
  rmdir(DIRECTORY);
  return 4;
}
