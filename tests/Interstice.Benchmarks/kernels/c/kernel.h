/* What every kernel shares. A kernel exports `run`: it does its work `n` times or up to size `n`, from scratch, and
   returns a checksum, so that two engines can be held against each other. Nothing comes from a C library. */
#pragma once

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef int i32;
typedef long long i64;

#define EXPORT __attribute__((export_name("run")))

/* xorshift64*: the same numbers everywhere. */
static inline u64 next_random(u64 *state) {
    u64 x = *state;
    x ^= x >> 12;
    x ^= x << 25;
    x ^= x >> 27;
    *state = x;
    return x * 0x2545F4914F6CDD1DULL;
}

static inline u64 mix(u64 sum, u64 value) {
    return (sum ^ value) * 0x100000001B3ULL;
}
