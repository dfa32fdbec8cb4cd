/* EFAULT: every call that takes a pointer checks it, and a transfer that runs into a bad page tells what it did. */
#include "conformance.h"
#include <dirent.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/sysinfo.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/utsname.h>

int main(int argc, char **argv) {
    begin(argc, argv);
    void *bad = (void *)16;
    char *pages = must_map(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    must(munmap(pages + PAGE, PAGE));
    char *edge = pages + PAGE;
    int fd = (int)must(open("file", O_RDWR | O_CREAT, 0644)), ends[2], sockets[2];
    must(pipe(ends));
    must(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets));
    must(pwrite(fd, "0123456789", 10, 0));

    result("open", open(bad, O_RDONLY));
    result("stat", syscall(SYS_stat, "file", bad));
    result("read", syscall(SYS_read, fd, bad, 5));
    result("write", syscall(SYS_write, fd, bad, 5));
    result("read of nothing", syscall(SYS_read, fd, bad, 0));
    result("pread", syscall(SYS_pread64, fd, bad, 5, 0));
    struct iovec vectors[2] = {{pages, 5}, {bad, 5}};
    result("readv, second part bad", preadv(fd, vectors, 2, 0));
    result("writev, list bad", syscall(SYS_writev, fd, bad, 2));
    result("getdents", syscall(SYS_getdents64, (int)must(open(".", O_RDONLY)), bad, 1024));
    result("getcwd", syscall(SYS_getcwd, bad, 100));
    result("readlink", syscall(SYS_readlink, "/proc/self/exe", bad, 100));
    result("pipe2", syscall(SYS_pipe2, bad, 0));
    result("uname", syscall(SYS_uname, bad));
    result("sysinfo", syscall(SYS_sysinfo, bad));
    result("getrlimit", syscall(SYS_getrlimit, RLIMIT_NOFILE, bad));
    result("clock_gettime", syscall(SYS_clock_gettime, CLOCK_REALTIME, bad));
    result("nanosleep", syscall(SYS_nanosleep, bad, NULL));
    result("gettimeofday", syscall(SYS_gettimeofday, bad, NULL));
    result("poll", syscall(SYS_poll, bad, 1, 0));
    result("select", syscall(SYS_select, 1, bad, NULL, NULL, NULL));
    result("socketpair", syscall(SYS_socketpair, AF_UNIX, SOCK_STREAM, 0, bad));
    result("bind", syscall(SYS_bind, sockets[0], bad, 10));
    result("getsockname", syscall(SYS_getsockname, sockets[0], bad, bad));
    result("sendmsg", syscall(SYS_sendmsg, sockets[0], bad, 0));
    result("recvmsg", syscall(SYS_recvmsg, sockets[0], bad, MSG_DONTWAIT));
    result("send", syscall(SYS_sendto, sockets[0], bad, 5, 0, NULL, 0));
    result("fcntl lock", syscall(SYS_fcntl, fd, F_SETLK, bad));
    result("epoll_ctl", syscall(SYS_epoll_ctl, (int)must(syscall(SYS_epoll_create1, 0)), 1, ends[0], bad));
    result("futex", syscall(SYS_futex, bad, 0, 0, NULL, NULL, 0));
    result("mkdir", mkdir(bad, 0755));
    result("rename", rename("file", bad));
    result("chdir", chdir(bad));
    result("execve", execve(bad, NULL, NULL));
    result("times, which may take NULL", syscall(SYS_times, NULL) >= 0 ? 0 : -1);
    result("times", syscall(SYS_times, bad));
    result("getgroups", syscall(SYS_getgroups, 65536, bad) > 0 ? -2 : 0);

    /* At the edge of the mapped page. */
    memcpy(edge - 5, "edge!", 5);
    result("write that runs over the edge into a file", pwrite(fd, edge - 5, 10, 0));
    result("write into a pipe", write(ends[1], edge - 5, 10));
    char buffer[16];
    must(fcntl(ends[0], F_SETFL, O_NONBLOCK));
    ssize_t length = read(ends[0], buffer, sizeof buffer);
    say("the pipe holds: %zd", length);
    must(pwrite(fd, "0123456789", 10, 0));
    result("read from a file over the edge", pread(fd, edge - 5, 10, 0));
    say("it read: %.5s", edge - 5);
    must(write(ends[1], "abcdefghij", 10));
    result("read from a pipe over the edge", read(ends[0], edge - 3, 10));
    result("what the pipe still holds", read(ends[0], buffer, sizeof buffer) > 0);

    /* Strings: one that ends at the edge is fine, one that runs over it is not. */
    strcpy(edge - 5, "file");
    outcome("a path that ends at the edge", access(edge - 5, F_OK));
    memcpy(edge - 4, "file", 4);
    outcome("a path that runs over the edge", access(edge - 4, F_OK));
    outcome("a structure at the edge", syscall(SYS_clock_gettime, CLOCK_MONOTONIC, edge - 16));
    outcome("a structure over the edge", syscall(SYS_clock_gettime, CLOCK_MONOTONIC, edge - 8));
    result("kernel memory as source", syscall(SYS_write, fd, 0xffffffff81000000, 8));
    result("kernel memory as target", syscall(SYS_pread64, fd, 0xffffffff81000000, 8, 0));
    result("non-canonical", syscall(SYS_pread64, fd, 0x8000000000000000, 8, 0));
    result("a length that wraps", syscall(SYS_pread64, fd, pages, 0x7ffffffffffff000, 0) == -1 ? -1 : 0);
    return finish();
}
