/* O_APPEND: each write goes to the end, whatever the offset and whoever writes besides; also set later with fcntl. */
#include "conformance.h"

int main(int argc, char **argv) {
    begin(argc, argv);
    write_file("file", "begin ");
    int append = (int)must(open("file", O_RDWR | O_APPEND));
    int plain = (int)must(open("file", O_RDWR));
    result("offset at first", lseek(append, 0, SEEK_CUR));
    must(write(append, "one ", 4));
    result("offset after a write", lseek(append, 0, SEEK_CUR));
    must(lseek(append, 0, SEEK_SET));
    char buffer[6] = "";
    must(read(append, buffer, 5));
    say("read at the start: %s", buffer);
    must(write(append, "two ", 4));
    say("still at the end: %s", file_text("file"));
    must(lseek(plain, 0, SEEK_END));
    must(write(plain, "plain ", 6));
    must(write(append, "three ", 6));
    say("%s", file_text("file"));
    result("pwrite appends, too, on Linux (pwrite(2), BUGS)", pwrite(append, "four ", 5, 0));
    say("%s", file_text("file"));
    must(fcntl(append, F_SETFL, 0));
    must(pwrite(append, "BEGIN", 5, 0));
    must(fcntl(plain, F_SETFL, O_APPEND));
    must(lseek(plain, 3, SEEK_SET));
    must(write(plain, "five", 4));
    say("%s", file_text("file"));
    must(ftruncate(append, 5));
    must(write(plain, "!", 1));
    say("after truncation: %s", file_text("file"));

    /* Six processes append lines: none is lost or torn. */
    enum { writers = 6, each = 200 };
    must(unlink("file"));
    pid_t pids[writers];
    for (int w = 0; w < writers; w++) {
        pids[w] = fork_child();
        if (pids[w] != 0) continue;
        int fd = (int)must(open("file", O_WRONLY | O_CREAT | O_APPEND, 0644));
        for (int i = 0; i < each; i++) {
            char line[64];
            int length = snprintf(line, sizeof line, "writer %d line %03d\n", w, i);
            must(write(fd, line, length));
        }
        _exit(0);
    }
    for (int w = 0; w < writers; w++) wait_for(pids[w]);
    FILE *stream = fopen("file", "r");
    int next[writers] = {0}, good = 0, writer, number;
    for (char line[100]; fgets(line, sizeof line, stream) != NULL;)
        if (strlen(line) == 18 && sscanf(line, "writer %d line %d", &writer, &number) == 2 && number == next[writer]++)
            good++;
    fclose(stream);
    say("lines: %d", good);
    return finish();
}
