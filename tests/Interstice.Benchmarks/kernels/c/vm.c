/* An interpreter for a small register machine: a switch over opcodes in a loop (br_table), the shape of every scripting
   engine. The program it interprets is a sieve of Eratosthenes over n numbers, followed by Collatz lengths. */
#include "kernel.h"

#define MEMORY_WORDS 65536

enum Op {
    SET,      /* r[a] = constant */
    MOVE,     /* r[a] = r[b] */
    ADD,      /* r[a] = r[b] + r[c] */
    SUB,
    MUL,
    AND,
    SHR,      /* r[a] = r[b] >> c */
    ADDI,     /* r[a] = r[b] + c */
    LOAD,     /* r[a] = memory[r[b]] */
    STORE,    /* memory[r[b]] = r[a] */
    JUMP,     /* to constant */
    JLT,      /* if r[a] < r[b] to c */
    JNE,
    JZ,       /* if r[a] == 0 to c */
    JNZ,
    MIX,      /* checksum of r[a] */
    HALT,
};

typedef struct {
    u8 op, a, b;
    i32 c;
} Code;

static u32 memory[MEMORY_WORDS];
static u32 registers[16];

/* Volatile, so that the interpreter cannot be specialised for this program. */
static const volatile Code program[] = {
    /*  0 */ {SET, 1, 0, 0},        /* i = 0 */
    /*  1 */ {SET, 2, 0, 1},        /* one */
    /*  2 */ {STORE, 2, 1, 0},      /* memory[i] = 1 */
    /*  3 */ {ADDI, 1, 1, 1},
    /*  4 */ {JLT, 1, 0, 2},        /* r0 holds n */
    /*  5 */ {SET, 1, 0, 2},        /* i = 2 */
    /*  6 */ {MUL, 3, 1, 1},        /* j = i * i */
    /*  7 */ {JLT, 3, 0, 9},
    /*  8 */ {JUMP, 0, 0, 17},
    /*  9 */ {LOAD, 4, 1, 0},
    /* 10 */ {JZ, 4, 0, 15},
    /* 11 */ {SET, 5, 0, 0},
    /* 12 */ {STORE, 5, 3, 0},      /* memory[j] = 0 */
    /* 13 */ {ADD, 3, 3, 1},
    /* 14 */ {JLT, 3, 0, 12},
    /* 15 */ {ADDI, 1, 1, 1},
    /* 16 */ {JUMP, 0, 0, 6},
    /* 17 */ {SET, 1, 0, 2},        /* sum over primes */
    /* 18 */ {SET, 6, 0, 0},
    /* 19 */ {LOAD, 4, 1, 0},
    /* 20 */ {JZ, 4, 0, 22},
    /* 21 */ {ADD, 6, 6, 1},
    /* 22 */ {ADDI, 1, 1, 1},
    /* 23 */ {JLT, 1, 0, 19},
    /* 24 */ {MIX, 6, 0, 0},
    /* 25 */ {SHR, 7, 0, 4},        /* Collatz for k from n / 16 to 1 */
    /* 26 */ {MOVE, 8, 7, 0},
    /* 27 */ {SET, 9, 0, 0},
    /* 28 */ {JNE, 8, 2, 30},
    /* 29 */ {JUMP, 0, 0, 39},
    /* 30 */ {AND, 10, 8, 2},
    /* 31 */ {ADDI, 9, 9, 1},
    /* 32 */ {JNZ, 10, 0, 35},
    /* 33 */ {SHR, 8, 8, 1},
    /* 34 */ {JUMP, 0, 0, 28},
    /* 35 */ {ADD, 11, 8, 8},
    /* 36 */ {ADD, 8, 11, 8},
    /* 37 */ {ADDI, 8, 8, 1},
    /* 38 */ {JUMP, 0, 0, 28},
    /* 39 */ {MIX, 9, 0, 0},
    /* 40 */ {SUB, 7, 7, 2},
    /* 41 */ {JNZ, 7, 0, 26},
    /* 42 */ {HALT, 0, 0, 0},
};

static Code code[sizeof program / sizeof program[0]];

static u64 interpret(void) {
    u32 *r = registers;
    u64 sum = 0;
    u32 pc = 0;
    for (;;) {
        Code at = code[pc++];
        switch (at.op) {
        case SET: r[at.a] = (u32)at.c; break;
        case MOVE: r[at.a] = r[at.b]; break;
        case ADD: r[at.a] = r[at.b] + r[at.c]; break;
        case SUB: r[at.a] = r[at.b] - r[at.c]; break;
        case MUL: r[at.a] = r[at.b] * r[at.c]; break;
        case AND: r[at.a] = r[at.b] & r[at.c]; break;
        case SHR: r[at.a] = r[at.b] >> at.c; break;
        case ADDI: r[at.a] = r[at.b] + (u32)at.c; break;
        case LOAD: r[at.a] = memory[r[at.b] & (MEMORY_WORDS - 1)]; break;
        case STORE: memory[r[at.b] & (MEMORY_WORDS - 1)] = r[at.a]; break;
        case JUMP: pc = (u32)at.c; break;
        case JLT: if (r[at.a] < r[at.b]) pc = (u32)at.c; break;
        case JNE: if (r[at.a] != r[at.b]) pc = (u32)at.c; break;
        case JZ: if (r[at.a] == 0) pc = (u32)at.c; break;
        case JNZ: if (r[at.a] != 0) pc = (u32)at.c; break;
        case MIX: sum = mix(sum, r[at.a]); break;
        case HALT: return sum;
        default: __builtin_trap();
        }
    }
}

EXPORT u64 run(u32 n) {
    if (n < 16 || n > MEMORY_WORDS) __builtin_trap();
    for (u32 i = 0; i < sizeof program / sizeof program[0]; i++) {
        code[i].op = program[i].op;
        code[i].a = program[i].a;
        code[i].b = program[i].b;
        code[i].c = program[i].c;
    }

    for (int i = 0; i < 16; i++) registers[i] = 0;
    registers[0] = n;
    return interpret();
}
