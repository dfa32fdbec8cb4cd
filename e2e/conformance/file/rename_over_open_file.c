/* rename(2) over a file that is open: the old content lives on in its descriptors, the name changes at once. */
#include "conformance.h"

int main(int argc, char **argv) {
    begin(argc, argv);
    write_file("target", "old content");
    write_file("source", "new content");
    int old = (int)must(open("target", O_RDWR)), new = (int)must(open("source", O_RDWR));
    must(rename("source", "target"));
    say("by name: %s", file_text("target"));
    char buffer[32] = "";
    must(pread(old, buffer, 31, 0));
    say("old descriptor: %s", buffer);
    must(pwrite(old, "OLD", 3, 0));
    must(pwrite(new, "NEW", 3, 0));
    say("by name: %s", file_text("target"));
    must(pread(old, buffer, 11, 0));
    say("old descriptor: %s", buffer);
    struct stat status;
    must(fstat(old, &status));
    say("links of the old: %d", (int)status.st_nlink);
    must(fstat(new, &status));
    say("links of the new: %d", (int)status.st_nlink);

    /* A reader opens the name all the time while it is replaced: it always finds a whole file. */
    pid_t child = fork_child();
    if (child == 0) {
        for (int i = 0; i < 300; i++) {
            write_file("next", i % 2 ? "odd version" : "even versio");
            must(rename("next", "target"));
        }
        _exit(0);
    }
    int status_word, odd = 0;
    while (waitpid(child, &status_word, WNOHANG) == 0) {
        const char *text = file_text("target");
        if (strlen(text) != 11) odd++;
    }
    say_status("replacing", status_word);
    say("torn or missing: %d", odd);
    return finish();
}
