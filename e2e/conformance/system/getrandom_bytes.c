/* getrandom(2), /dev/urandom: lengths, difference, flags, errors. */
#include "conformance.h"
#include <sys/random.h>

int main(int argc, char **argv) {
    begin(argc, argv);
    static unsigned char first[1 << 16], second[1 << 16];
    result("16 bytes", getrandom(first, 16, 0));
    result("256 bytes", getrandom(first, 256, 0));
    result("none", getrandom(first, 0, 0));
    size_t done = 0;
    while (done < sizeof first) done += must(getrandom(first + done, sizeof first - done, 0));
    done = 0;
    while (done < sizeof second) done += must(getrandom(second + done, sizeof second - done, GRND_NONBLOCK));
    int counts[256] = {0};
    long same = 0;
    for (size_t i = 0; i < sizeof first; i++) {
        counts[first[i]]++;
        if (first[i] == second[i]) same++;
    }
    /* 256 of each value expected, deviation 16; 8 deviations are never met by chance. */
    bool even = true;
    for (int i = 0; i < 256; i++)
        if (counts[i] < 128 || counts[i] > 384) even = false;
    check(even, "all byte values come about as often");
    check(same < 400, "two calls differ");
    pid_t child = fork_child();
    if (child == 0) {
        must(getrandom(first, 16, 0));
        _exit(memcmp(first, second, 16) == 0);
    }
    say_status("a child gets others", wait_for(child));
    result("insecure", getrandom(first, 16, GRND_INSECURE));
    result("both kinds at once", getrandom(first, 16, GRND_INSECURE | GRND_RANDOM));
    result("odd flags", getrandom(first, 16, 0x100));
    result("bad address", syscall(SYS_getrandom, 8, 16, 0));
    const char *const devices[] = {"/dev/urandom", "/dev/random"};
    for (int i = 0; i < 2; i++) {
        int fd = (int)must(open(devices[i], O_RDONLY));
        memset(first, 0, 32);
        result(devices[i], read(fd, first, 32));
        bool zero = true;
        for (int b = 0; b < 32; b++)
            if (first[b] != 0) zero = false;
        check(!zero, "they are not zero");
        close(fd);
    }
    return finish();
}
