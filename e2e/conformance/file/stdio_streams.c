/* build: static dynamic */
/* The C library's streams over our system calls: buffering, seeking, update mode, large files, pipes, ungetc, temporary names. */
#include "conformance.h"

int main(int argc, char **argv) {
    begin(argc, argv);
    FILE *stream = fopen("file", "w+");
    for (int i = 0; i < 5000; i++) fprintf(stream, "line %d of the file\n", i);
    say("position: %ld", ftell(stream));
    fseek(stream, 100, SEEK_SET);
    char line[100];
    must((long)(fgets(line, sizeof line, stream) == NULL ? -1 : 0));
    say("at 100: %s", line);
    fseek(stream, -20, SEEK_END);
    size_t length = fread(line, 1, sizeof line, stream);
    line[length] = 0;
    say("the last 20: %s", line);
    say("at the end: %d", feof(stream) != 0);
    rewind(stream);
    int lines = 0;
    uint64_t sum = 0;
    while (fgets(line, sizeof line, stream) != NULL) {
        lines++;
        sum = checksum(sum, line, strlen(line));
    }
    say("lines %d, checksum %016lx", lines, (unsigned long)sum);
    fseek(stream, 5, SEEK_SET);
    fputs("X", stream);
    fseek(stream, 0, SEEK_SET);
    int first = getc(stream);
    ungetc('u', stream);
    int pushed = getc(stream), second = getc(stream);
    say("ungetc: %c %c %c", first, pushed, second);
    fclose(stream);
    say("start: %.12s", file_text("file"));
    stream = fopen("file", "a");
    fputs("appended\n", stream);
    fclose(stream);
    stream = fopen("file", "r");
    result("write to a reader", fputs("x", stream) == EOF ? -1 : 0);
    fclose(stream);
    check(fopen("missing", "r") == NULL && errno == ENOENT, "a missing file");
    check(fopen("file", "wx") == NULL && errno == EEXIST, "exclusively");
    stream = fopen("file", "r+");
    char *word = NULL;
    size_t room = 0;
    ssize_t got = getline(&word, &room, stream);
    say("getline: %zd %s", got, word);
    stream = freopen("other", "w", stream);
    fputs("other file", stream);
    fclose(stream);
    say("%s", file_text("other"));
    int fd = (int)must(open("by-descriptor", O_RDWR | O_CREAT, 0644));
    stream = fdopen(fd, "w");
    setvbuf(stream, NULL, _IOLBF, 100);
    fputs("first line\nsecond", stream);
    say("line buffered: %s", file_text("by-descriptor"));
    fclose(stream);
    say("closed: %s", file_text("by-descriptor"));
    result("remove", remove("other"));
    must(mkdir("d", 0755));
    result("remove a directory", remove("d"));
    return finish();
}
