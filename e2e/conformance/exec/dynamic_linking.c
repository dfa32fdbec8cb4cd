/* build: dynamic */
/* libraries: -lm -ldl */
/* A dynamic program: its interpreter, library calls, weak symbols, dlopen, thread-local storage of a library (errno). */
#include "conformance.h"
#include <dlfcn.h>
#include <link.h>
#include <math.h>

extern void not_there(void) __attribute__((weak));

struct count {
    int objects, executables, loaders;
};

static int count_object(struct dl_phdr_info *info, size_t size, void *data) {
    (void)size;
    struct count *count = data;
    count->objects++;
    for (int i = 0; i < info->dlpi_phnum; i++)
        if (info->dlpi_phdr[i].p_type == PT_INTERP) count->executables++;
    if (strstr(info->dlpi_name, "ld-linux") != NULL) count->loaders++;
    return 0;
}

int main(int argc, char **argv) {
    begin(argc, argv);
    volatile double two = 2;
    say("libm: %.12f %.12f", sqrt(two), pow(two, 0.25));
    check(not_there == NULL, "a weak symbol that nobody has");
    struct count count = {0};
    dl_iterate_phdr(count_object, &count);
    check(count.objects >= 3, "several objects are loaded");
    say("with an interpreter: %d, loaders: %d", count.executables, count.loaders);

    void *library = dlopen("libm.so.6", RTLD_NOW);
    check(library != NULL, "dlopen");
    double (*cosine)(double) = library == NULL ? NULL : (double (*)(double))dlsym(library, "cos");
    check(cosine != NULL, "dlsym");
    if (cosine != NULL) say("cos(2): %.12f", cosine(two));
    if (library != NULL) result("dlclose", dlclose(library));
    check(dlopen("./libnot-there.so", RTLD_NOW) == NULL, "a library that is not there");
    write_file("garbage.so", "this is no library");
    check(dlopen("./garbage.so", RTLD_NOW) == NULL, "a library that is none");
    errno = 0;
    close(-1);
    say("errno: %s", errno_name(errno));
    return finish();
}
