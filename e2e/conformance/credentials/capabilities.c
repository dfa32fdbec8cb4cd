/* needs: root */
/* capget(2), capset(2): root's are effective, setuid drops them, PR_SET_KEEPCAPS keeps the permitted ones, dropping is for good. */
#include "conformance.h"
#include <linux/capability.h>
#include <sys/prctl.h>

static struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};

static bool has(int capability, bool permitted) {
    struct __user_cap_data_struct data[2];
    must(syscall(SYS_capget, &header, data));
    unsigned word = permitted ? data[capability / 32].permitted : data[capability / 32].effective;
    return (word >> (capability % 32)) & 1;
}

static void tell(const char *what) {
    say("%s: chown %d%d, kill %d%d, setuid %d%d", what, has(CAP_CHOWN, true), has(CAP_CHOWN, false), has(CAP_KILL, true),
        has(CAP_KILL, false), has(CAP_SETUID, true), has(CAP_SETUID, false));
}

int main(int argc, char **argv) {
    begin(argc, argv);
    write_file("file", "");
    tell("root");
    pid_t child = fork_child();
    if (child == 0) {
        must(setuid(1000));
        tell("setuid 1000");
        _exit(0);
    }
    wait_for(child);
    child = fork_child();
    if (child == 0) {
        must(seteuid(1000));
        tell("seteuid 1000");
        result("chown", chown("file", 5, 5));
        must(seteuid(0));
        tell("seteuid 0");
        result("chown", chown("file", 5, 5));
        _exit(0);
    }
    wait_for(child);
    child = fork_child();
    if (child == 0) {
        must(prctl(PR_SET_KEEPCAPS, 1));
        must(setuid(1000));
        tell("kept");
        struct __user_cap_data_struct data[2] = {{0}};
        data[0].permitted = data[0].effective = 1 << CAP_CHOWN;
        result("raise one, drop the others", syscall(SYS_capset, &header, data));
        tell("then");
        result("chown as user 1000", chown("file", 6, 6));
        result("setuid 0", setuid(0));
        data[0].permitted |= 1 << CAP_KILL;
        result("take one back", syscall(SYS_capset, &header, data));
        _exit(0);
    }
    wait_for(child);
    child = fork_child();
    if (child == 0) {
        result("bounding set", prctl(PR_CAPBSET_READ, CAP_CHOWN));
        result("drop from it", prctl(PR_CAPBSET_DROP, CAP_CHOWN));
        result("bounding set", prctl(PR_CAPBSET_READ, CAP_CHOWN));
        result("no such capability", prctl(PR_CAPBSET_READ, 99));
        _exit(0);
    }
    wait_for(child);
    struct __user_cap_header_struct odd = {0x12345678, 0};
    result("odd version", syscall(SYS_capget, &odd, (struct __user_cap_data_struct[2]){{0}}));
    check(odd.version == _LINUX_CAPABILITY_VERSION_3, "it tells the version that it knows");
    odd = (struct __user_cap_header_struct){_LINUX_CAPABILITY_VERSION_3, 0x3ffffffe};
    result("no such process", syscall(SYS_capget, &odd, (struct __user_cap_data_struct[2]){{0}}));
    result("bad address", syscall(SYS_capget, 8, NULL));
    return finish();
}
