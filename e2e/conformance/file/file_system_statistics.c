/* statfs(2), statvfs(3), pathconf(3): sane numbers; descriptors and paths agree. */
#include "conformance.h"
#include <sys/statfs.h>
#include <sys/statvfs.h>

int main(int argc, char **argv) {
    begin(argc, argv);
    struct statfs status, of_descriptor;
    int fd = (int)must(open(".", O_RDONLY));
    must(statfs(".", &status));
    must(fstatfs(fd, &of_descriptor));
    check(status.f_type == of_descriptor.f_type && status.f_bsize == of_descriptor.f_bsize, "statfs and fstatfs agree");
    check(status.f_bsize >= 512 && status.f_bfree <= status.f_blocks && status.f_bavail <= status.f_bfree, "sane numbers");
    say("longest name: %ld", (long)status.f_namelen);
    must(statfs("/proc", &status));
    say("proc: type %lx", (long)status.f_type);
    struct statvfs portable;
    must(statvfs(".", &portable));
    say("statvfs: longest name %ld, read-only %d", (long)portable.f_namemax, (portable.f_flag & ST_RDONLY) != 0);
    result("name", pathconf(".", _PC_NAME_MAX));
    result("path", pathconf(".", _PC_PATH_MAX));
    result("pipe buffer", pathconf(".", _PC_PIPE_BUF));
    result("missing", statfs("missing", &status));
    result("not open", fstatfs(900, &status));
    result("bad address", syscall(SYS_statfs, ".", 8));
    return finish();
}
