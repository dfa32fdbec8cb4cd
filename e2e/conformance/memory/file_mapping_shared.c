/* MAP_SHARED of a file: one content for views, read and write, in all processes; what lies past the end is not kept. */
#include "conformance.h"

int main(int argc, char **argv) {
    begin(argc, argv);
    int fd = (int)must(open("file", O_RDWR | O_CREAT, 0644));
    must(ftruncate(fd, 2 * PAGE + 10));
    char *view = must_map(NULL, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    char *other = must_map(NULL, PAGE, PROT_READ, MAP_SHARED, fd, PAGE);
    char buffer[32] = "";

    memcpy(view + PAGE + 5, "through the view", 16);
    must(pread(fd, buffer, 16, PAGE + 5));
    say("read: %s", buffer);
    say("other view: %.16s", other + 5);
    must(pwrite(fd, "through write", 13, PAGE + 100));
    say("view: %.13s", view + PAGE + 100);
    view[2 * PAGE + 9] = 'E';
    view[2 * PAGE + 10] = 'F';
    must(pread(fd, buffer, 2, 2 * PAGE + 9));
    say("last byte: %c", buffer[0]);
    result("the size stays", lseek(fd, 0, SEEK_END));

    pid_t child = fork_child();
    if (child == 0) {
        memcpy(view, "from the child", 14);
        int own = (int)must(open("file", O_RDWR));
        must(pwrite(own, "child's write", 13, 50));
        _exit(0);
    }
    wait_for(child);
    say("parent: %.14s, %.13s", view, view + 50);
    result("msync", msync(view, 3 * PAGE, MS_SYNC));
    result("msync, later", msync(view, PAGE, MS_ASYNC | MS_INVALIDATE));

    /* A file that grows shows its new bytes; one page of it was mapped before the file had it. */
    must(pwrite(fd, "grown", 5, 2 * PAGE + 2000));
    say("grown: %.5s", view + 2 * PAGE + 2000);
    must(munmap(view, 3 * PAGE));
    must(pread(fd, buffer, 14, 0));
    say("after munmap: %.14s", buffer);

    /* The writes of a process that is killed are there. */
    child = fork_child();
    if (child == 0) {
        char *mine = must_map(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        memcpy(mine, "written, then killed", 20);
        kill(getpid(), SIGKILL);
    }
    wait_for(child);
    must(pread(fd, buffer, 20, 0));
    say("file: %.20s", buffer);

    /* Read into a shared view of the same file, and write out of it. */
    view = must_map(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    must(pread(fd, view + 200, 20, 0));
    must(pwrite(fd, view + 200, 20, 300));
    say("copied within: %.20s", view + 300);
    struct stat status;
    must(fstat(fd, &status));
    say("size: %ld", (long)status.st_size);
    return finish();
}
