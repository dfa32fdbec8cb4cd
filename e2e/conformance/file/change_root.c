/* needs: root */
/* chroot(2): absolute paths and dot dot are confined, the working directory is not moved, privilege is needed. */
#include "conformance.h"

int main(int argc, char **argv) {
    begin(argc, argv);
    must(mkdir("jail", 0755));
    must(mkdir("jail/tmp", 0755));
    write_file("jail/inside", "inside the jail");
    write_file("outside", "outside");
    must(symlink("/inside", "jail/absolute"));
    must(symlink("../../outside", "jail/up"));
    pid_t child = fork_child();
    if (child == 0) {
        must(chdir("jail"));
        result("chroot", chroot("."));
        say("absolute: %s", file_text("/inside"));
        say("dot dot: %s", file_text("/../../inside"));
        say("an absolute link: %s", file_text("absolute"));
        say("a link that goes up: %s", file_text("up"));
        char path[64];
        must((long)(getcwd(path, sizeof path) == NULL ? -1 : 0));
        say("getcwd: %s", path);
        must(chdir("/tmp"));
        must(chdir("../.."));
        say("after chdir: %s", file_text("inside"));
        result("nothing of the old tree", access("/proc/self", F_OK));
        write_file("/made", "in the jail");
        execl("/bin/sh", "sh", NULL);
        say("exec: %s", errno_name(errno));
        _exit(0);
    }
    wait_for(child);
    say("made: %s", file_text("jail/made"));
    child = fork_child();
    if (child == 0) {
        /* Without chdir the working directory stays outside: the classic way out is root's to take. */
        must(chroot("jail"));
        say("relative: %s", file_text("outside"));
        char path[PATH_MAX];
        must(syscall(SYS_getcwd, path, sizeof path));
        say("getcwd: %.13s", path);
        must(seteuid(1000));
        result("without privilege", chroot("/tmp"));
        _exit(0);
    }
    wait_for(child);
    result("missing", chroot("missing"));
    result("a file", chroot("outside"));
    result("empty", chroot(""));
    say("here: %s", file_text("outside"));
    return finish();
}
