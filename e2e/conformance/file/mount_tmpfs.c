/* needs: root */
/* mount(2), umount2(2) of tmpfs in a mount namespace of its own where the system has them: hiding, limits, busy, read-only, bind. */
#include "conformance.h"
#include <sched.h>
#include <sys/mount.h>
#include <sys/statfs.h>

int main(int argc, char **argv) {
    begin(argc, argv);
    if (unshare(CLONE_NEWNS) == -1 && errno != ENOSYS && errno != EINVAL) skip("no mount namespace");
    if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == -1 && errno != EINVAL) skip("mounts cannot be private");
    must(mkdir("point", 0755));
    write_file("point/below", "hidden by the mount");
    result("mount", mount("some-name", "point", "tmpfs", 0, "size=1m,mode=0750"));
    struct stat point, parent;
    must(stat("point", &point));
    must(stat(".", &parent));
    check(point.st_dev != parent.st_dev, "another device");
    say("mode: %o", point.st_mode & 07777);
    say("what was below: %s", file_text("point/below"));
    write_file("point/new", "on the mount");
    struct statfs status;
    must(statfs("point", &status));
    say("type %lx, size %ld KiB, name length %ld", (long)status.f_type, (long)(status.f_blocks * status.f_bsize / 1024),
        (long)status.f_namelen);
    int fd = (int)must(open("point/full", O_WRONLY | O_CREAT, 0644));
    static char block[4096];
    long written = 0;
    while (write(fd, block, sizeof block) == sizeof block) written += sizeof block;
    say("full: %s, between half and all %d", errno_name(errno), written >= 512 * 1024 && written <= 1024 * 1024);
    result("busy", umount2("point", 0));
    result("rename across", rename("point/new", "elsewhere"));
    result("link across", link("point/new", "elsewhere"));
    result("remove the mount point", rmdir("point"));
    must(close(fd));
    must(unlink("point/full"));
    result("read-only", mount(NULL, "point", NULL, MS_REMOUNT | MS_RDONLY, NULL));
    result("write there", open("point/x", O_WRONLY | O_CREAT, 0644));
    result("mkdir there", mkdir("point/y", 0755));
    result("unlink there", unlink("point/new"));
    say("read there: %s", file_text("point/new"));
    result("writable again", mount(NULL, "point", NULL, MS_REMOUNT, NULL));
    outcome("write there", open("point/x", O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
    for (int other = 3; other < 20; other++) close(other);

    must(mkdir("second", 0755));
    result("bind", mount("point", "second", NULL, MS_BIND, NULL));
    say("through the bind: %s", file_text("second/new"));
    write_file("second/both", "seen on both");
    say("and back: %s", file_text("point/both"));
    result("over a mount", mount("none", "second", "tmpfs", 0, NULL));
    result("the upper one is empty", access("second/new", F_OK));
    result("unmount the upper", umount2("second", 0));
    say("the lower one again: %s", file_text("second/new"));
    result("unmount the bind", umount2("second", 0));
    must(chdir("point"));
    result("busy by a working directory", umount2(".", 0));
    result("dot dot leads out", chdir(".."));
    result("lazily", umount2("point", MNT_DETACH));
    say("below again: %s", file_text("point/below"));
    result("not mounted", umount2("point", 0));
    result("no such file system", mount("none", "point", "no-such-fs", 0, NULL));
    result("missing mount point", mount("none", "missing", "tmpfs", 0, NULL));
    result("a file as mount point", mount("none", "point/below", "tmpfs", 0, NULL));
    result("odd option", mount("none", "point", "tmpfs", 0, "nonsense=5"));
    return finish();
}
