/* Quicksort of n records with a comparison function that is only known at run time: call_indirect in a hot loop. */
#include "kernel.h"

#define RECORDS 65536

typedef struct {
    u32 key, order;
    u64 payload;
} Record;

typedef int (*Comparison)(const Record *, const Record *);

static Record records[RECORDS];

static int by_key(const Record *a, const Record *b) {
    if (a->key != b->key) return a->key < b->key ? -1 : 1;
    return a->order < b->order ? -1 : a->order > b->order;
}

static int by_payload(const Record *a, const Record *b) {
    if (a->payload != b->payload) return a->payload < b->payload ? -1 : 1;
    return a->order < b->order ? -1 : a->order > b->order;
}

static int by_order_descending(const Record *a, const Record *b) {
    return a->order > b->order ? -1 : a->order < b->order;
}

/* Volatile, so that the compiler cannot tell which function it is. */
static volatile Comparison comparisons[3] = {by_key, by_payload, by_order_descending};

static void exchange(Record *a, Record *b) {
    Record kept = *a;
    *a = *b;
    *b = kept;
}

static void sort_small(Record *from, Record *to, Comparison compare) {
    for (Record *next = from + 1; next <= to; next++) {
        Record kept = *next;
        Record *place = next;
        for (; place > from && compare(place - 1, &kept) > 0; place--) *place = *(place - 1);
        *place = kept;
    }
}

static void sort(Record *from, Record *to, Comparison compare) {
    while (to - from > 12) {
        Record *middle = from + (to - from) / 2;
        if (compare(middle, from) < 0) exchange(middle, from);
        if (compare(to, from) < 0) exchange(to, from);
        if (compare(to, middle) < 0) exchange(to, middle);
        Record pivot = *middle;
        Record *low = from, *high = to;
        while (low <= high) {
            while (compare(low, &pivot) < 0) low++;
            while (compare(high, &pivot) > 0) high--;
            if (low > high) break;
            exchange(low++, high--);
        }

        if (high - from < to - low) {
            sort(from, high, compare);
            from = low;
        } else {
            sort(low, to, compare);
            to = high;
        }
    }

    if (from < to) sort_small(from, to, compare);
}

EXPORT u64 run(u32 n) {
    if (n > RECORDS) __builtin_trap();
    u64 random = 7, sum = 0;
    for (u32 i = 0; i < n; i++) {
        records[i].key = (u32)(next_random(&random) >> 44);
        records[i].order = i;
        records[i].payload = next_random(&random);
    }

    for (int way = 0; way < 3; way++) {
        sort(records, records + n - 1, comparisons[way]);
        for (u32 i = 0; i < n; i += 17) sum = mix(sum, records[i].payload ^ records[i].order);
    }

    return sum;
}
