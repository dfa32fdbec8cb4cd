/*
 * Tries: to leave hostfs and the root by "..", symbolic links, hard links, /proc/self/root, /proc/self/fd, renames during
 * a walk and bind mounts. Run it in a hostfs directory of the machine (argv[1]) that holds a link named "outside" made
 * by the test on the host, to a file that the machine must not see and that contains "HOST SECRET".
 * Must: "HOST SECRET" is never printed.
 */
#include "hostile.h"
#include <dirent.h>
#include <pthread.h>

static volatile bool stop;

static void *swap(void *argument) {
    while (!stop) {
        rename("inner", "inner-away");
        symlink("/", "inner");
        unlink("inner");
        rename("inner-away", "inner");
    }
    return argument;
}

static void show(const char *what, const char *path) {
    const char *text = file_text(path);
    say("%s: %.20s", what, strstr(text, "HOST SECRET") != NULL ? "HOST SECRET" : "nothing of the host");
}

int main(int argc, char **argv) {
    begin(argc, argv);
    show("the link", "outside");
    show("dot dot", "../../../../../../../../../../etc/umlaut-host-secret");
    symlink("../../../../../../../../../../etc/umlaut-host-secret", "made-link");
    show("a link of one's own", "made-link");
    result("a hard link to it", link("outside", "hard"));
    show("the hard link", "hard");
    show("proc root", "/proc/self/root/etc/umlaut-host-secret");
    show("proc of init", "/proc/1/root/etc/umlaut-host-secret");
    int fd = open("outside", O_PATH | O_NOFOLLOW);
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    show("by its descriptor", path);
    mkdir("inner", 0755);
    mkdir("inner/x", 0755);
    pthread_t thread;
    must_be_zero(pthread_create(&thread, NULL, swap, NULL));
    int escaped = 0;
    for (int i = 0; i < 5000; i++) {
        fd = open("inner/x/../../../etc/umlaut-host-secret", O_RDONLY);
        if (fd != -1) {
            char text[32] = "";
            read(fd, text, 31);
            if (strstr(text, "HOST SECRET") != NULL) escaped++;
            close(fd);
        }
    }
    stop = true;
    must_be_zero(pthread_join(thread, NULL));
    say("escapes during renames: %d", escaped);
    return survived();
}
