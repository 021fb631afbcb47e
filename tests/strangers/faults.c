/* The Nth call on a file below one folder fails, whoever makes it: Python, Arrow or another library. Preloaded (LD_PRELOAD).
 *
 * fault_arm(folder, at, error, kinds) counts calls of the kinds wanted (bits below) from one; call number `at` fails with `error`, or
 * moves half of its bytes where `error` is -1; 0 fails none and only counts. fault_count() gives the count.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

enum { OPEN = 1, READ = 2, WRITE = 4, FSYNC = 8, RENAME = 16, MKDIR = 32, UNLINK = 64 };
#define MOST_FILES 4096

static char root[4096];
static size_t root_length;
static long at, count;
static int with_error, wanted;
static unsigned char ours[MOST_FILES]; /* descriptors opened below the folder */

void fault_arm(const char *folder, long number, int error, int kinds)
{
    root_length = strlen(folder);
    memcpy(root, folder, root_length + 1);
    at = number, count = 0, with_error = error, wanted = kinds;
}

long fault_count(void) { return count; }

static int below(int dir, const char *path)
{
    if (!root_length || !path) return 0;
    if (path[0] != '/') return dir >= 0 && dir < MOST_FILES && ours[dir];
    return strncmp(path, root, root_length) == 0;
}

/* 1 where this call is the one that fails; errno is set then */
static int fails(int kind, int counted)
{
    if (!counted || !(wanted & kind)) return 0;
    if (__atomic_add_fetch(&count, 1, __ATOMIC_SEQ_CST) != at) return 0;
    if (with_error > 0) errno = with_error;
    return 1;
}

static void *real(const char *name) { return dlsym(RTLD_NEXT, name); }
static int is_ours(int file) { return file >= 0 && file < MOST_FILES && ours[file]; }

static int opened(const char *name, int dir, const char *path, int flags, mode_t mode)
{
    int mine = below(dir, path), file;
    if (fails(OPEN, mine) && with_error > 0) return -1;
    file = ((int (*)(int, const char *, int, ...))real(name))(dir, path, flags, mode);
    if (file >= 0 && file < MOST_FILES) ours[file] = (unsigned char)mine;
    return file;
}

#define MODE_OF(flags, mode)                              \
    mode_t mode = 0;                                      \
    if ((flags) & (O_CREAT | O_TMPFILE)) {                \
        va_list rest;                                     \
        va_start(rest, flags);                            \
        mode = (mode_t)va_arg(rest, int);                 \
        va_end(rest);                                     \
    }

int open(const char *path, int flags, ...) { MODE_OF(flags, mode) return opened("openat", AT_FDCWD, path, flags, mode); }
int open64(const char *path, int flags, ...) { MODE_OF(flags, mode) return opened("openat", AT_FDCWD, path, flags, mode); }
int openat(int dir, const char *path, int flags, ...) { MODE_OF(flags, mode) return opened("openat", dir, path, flags, mode); }
int openat64(int dir, const char *path, int flags, ...) { MODE_OF(flags, mode) return opened("openat", dir, path, flags, mode); }

int close(int file)
{
    if (file >= 0 && file < MOST_FILES) ours[file] = 0;
    return ((int (*)(int))real("close"))(file);
}

static size_t part(size_t size) { return size > 1 ? size / 2 : size; }

#define MOVES(name, kind, buffer, ...)                                                         \
    ssize_t name(int file, buffer data, size_t size __VA_ARGS__)

MOVES(read, READ, void *)
{
    if (fails(READ, is_ours(file))) {
        if (with_error > 0) return -1;
        size = part(size);
    }
    return ((ssize_t(*)(int, void *, size_t))real("read"))(file, data, size);
}

MOVES(write, WRITE, const void *)
{
    if (fails(WRITE, is_ours(file))) {
        if (with_error > 0) return -1;
        size = part(size);
    }
    return ((ssize_t(*)(int, const void *, size_t))real("write"))(file, data, size);
}

MOVES(pread, READ, void *, , off_t place)
{
    if (fails(READ, is_ours(file))) {
        if (with_error > 0) return -1;
        size = part(size);
    }
    return ((ssize_t(*)(int, void *, size_t, off_t))real("pread"))(file, data, size, place);
}

MOVES(pread64, READ, void *, , off_t place) { return pread(file, data, size, place); }

MOVES(pwrite, WRITE, const void *, , off_t place)
{
    if (fails(WRITE, is_ours(file))) {
        if (with_error > 0) return -1;
        size = part(size);
    }
    return ((ssize_t(*)(int, const void *, size_t, off_t))real("pwrite"))(file, data, size, place);
}

MOVES(pwrite64, WRITE, const void *, , off_t place) { return pwrite(file, data, size, place); }

int fsync(int file)
{
    if (fails(FSYNC, is_ours(file)) && with_error > 0) return -1;
    return ((int (*)(int))real("fsync"))(file);
}

int rename(const char *from, const char *to)
{
    if (fails(RENAME, below(AT_FDCWD, to)) && with_error > 0) return -1;
    return ((int (*)(const char *, const char *))real("rename"))(from, to);
}

int renameat(int a, const char *from, int b, const char *to)
{
    if (fails(RENAME, below(b, to)) && with_error > 0) return -1;
    return ((int (*)(int, const char *, int, const char *))real("renameat"))(a, from, b, to);
}

int mkdir(const char *path, mode_t mode)
{
    if (fails(MKDIR, below(AT_FDCWD, path)) && with_error > 0) return -1;
    return ((int (*)(const char *, mode_t))real("mkdir"))(path, mode);
}

int mkdirat(int dir, const char *path, mode_t mode)
{
    if (fails(MKDIR, below(dir, path)) && with_error > 0) return -1;
    return ((int (*)(int, const char *, mode_t))real("mkdirat"))(dir, path, mode);
}

int unlink(const char *path)
{
    if (fails(UNLINK, below(AT_FDCWD, path)) && with_error > 0) return -1;
    return ((int (*)(const char *))real("unlink"))(path);
}

int unlinkat(int dir, const char *path, int flags)
{
    if (fails(UNLINK, below(dir, path)) && with_error > 0) return -1;
    return ((int (*)(int, const char *, int))real("unlinkat"))(dir, path, flags);
}
