/* Makes every fsync and fdatasync of a process take 10 ms longer (LD_PRELOAD). */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <time.h>

static int then_wait(int result)
{
    struct timespec delay = {0, 10 * 1000 * 1000};
    nanosleep(&delay, 0);
    return result;
}

int fsync(int descriptor)
{
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    return then_wait(real(descriptor));
}

int fdatasync(int descriptor)
{
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
    return then_wait(real(descriptor));
}
