/* The border between host and guest: one call in, many calls out, and stores that touch a given number of pages. */
#include "kernel.h"

#define PAGE_BYTES 4096
#define PAGES_MAX 512

__attribute__((import_module("bench"), import_name("host"))) extern u32 host(u32 a, u32 b);

/* Volatile: nothing reads it, and the writes must stay. */
static volatile u8 pages[PAGES_MAX * PAGE_BYTES];

__attribute__((export_name("call"))) u32 call(u32 a, u32 b) {
    return a + b;
}

/* n calls of the host, each with the result of the one before. */
__attribute__((export_name("callHost"))) u32 call_host(u32 n) {
    u32 sum = 0;
    for (u32 i = 0; i < n; i++) sum = host(sum, i);
    return sum;
}

/* The same loop without the host: what is to be taken off. */
__attribute__((export_name("callNobody"))) u32 call_nobody(u32 n) {
    u32 sum = 0;
    for (u32 i = 0; i < n; i++) {
        sum += i;
        __asm__ volatile("" : "+r"(sum));
    }

    return sum;
}

/* Writes a byte in each of n pages. */
__attribute__((export_name("touch"))) void touch(u32 n, u32 value) {
    if (n > PAGES_MAX) __builtin_trap();
    for (u32 i = 0; i < n; i++) pages[i * PAGE_BYTES + (i & 63)] = (u8)value;
}
