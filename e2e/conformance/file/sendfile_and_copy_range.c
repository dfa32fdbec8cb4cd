/* sendfile(2), copy_file_range(2), splice(2): bytes and offsets between files, pipes and sockets. */
#include "conformance.h"
#include <sys/sendfile.h>
#include <sys/socket.h>

static char content[100000], back[100000];

int main(int argc, char **argv) {
    begin(argc, argv);
    fill_pattern(content, sizeof content, 6);
    int from = (int)must(open("from", O_RDWR | O_CREAT, 0644)), to = (int)must(open("to", O_RDWR | O_CREAT, 0644));
    write_all(from, content, sizeof content);
    off_t offset = 10;
    result("sendfile from an offset", sendfile(to, from, &offset, 1000));
    say("offset now %ld, of the file %ld, of the target %ld", (long)offset, (long)lseek(from, 0, SEEK_CUR),
        (long)lseek(to, 0, SEEK_CUR));
    must(lseek(from, 500, SEEK_SET));
    result("sendfile from the file's own offset", sendfile(to, from, NULL, 200));
    result("its offset", lseek(from, 0, SEEK_CUR));
    must(pread(to, back, 1200, 0));
    check(memcmp(back, content + 10, 1000) == 0 && memcmp(back + 1000, content + 500, 200) == 0, "the right bytes");
    offset = sizeof content - 5;
    result("only what is there", sendfile(to, from, &offset, 1000));
    result("at the end", sendfile(to, from, &offset, 1000));
    result("nothing", sendfile(to, from, NULL, 0));

    int sockets[2];
    must(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets));
    pid_t child = fork_child();
    if (child == 0) {
        close(sockets[0]);
        size_t length = read_all(sockets[1], back, sizeof back);
        _exit(length == sizeof content && memcmp(back, content, length) == 0 ? 0 : 1);
    }
    close(sockets[1]);
    offset = 0;
    size_t sent = 0;
    while (sent < sizeof content) sent += must(sendfile(sockets[0], from, &offset, sizeof content - sent));
    close(sockets[0]);
    say_status("through a socket", wait_for(child));
    int ends[2];
    must(pipe(ends));
    offset = 0;
    result("into a pipe", sendfile(ends[1], from, &offset, 5000));
    must(read_all(ends[0], back, 5000));
    check(memcmp(back, content, 5000) == 0, "the right bytes");
    must(write(ends[1], "x", 1));
    result("from a pipe", sendfile(to, ends[0], NULL, 1));
    result("target not writable", sendfile((int)must(open("to", O_RDONLY)), from, NULL, 1));
    result("source not readable", sendfile(to, (int)must(open("from", O_WRONLY)), NULL, 1));
    offset = -1;
    result("negative offset", sendfile(to, from, &offset, 1));

    off_t in = 100, out = 50000;
    result("copy_file_range", copy_file_range(from, &in, to, &out, 3000, 0));
    say("offsets: %ld %ld", (long)in, (long)out);
    must(pread(to, back, 3000, 50000));
    check(memcmp(back, content + 100, 3000) == 0, "the right bytes");
    in = sizeof content;
    result("from the end", copy_file_range(from, &in, to, &out, 100, 0));
    in = 0, out = 70000;
    result("within a file", copy_file_range(from, &in, from, &out, 1000, 0));
    must(pread(from, back, 1000, 70000));
    check(memcmp(back, content, 1000) == 0, "the right bytes");
    in = 0, out = 50;
    result("overlapping", copy_file_range(from, &in, from, &out, 1000, 0));
    result("odd flags", copy_file_range(from, NULL, to, NULL, 10, 99));
    result("a directory", copy_file_range((int)must(open(".", O_RDONLY)), NULL, to, NULL, 10, 0));
    result("a pipe", copy_file_range(from, NULL, ends[1], NULL, 10, 0));
    int append = (int)must(open("to", O_WRONLY | O_APPEND));
    result("target in append mode", copy_file_range(from, NULL, append, NULL, 10, 0));
    return finish();
}
