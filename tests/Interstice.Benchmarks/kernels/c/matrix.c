/* Product of two n by n matrices of doubles. */
#include "kernel.h"

#define SIDE_MAX 256

static double a[SIDE_MAX][SIDE_MAX], b[SIDE_MAX][SIDE_MAX], c[SIDE_MAX][SIDE_MAX];

static void multiply(u32 n) {
    for (u32 i = 0; i < n; i++) {
        for (u32 j = 0; j < n; j++) c[i][j] = 0;
        for (u32 k = 0; k < n; k++) {
            double factor = a[i][k];
            for (u32 j = 0; j < n; j++) c[i][j] += factor * b[k][j];
        }
    }
}

EXPORT u64 run(u32 n) {
    if (n > SIDE_MAX) __builtin_trap();
    u64 random = 3, sum = 0;
    for (u32 i = 0; i < n; i++) {
        for (u32 j = 0; j < n; j++) {
            a[i][j] = (double)(i32)(next_random(&random) >> 32) / 65536.0;
            b[i][j] = (double)(i32)(next_random(&random) >> 32) / 65536.0;
        }
    }

    multiply(n);
    for (u32 i = 0; i < n; i++) {
        for (u32 j = 0; j < n; j++) {
            union {
                double value;
                u64 bits;
            } cell = {c[i][j]};
            sum = mix(sum, cell.bits);
        }
    }

    return sum;
}
