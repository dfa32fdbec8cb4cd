/* rename(2): what replaces what, links to the same file, directories into themselves, errors. */
#include "conformance.h"
#include <ftw.h>

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *place) {
    (void)status, (void)type;
    if (place->level > 0) must(remove(path));
    return 0;
}

static void lay_out(void) {
    nftw(".", remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    write_file("file", "file");
    write_file("other", "other");
    must(mkdir("empty", 0755));
    must(mkdir("full", 0755));
    write_file("full/inside", "inside");
    must(symlink("file", "link"));
    must(link("file", "hard"));
}

static void try(const char *from, const char *to) {
    lay_out();
    int value = rename(from, to), error = errno;
    say("%s -> %s: %s; old is %s", from, to, value == 0 ? "ok" : errno_name(error),
        faccessat(AT_FDCWD, from, F_OK, AT_SYMLINK_NOFOLLOW) == 0 ? "there" : "gone");
}

int main(int argc, char **argv) {
    begin(argc, argv);
    try("file", "new");
    say("content: %s", file_text("new"));
    try("file", "other");
    say("content: %s", file_text("other"));
    try("file", "file");
    try("file", "hard");
    say("two links to one file stay both: %s", file_text("hard"));
    try("file", "link");
    try("link", "new");
    char target[16] = "";
    must(readlink("new", target, 15));
    say("the link itself moves: %s", target);
    try("file", "empty");
    try("empty", "file");
    try("empty", "full");
    try("full", "empty");
    say("content: %s", file_text("empty/inside"));
    try("full", "new");
    say("content: %s", file_text("new/inside"));
    try("full", "full/below");
    try("full", "full");
    try("full/inside", "full");
    try("missing", "new");
    try("file", "missing/new");
    try("file/below", "new");
    try("file", "other/below");
    try("empty", "new/");
    try("file", "new/");
    try("file/", "new");
    try("empty/.", "new");
    try("empty", "full/..");
    try(".", "new");
    try("", "new");
    try("file", "");
    try("full/inside", "inside");
    lay_out();
    struct stat before, after;
    must(stat("full/inside", &before));
    must(rename("full/inside", "empty/moved"));
    must(stat("empty/moved", &after));
    check(before.st_ino == after.st_ino, "the inode stays the same");
    must(rename("empty", "full/child"));
    must(stat("full", &after));
    say("links of the new parent: %d", (int)after.st_nlink);
    must(chdir("full/child"));
    must(rename("../../full", "../../elsewhere"));
    say("a working directory below moves along: %s", file_text("moved"));
    return finish();
}
