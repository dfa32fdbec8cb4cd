/*
 * Tries: to fill /tmp, with one large file and then with many empty ones.
 * Must: writes fail with ENOSPC (or the machine's memory limit) at the machine's own bound; after unlinking the room is
 * there again; the host's disk and memory grow by no more than the machine's share.
 */
#include "hostile.h"

int main(int argc, char **argv) {
    begin(argc, argv);
    if (getenv("HOSTILE_IN_GUEST") == NULL) {
        say("refused: set HOSTILE_IN_GUEST in a machine that may be lost");
        return 2;
    }
    static char block[1 << 20];
    int fd = (int)must(open("large", O_WRONLY | O_CREAT, 0644));
    long megabytes = 0;
    while (write(fd, block, sizeof block) > 0 && megabytes < 1 << 20) megabytes++;
    say("large file: %s", errno_name(errno));
    must(close(fd));
    must(unlink("large"));
    long files = 0;
    for (; files < 10000000; files++) {
        char name[32];
        snprintf(name, sizeof name, "f%ld", files);
        fd = open(name, O_WRONLY | O_CREAT, 0644);
        if (fd == -1) break;
        close(fd);
    }
    say("many files: %s", errno_name(errno));
    for (long i = 0; i < files; i++) {
        char name[32];
        snprintf(name, sizeof name, "f%ld", i);
        unlink(name);
    }
    write_file("after", "there is room again");
    say("%s", file_text("after"));
    return survived();
}
