/* A disk that is full while the file FULL_DISK is there: writes to regular files fail with ENOSPC (LD_PRELOAD). */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

/* What a process says of itself (0 to 2) lies on another disk. */
static int is_full(int descriptor)
{
    struct stat status;
    const char *flag = getenv("FULL_DISK");
    return descriptor > 2 && flag && access(flag, F_OK) == 0 && fstat(descriptor, &status) == 0
        && S_ISREG(status.st_mode);
}

static ssize_t no_space(void)
{
    errno = ENOSPC;
    return -1;
}

ssize_t write(int descriptor, const void *data, size_t size)
{
    ssize_t (*real)(int, const void *, size_t) = (ssize_t (*)(int, const void *, size_t))dlsym(RTLD_NEXT, "write");
    return is_full(descriptor) ? no_space() : real(descriptor, data, size);
}

ssize_t pwrite(int descriptor, const void *data, size_t size, off_t at)
{
    ssize_t (*real)(int, const void *, size_t, off_t) =
        (ssize_t (*)(int, const void *, size_t, off_t))dlsym(RTLD_NEXT, "pwrite");
    return is_full(descriptor) ? no_space() : real(descriptor, data, size, at);
}

ssize_t pwrite64(int descriptor, const void *data, size_t size, off64_t at)
{
    ssize_t (*real)(int, const void *, size_t, off64_t) =
        (ssize_t (*)(int, const void *, size_t, off64_t))dlsym(RTLD_NEXT, "pwrite64");
    return is_full(descriptor) ? no_space() : real(descriptor, data, size, at);
}
