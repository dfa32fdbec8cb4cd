/* chmod(2), fchmod(2), umask(2): bits that stick, creation masks for each kind of file. */
#include "conformance.h"

static int mode_of(const char *path) {
    struct stat status;
    must(lstat(path, &status));
    return status.st_mode & 07777;
}

int main(int argc, char **argv) {
    begin(argc, argv);
    write_file("file", "");
    const int modes[] = {0, 0400, 0644, 0755, 0777, 01777, 02755, 04755, 07777, 010644};
    for (size_t i = 0; i < COUNT(modes); i++) {
        int value = chmod("file", modes[i]);
        say("chmod %o: %s, now %o", modes[i], value == 0 ? "ok" : errno_name(errno), mode_of("file"));
    }
    int fd = (int)must(open(".", O_RDONLY));
    must(mkdir("d", 0700));
    must(chmod("d", 01751));
    say("directory: %o", mode_of("d"));
    must(close(fd));
    fd = (int)must(open("open", O_RDWR | O_CREAT, 0));
    say("made with mode 0 and still writable: %o, %zd", mode_of("open"), write(fd, "x", 1));
    result("fchmod", fchmod(fd, 0321));
    say("now %o", mode_of("open"));

    say("umask at first: %03o", umask(0));
    const int masks[] = {0, 022, 027, 077, 0777};
    for (size_t i = 0; i < COUNT(masks); i++) {
        umask(masks[i]);
        char name[5][16];
        for (int n = 0; n < 5; n++) snprintf(name[n], sizeof name[n], "m%zu-%d", i, n);
        must(close((int)must(open(name[0], O_WRONLY | O_CREAT, 0666))));
        must(mkdir(name[1], 0777));
        must(mkfifo(name[2], 0666));
        must(mknod(name[3], S_IFREG | 0777, 0));
        must(symlink("x", name[4]));
        say("umask %03o: file %03o, directory %03o, fifo %03o, node %03o, link %03o", masks[i], mode_of(name[0]),
            mode_of(name[1]), mode_of(name[2]), mode_of(name[3]), mode_of(name[4]));
    }
    say("umask keeps nine bits: %o", (umask(07777777), umask(022)));
    must(mkdir("special", 07777));
    say("mkdir with all bits: %o", mode_of("special") & 01777);
    must(symlink("file", "link"));
    must(chmod("file", 0640));
    result("chmod through a link", chmod("link", 0604));
    say("now %o, the link %o", mode_of("file"), mode_of("link"));
    result("missing", chmod("missing", 0644));
    result("not open", fchmod(900, 0644));
    result("below a file", chmod("file/x", 0644));
    return finish();
}
