/* Recursive Fibonacci: calls and little else. */
#include "kernel.h"

static u32 fib(u32 n) {
    return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

EXPORT u64 run(u32 n) {
    return fib(n);
}
