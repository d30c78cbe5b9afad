// The wire between two network namespaces: each packet comes out at the other end after a delay, and so many bits a second at most.
//   latency NAMESPACE_A NAMESPACE_B DELAY_MS RATE_MBIT
// It makes a TUN device "wire" in each, prints "ready", and runs until it is killed. tests/wire/latency starts it.
// Why a program: not every kernel has netem. Linux only, needs root.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

enum { PACKET_MAX = 2048, PACKETS_MAX = 16384 }; // of the MTU of 1500; 16384 packets: 24 MB, more than 50 ms of 1 Gbit/s

typedef struct { int64_t due; int size; char bytes[PACKET_MAX]; } packet;
typedef struct { packet *ring; unsigned first, count; int64_t free_at; } queue; // packets keep their order: the first is the next due

static void die(const char *what) { perror(what); exit(1); }

static int64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static int open_device(const char *namespace) {
    char path[256];
    snprintf(path, sizeof path, "/var/run/netns/%s", namespace);
    int handle = open(path, O_RDONLY | O_CLOEXEC);
    if (handle < 0 || setns(handle, CLONE_NEWNET) != 0) die(path);
    close(handle);
    int device = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (device < 0) die("/dev/net/tun");
    struct ifreq request = { .ifr_flags = IFF_TUN | IFF_NO_PI };
    strcpy(request.ifr_name, "wire");
    if (ioctl(device, TUNSETIFF, &request) != 0) die("TUNSETIFF");
    return device;
}

// Takes what the device sent. A full queue loses packets, as a router does.
static void take(int device, queue *q, int64_t delay, double nanoseconds_per_byte) {
    for (;;) {
        char lost[PACKET_MAX];
        packet *p = q->count < PACKETS_MAX ? &q->ring[(q->first + q->count) % PACKETS_MAX] : NULL;
        ssize_t size = read(device, p ? p->bytes : lost, PACKET_MAX);
        if (size < 0) {
            if (errno == EAGAIN) return;
            if (errno == EINTR) continue;
            die("read");
        }
        if (!p) continue;
        int64_t t = now();
        q->free_at = (q->free_at > t ? q->free_at : t) + (int64_t)((double)size * nanoseconds_per_byte);
        p->size = (int)size;
        p->due = q->free_at + delay;
        q->count++;
    }
}

// Hands over what is due.
static void give(int device, queue *q) {
    while (q->count && q->ring[q->first].due <= now()) {
        packet *p = &q->ring[q->first];
        ssize_t size = write(device, p->bytes, (size_t)p->size);
        if (size < 0 && errno == EINTR) continue;
        q->first = (q->first + 1) % PACKETS_MAX; // what the other side does not take is lost
        q->count--;
    }
}

int main(int count, char **arguments) {
    if (count != 5) { fprintf(stderr, "latency NAMESPACE_A NAMESPACE_B DELAY_MS RATE_MBIT\n"); return 2; }
    int64_t delay = (int64_t)(atof(arguments[3]) * 1e6);
    double rate = atof(arguments[4]), nanoseconds_per_byte = rate > 0 ? 8000.0 / rate : 0;
    struct pollfd ends[2] = { { .fd = open_device(arguments[1]), .events = POLLIN }, { .fd = open_device(arguments[2]), .events = POLLIN } };
    queue ways[2] = { 0 }; // ways[i]: what end i sent
    for (int i = 0; i < 2; i++) if (!(ways[i].ring = malloc(sizeof(packet) * PACKETS_MAX))) die("malloc");
    puts("ready");
    fflush(stdout);
    for (;;) {
        int64_t next = INT64_MAX;
        for (int i = 0; i < 2; i++) {
            give(ends[1 - i].fd, &ways[i]);
            if (ways[i].count && ways[i].ring[ways[i].first].due < next) next = ways[i].ring[ways[i].first].due;
        }
        int64_t wait = next == INT64_MAX ? 0 : next - now();
        if (wait < 0) wait = 0;
        struct timespec timeout = { .tv_sec = wait / 1000000000, .tv_nsec = wait % 1000000000 };
        if (ppoll(ends, 2, next == INT64_MAX ? NULL : &timeout, NULL) < 0 && errno != EINTR) die("ppoll");
        for (int i = 0; i < 2; i++) if (ends[i].revents) take(ends[i].fd, &ways[i], delay, nanoseconds_per_byte);
    }
}
