/* build: static dynamic */
/* uname(2), gethostname(2): shape of the fields. */
#include "conformance.h"
#include <sys/utsname.h>

int main(int argc, char **argv) {
    begin(argc, argv);
    struct utsname name;
    memset(&name, 0xff, sizeof name);
    result("uname", uname(&name));
    say("system %s, machine %s", name.sysname, name.machine);
    int major = 0, minor = 0;
    check(sscanf(name.release, "%d.%d", &major, &minor) == 2 && major >= 5, "the release is a version of Linux 5 or newer");
    check(name.version[0] == '#', "the version begins with a number sign");
    check(strlen(name.nodename) > 0 && strlen(name.nodename) < 65, "the node has a name");
    check(memchr(name.domainname, 0, sizeof name.domainname) != NULL, "the domain name ends");
    char host[65];
    must(gethostname(host, sizeof host));
    check(strcmp(host, name.nodename) == 0, "gethostname is the node's name");
    char one[1];
    result("a buffer that is too small", gethostname(one, sizeof one));
    result("bad address", syscall(SYS_uname, 8));
    return finish();
}
