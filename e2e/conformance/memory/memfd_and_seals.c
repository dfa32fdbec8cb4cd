/* memfd_create(2): a file without a name, mapped shared, and its seals. */
#include "conformance.h"

int main(int argc, char **argv) {
    begin(argc, argv);
    int fd = (int)must(memfd_create("name", MFD_ALLOW_SEALING | MFD_CLOEXEC));
    check(fcntl(fd, F_GETFD) == FD_CLOEXEC, "close-on-exec as asked");
    struct stat status;
    must(fstat(fd, &status));
    say("regular %d, links %d, size %ld", S_ISREG(status.st_mode), (int)status.st_nlink, (long)status.st_size);
    result("write", write(fd, "content", 7));
    char *view = must_map(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    say("view: %s", view);
    pid_t child = fork_child();
    if (child == 0) {
        memcpy(view, "CHILD", 5);
        _exit(0);
    }
    wait_for(child);
    char buffer[8] = "";
    must(pread(fd, buffer, 7, 0));
    say("file: %s", buffer);

    result("no seals", fcntl(fd, F_GET_SEALS));
    result("seal against writing, while mapped writable", fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE));
    must(munmap(view, PAGE));
    result("seal against shrinking", fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK));
    result("shrink", ftruncate(fd, 3));
    result("grow", ftruncate(fd, 100));
    result("seal against growing", fcntl(fd, F_ADD_SEALS, F_SEAL_GROW));
    result("grow", ftruncate(fd, 200));
    result("write at the end", pwrite(fd, "x", 1, 4096));
    result("write inside", pwrite(fd, "x", 1, 0));
    result("seal against writing", fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE));
    result("write", pwrite(fd, "x", 1, 0));
    result("map writable and shared", mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
    outcome("map writable and private", mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0));
    result("seal the seals", fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL));
    result("one more", fcntl(fd, F_ADD_SEALS, F_SEAL_GROW));
    result("all seals", fcntl(fd, F_GET_SEALS));

    fd = (int)must(memfd_create("", 0));
    result("without MFD_ALLOW_SEALING", fcntl(fd, F_GET_SEALS));
    result("sealing it", fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE));
    int file = (int)must(open("file", O_RDWR | O_CREAT, 0644));
    result("odd flags", memfd_create("x", 0x8000u));
    char long_name[300];
    memset(long_name, 'n', sizeof long_name);
    long_name[249] = 0;
    outcome("a name of 249 characters", memfd_create(long_name, 0));
    long_name[249] = 'n', long_name[250] = 0;
    outcome("a name of 250 characters", memfd_create(long_name, 0));
    outcome("a bad address", syscall(SYS_memfd_create, 8, 0));
    close(file);
    return finish();
}
