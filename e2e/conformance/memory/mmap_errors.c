/* mmap(2), munmap(2), mprotect(2), msync(2), madvise(2): what is refused, and why. */
#include "conformance.h"

int main(int argc, char **argv) {
    begin(argc, argv);
    write_file("file", "some text");
    int reader = (int)must(open("file", O_RDONLY)), writer = (int)must(open("file", O_WRONLY));
    int both = (int)must(open("file", O_RDWR)), directory = (int)must(open(".", O_RDONLY));
    int path = (int)must(open("file", O_PATH)), ends[2];
    must(pipe(ends));
    result("no length", mmap(NULL, 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    result("neither private nor shared", mmap(NULL, PAGE, PROT_READ, MAP_ANONYMOUS, -1, 0));
    result("odd offset", mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, reader, 100));
    result("odd fixed address", mmap((void *)0x10001, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0));
    result("beyond the address space",
           mmap((void *)0x7ffffffff000, 2 * PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0));
    result("kernel addresses",
           mmap((void *)0xffff800000000000, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0));
    result("more than there is room", mmap(NULL, 1L << 47, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    result("length that wraps", mmap(NULL, (size_t)-1, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    result("no descriptor", mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, 999, 0));
    result("descriptor -1", mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, -1, 0));
    result("a directory", mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, directory, 0));
    result("a pipe", mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, ends[0], 0));
    result("an O_PATH descriptor", mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, path, 0));
    outcome("read-only file, private and writable", mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, reader, 0));
    result("read-only file, shared and writable", mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, reader, 0));
    result("write-only file, readable", mmap(NULL, PAGE, PROT_READ, MAP_SHARED, writer, 0));
    result("write-only file, writable", mmap(NULL, PAGE, PROT_WRITE, MAP_SHARED, writer, 0));

    char *shared = must_map(NULL, PAGE, PROT_READ, MAP_SHARED, reader, 0);
    result("a shared view of a read-only file cannot become writable", mprotect(shared, PAGE, PROT_READ | PROT_WRITE));
    char *area = must_map(NULL, 3 * PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    must(munmap(area + PAGE, PAGE));
    result("mprotect over a hole", mprotect(area, 3 * PAGE, PROT_READ | PROT_WRITE));
    result("mprotect at an odd address", mprotect(area + 1, PAGE, PROT_READ));
    result("mprotect with odd bits", mprotect(area, PAGE, 0x10000));
    result("mprotect of nothing", mprotect(area, 0, PROT_READ));
    result("munmap at an odd address", munmap(area + 1, PAGE));
    result("munmap of nothing", munmap(area, 0));
    result("munmap in kernel addresses", munmap((void *)0xffff800000000000, PAGE));
    result("msync over a hole", msync(area, 3 * PAGE, MS_SYNC));
    result("msync both ways", msync(area, PAGE, MS_SYNC | MS_ASYNC));
    result("msync at an odd address", msync(area + 1, PAGE, MS_SYNC));
    result("msync", msync(area, PAGE, MS_SYNC));
    result("madvise over a hole", madvise(area, 3 * PAGE, MADV_DONTNEED));
    result("madvise, odd advice", madvise(area, PAGE, 9999));
    result("madvise at an odd address", madvise(area + 1, PAGE, MADV_NORMAL));
    result("madvise of nothing", madvise(area, 0, MADV_NORMAL));
    unsigned char resident[4];
    result("mincore at an odd address", mincore(area + 1, PAGE, resident));
    result("mincore over a hole", mincore(area, 3 * PAGE, resident));
    result("mincore to a bad address", mincore(area, PAGE, (unsigned char *)8));
    result("mlock over a hole", mlock(area, 3 * PAGE));
    result("mlock", mlock(area, PAGE));
    result("munlock", munlock(area, PAGE));
    close(both);
    return finish();
}
