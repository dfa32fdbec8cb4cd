/* getcwd(2), chdir(2), fchdir(2): moving, renamed and removed directories, errors. */
#include "conformance.h"

static char start[PATH_MAX];

static void where(const char *what) {
    char path[PATH_MAX];
    if (getcwd(path, sizeof path) == NULL) say("%s: %s", what, errno_name(errno));
    else if (strncmp(path, start, strlen(start)) == 0) say("%s: START%s", what, path + strlen(start));
    else say("%s: %s", what, path);
}

int main(int argc, char **argv) {
    begin(argc, argv);
    must((long)(getcwd(start, sizeof start) == NULL ? -1 : 0));
    check(syscall(SYS_getcwd, start, sizeof start) == (long)strlen(start) + 1, "the call returns the length with its zero");
    must(mkdir("a", 0755));
    must(mkdir("a/b", 0755));
    must(symlink("a/b", "link"));
    must(chdir("a/b"));
    where("down");
    must(chdir("../.."));
    must(chdir("link"));
    where("through a link");
    must(chdir(".."));
    where("dot dot is the real parent");
    int fd = (int)must(open("b", O_RDONLY | O_DIRECTORY));
    must(chdir("/"));
    where("root");
    must(chdir(".."));
    where("above the root");
    must(fchdir(fd));
    where("fchdir");
    must(rename("../../a", "../../renamed"));
    where("its parent was renamed");
    pid_t child = fork_child();
    if (child == 0) {
        must(chdir(".."));
        where("child");
        _exit(0);
    }
    wait_for(child);
    where("parent");
    must(rmdir("../b"));
    where("removed");
    result("open dot", open(".", O_RDONLY) >= 0 ? 0 : -1);
    result("create", open("x", O_WRONLY | O_CREAT, 0644));
    must(chdir(".."));
    where("out of it");
    char small[4];
    result("too small a buffer", syscall(SYS_getcwd, small, 4));
    result("no buffer", syscall(SYS_getcwd, small, 0));
    write_file("file", "");
    result("a file", chdir("file"));
    result("missing", chdir("missing"));
    result("empty", chdir(""));
    result("fchdir to a file", fchdir((int)must(open("file", O_RDONLY))));
    result("fchdir, not open", fchdir(900));
    return finish();
}
