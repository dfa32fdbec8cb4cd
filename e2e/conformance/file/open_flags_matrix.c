/* open(2): every combination of existence, kind and flags that programs meet. */
#include "conformance.h"

static const struct {
    const char *name;
    int flags;
} flags[] = {
    {"O_RDONLY", O_RDONLY},
    {"O_WRONLY", O_WRONLY},
    {"O_RDWR", O_RDWR},
    {"O_CREAT", O_WRONLY | O_CREAT},
    {"O_CREAT|O_EXCL", O_WRONLY | O_CREAT | O_EXCL},
    {"O_RDONLY|O_CREAT", O_RDONLY | O_CREAT},
    {"O_TRUNC", O_WRONLY | O_TRUNC},
    {"O_CREAT|O_TRUNC", O_RDWR | O_CREAT | O_TRUNC},
    {"O_DIRECTORY", O_RDONLY | O_DIRECTORY},
    {"O_NOFOLLOW", O_RDONLY | O_NOFOLLOW},
    {"O_CREAT|O_EXCL|O_NOFOLLOW", O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW},
    {"O_PATH", O_PATH},
    {"O_PATH|O_NOFOLLOW", O_PATH | O_NOFOLLOW},
    {"O_PATH|O_DIRECTORY", O_PATH | O_DIRECTORY},
};

static const char *const targets[] = {"file", "missing", "directory", "link", "dangling", "loop", "directory/", "file/",
                                      "missing/below", "file/below", "link/", "link-to-directory", ""};

static void lay_out(void) {
    unlink("missing");
    unlink("nowhere");
    write_file("file", "content");
}

int main(int argc, char **argv) {
    begin(argc, argv);
    must(mkdir("directory", 0755));
    must(symlink("file", "link"));
    must(symlink("nowhere", "dangling"));
    must(symlink("loop", "loop"));
    must(symlink("directory", "link-to-directory"));
    for (size_t t = 0; t < COUNT(targets); t++) {
        for (size_t f = 0; f < COUNT(flags); f++) {
            lay_out();
            int fd = open(targets[t], flags[f].flags, 0644);
            int error = errno;
            struct stat status;
            long size = stat("file", &status) == 0 ? (long)status.st_size : -1;
            say("%s %s: %s%s%s%s", targets[t][0] ? targets[t] : "(empty)", flags[f].name, fd == -1 ? errno_name(error) : "ok",
                size == 0 ? ", emptied" : "", access("missing", F_OK) == 0 ? ", made" : "",
                access("nowhere", F_OK) == 0 ? ", made behind the link" : "");
            if (fd != -1) must(close(fd));
        }
    }
    return finish();
}
