/* symlink(2), readlink(2): following and not, relative and absolute, dangling, loops and the limit of 40, trailing slashes. */
#include "conformance.h"

int main(int argc, char **argv) {
    begin(argc, argv);
    char here[PATH_MAX], path[PATH_MAX + 32], target[128] = "";
    must((long)(getcwd(here, sizeof here) == NULL ? -1 : 0));
    must(mkdir("d", 0755));
    write_file("d/file", "content");
    result("relative to its own directory", symlink("file", "d/link"));
    say("content: %s", file_text("d/link"));
    snprintf(path, sizeof path, "%s/d/file", here);
    result("absolute", symlink(path, "absolute"));
    say("content: %s", file_text("absolute"));
    result("to a directory", symlink("d", "to-d"));
    say("content: %s", file_text("to-d/link"));
    result("dot dot in a target", symlink("../d/./file", "d/up"));
    say("content: %s", file_text("to-d/up"));
    struct stat status;
    must(lstat("d/link", &status));
    say("lstat: link %d, size %ld, mode %o", S_ISLNK(status.st_mode), (long)status.st_size, status.st_mode & 07777);
    must(stat("d/link", &status));
    say("stat: regular %d, size %ld", S_ISREG(status.st_mode), (long)status.st_size);
    result("readlink", readlink("d/link", target, sizeof target));
    say("target: %s", target);
    result("cut to the buffer", readlink("d/link", target, 2));
    result("no buffer", readlink("d/link", target, 0));
    result("not a link", readlink("d/file", target, 10));
    result("missing", readlink("missing", target, 10));
    int fd = (int)must(open("d/link", O_PATH | O_NOFOLLOW));
    result("of a descriptor", readlinkat(fd, "", target, sizeof target));

    result("dangling", symlink("nowhere", "dangling"));
    result("stat", stat("dangling", &status));
    result("lstat", lstat("dangling", &status));
    result("create through it", open("dangling", O_WRONLY | O_CREAT, 0644) >= 0 ? 0 : -1);
    result("what it made", access("nowhere", F_OK));
    result("exclusively", open("dangling", O_WRONLY | O_CREAT | O_EXCL, 0644));
    result("mkdir over a link", mkdir("dangling", 0755));
    result("unlink removes the link", unlink("dangling"));
    result("not its target", access("nowhere", F_OK));

    result("with a slash behind", stat("to-d/", &status));
    say("it is a directory: %d", S_ISDIR(status.st_mode));
    must(lstat("to-d/", &status));
    say("lstat, too: %d", S_ISDIR(status.st_mode));
    result("rmdir of a link", rmdir("to-d"));
    result("rmdir with a slash", rmdir("to-d/"));

    must(symlink("loop-b", "loop-a"));
    must(symlink("loop-a", "loop-b"));
    result("a loop", open("loop-a", O_RDONLY));
    result("lstat of it", lstat("loop-a", &status));
    /* A chain: 40 links are followed, 41 are not (path_resolution(7)). */
    write_file("end-0", "the end");
    for (int i = 1; i <= 41; i++) {
        char name[32];
        snprintf(target, sizeof target, "end-%d", i - 1);
        snprintf(name, sizeof name, "end-%d", i);
        must(symlink(target, name));
    }
    outcome("40 links", access("end-40", F_OK));
    outcome("41 links", access("end-41", F_OK));
    result("existing name", symlink("x", "d"));
    result("empty target", symlink("", "empty"));
    result("empty name", symlink("x", ""));
    char longest[PATH_MAX + 1];
    memset(longest, 't', sizeof longest);
    longest[PATH_MAX - 1] = 0;
    outcome("a target of 4095 bytes", symlink(longest, "long"));
    longest[PATH_MAX - 1] = 't', longest[PATH_MAX] = 0;
    outcome("a target of 4096 bytes", symlink(longest, "longer"));
    return finish();
}
