/* A file lives until its last name and its last descriptor are gone. */
#include "conformance.h"

int main(int argc, char **argv) {
    begin(argc, argv);
    int fd = (int)must(open("file", O_RDWR | O_CREAT, 0644));
    must(write(fd, "content", 7));
    char *view = must_map(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    must(unlink("file"));
    result("the name is gone", access("file", F_OK));
    struct stat status;
    must(fstat(fd, &status));
    say("links %d, size %ld", (int)status.st_nlink, (long)status.st_size);
    must(write(fd, " and more", 9));
    char buffer[32] = "";
    result("read", pread(fd, buffer, 31, 0));
    say("content: %s", buffer);
    result("grow", ftruncate(fd, 10000));
    result("mode", fchmod(fd, 0600));
    write_file("file", "another one");
    must(pread(fd, buffer, 7, 0));
    say("a new file of that name is another: %.7s, %s", buffer, file_text("file"));
    pid_t child = fork_child();
    if (child == 0) {
        must(pwrite(fd, "CHILD", 5, 0));
        _exit(0);
    }
    wait_for(child);
    say("through the view: %.7s", view);
    must(close(fd));
    say("after close, through the view: %.7s", view);
    view[0] = 'v';
    must(munmap(view, PAGE));

    must(mkdir("directory", 0755));
    fd = (int)must(open("directory", O_RDONLY));
    must(rmdir("directory"));
    must(fstat(fd, &status));
    say("a removed directory: links %d", (int)status.st_nlink);
    result("create in it", openat(fd, "x", O_WRONLY | O_CREAT, 0644));
    result("go there", fchdir(fd));
    result("make a directory in it", mkdir("x", 0755));
    result("its parent", access("..", F_OK) == 0 ? 0 : -1);
    result("where are we", (long)(getcwd(buffer, sizeof buffer) == NULL ? -1 : 0));
    return finish();
}
