/* O_TMPFILE: a file without a name, which linkat may give one. */
#include "conformance.h"

int main(int argc, char **argv) {
    begin(argc, argv);
    int fd = (int)must(open(".", O_TMPFILE | O_RDWR, 0640));
    struct stat status;
    must(fstat(fd, &status));
    say("mode %o, links %d", status.st_mode, (int)status.st_nlink);
    must(write(fd, "content", 7));
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    result("give it a name", linkat(AT_FDCWD, path, AT_FDCWD, "named", AT_SYMLINK_FOLLOW));
    say("content: %s", file_text("named"));
    must(fstat(fd, &status));
    say("links %d", (int)status.st_nlink);
    result("a name that is taken", linkat(AT_FDCWD, path, AT_FDCWD, "named", AT_SYMLINK_FOLLOW));
    int exclusive = (int)must(open(".", O_TMPFILE | O_RDWR | O_EXCL, 0600));
    snprintf(path, sizeof path, "/proc/self/fd/%d", exclusive);
    result("with O_EXCL it never gets one", linkat(AT_FDCWD, path, AT_FDCWD, "never", AT_SYMLINK_FOLLOW));
    result("read-only", open(".", O_TMPFILE | O_RDONLY, 0600));
    result("in a file", open("named", O_TMPFILE | O_RDWR, 0600));
    result("in a missing directory", open("missing", O_TMPFILE | O_RDWR, 0600));

    /* tmpfile(3), mkstemp(3) and friends. */
    FILE *stream = tmpfile();
    check(stream != NULL && fputs("temporary", stream) >= 0, "tmpfile");
    rewind(stream);
    char text[16] = "";
    must((long)(fgets(text, sizeof text, stream) == NULL ? -1 : 0));
    say("%s", text);
    char name[] = "prefix-XXXXXX", directory[] = "directory-XXXXXX";
    int made = (int)must(mkstemp(name));
    must(fstat(made, &status));
    say("mkstemp: mode %o", status.st_mode & 0777);
    check(mkdtemp(directory) != NULL, "mkdtemp");
    must(stat(directory, &status));
    say("mode %o", status.st_mode & 0777);
    return finish();
}
