/* link(2), linkat(2), unlink(2): counts, names of one file, links to links, errors. */
#include "conformance.h"

static int links(const char *path) {
    struct stat status;
    return lstat(path, &status) == -1 ? -1 : (int)status.st_nlink;
}

int main(int argc, char **argv) {
    begin(argc, argv);
    write_file("one", "content");
    say("links: %d", links("one"));
    result("link", link("one", "two"));
    must(mkdir("d", 0755));
    result("into a directory", link("one", "d/three"));
    say("links: %d %d %d", links("one"), links("two"), links("d/three"));
    struct stat first, second;
    must(stat("one", &first));
    must(stat("d/three", &second));
    check(first.st_ino == second.st_ino && first.st_dev == second.st_dev, "one inode");
    must(truncate("two", 3));
    say("content through the other name: %s", file_text("one"));
    must(chmod("d/three", 0600));
    must(stat("one", &first));
    say("mode through the other name: %o", first.st_mode & 07777);
    result("unlink", unlink("one"));
    say("links: %d %d", links("one"), links("two"));
    result("existing target", link("two", "d/three"));
    result("a directory", link("d", "d2"));
    result("missing", link("missing", "x"));
    result("into a missing directory", link("two", "missing/x"));
    must(symlink("two", "soft"));
    must(symlink("nowhere", "dangling"));
    result("a symbolic link itself", link("soft", "soft2"));
    char target[16] = "";
    must(readlink("soft2", target, 15));
    say("soft2 -> %s, links %d", target, links("soft2"));
    result("a dangling link itself", link("dangling", "dangling2"));
    result("linkat following", linkat(AT_FDCWD, "soft", AT_FDCWD, "followed", AT_SYMLINK_FOLLOW));
    say("links of its target: %d", links("two"));
    result("linkat, odd flags", linkat(AT_FDCWD, "two", AT_FDCWD, "x", 0x8000));
    must(mkfifo("fifo", 0600));
    result("a fifo", link("fifo", "fifo2"));
    result("unlink a directory", unlink("d"));
    result("unlink missing", unlink("missing"));
    result("unlink with a slash", unlink("two/"));
    result("unlink the empty name", unlink(""));
    say("links of a directory: %d", links("d"));
    must(mkdir("d/below", 0755));
    must(mkdir("d/beside", 0755));
    say("with two below: %d", links("d"));
    must(rmdir("d/below"));
    say("with one: %d", links("d"));
    return finish();
}
