/* A hash table with open addressing over 64-bit keys: n operations, a mix of insert, look-up and removal. */
#include "kernel.h"

#define SLOTS (1u << 16)
#define KEYS (SLOTS / 2)

/* Key 0 is an empty slot; removal shifts later entries back, so there are no tombstones. */
static u64 keys[SLOTS];
static u64 values[SLOTS];
static u32 count;

static u32 home_of(u64 key) {
    return (u32)((key * 0x9E3779B97F4A7C15ULL) >> 48);
}

static u32 find(u64 key) {
    u32 slot = home_of(key);
    while (keys[slot] != 0 && keys[slot] != key) slot = (slot + 1) & (SLOTS - 1);
    return slot;
}

static void put(u64 key, u64 value) {
    u32 slot = find(key);
    if (keys[slot] == 0) {
        keys[slot] = key;
        count++;
    }

    values[slot] = value;
}

static void erase(u64 key) {
    u32 hole = find(key);
    if (keys[hole] == 0) return;
    count--;
    for (u32 slot = (hole + 1) & (SLOTS - 1); keys[slot] != 0; slot = (slot + 1) & (SLOTS - 1)) {
        u32 distance = (slot - home_of(keys[slot])) & (SLOTS - 1);
        if (distance < ((slot - hole) & (SLOTS - 1))) continue;
        keys[hole] = keys[slot];
        values[hole] = values[slot];
        hole = slot;
    }

    keys[hole] = 0;
}

EXPORT u64 run(u32 n) {
    for (u32 i = 0; i < SLOTS; i++) keys[i] = 0;
    count = 0;
    u64 random = 42, sum = 0;
    for (u32 i = 0; i < n; i++) {
        u64 draw = next_random(&random);
        u64 key = (draw >> 32) % KEYS + 1;
        switch (draw & 7) {
        case 0:
            erase(key);
            break;
        case 1:
        case 2:
            put(key, draw);
            break;
        default: {
            u32 slot = find(key);
            if (keys[slot] != 0) sum = mix(sum, values[slot]);
        }
        }
    }

    return mix(sum, count);
}
