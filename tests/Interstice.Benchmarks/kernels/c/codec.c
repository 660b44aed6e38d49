/* Encodes n records (numbers as variable-length integers, strings with a length, a CRC at the end) into a buffer and
   decodes them again: what a module does with the arguments and rows of every call. */
#include "kernel.h"

#define RECORDS_MAX 4096
#define STRING_MAX 32
#define BUFFER_BYTES (RECORDS_MAX * 96)

typedef struct {
    u64 id;
    i64 balance;
    u32 name_bytes;
    u32 flags;
    u8 name[STRING_MAX];
} Account;

static Account accounts[RECORDS_MAX], decoded;
static u8 buffer[BUFFER_BYTES];
static u32 crc_table[256];

static u8 *put_varint(u8 *to, u64 value) {
    while (value >= 0x80) {
        *to++ = (u8)(value | 0x80);
        value >>= 7;
    }

    *to++ = (u8)value;
    return to;
}

static const u8 *get_varint(const u8 *from, u64 *value) {
    u64 result = 0;
    for (u32 shift = 0; shift < 64; shift += 7) {
        u8 part = *from++;
        result |= (u64)(part & 0x7F) << shift;
        if (part < 0x80) break;
    }

    *value = result;
    return from;
}

static u64 zigzag(i64 value) {
    return ((u64)value << 1) ^ (u64)(value >> 63);
}

static i64 from_zigzag(u64 value) {
    return (i64)(value >> 1) ^ -(i64)(value & 1);
}

static void fill_crc_table(void) {
    for (u32 i = 0; i < 256; i++) {
        u32 crc = i;
        for (int bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ (crc & 1 ? 0x82F63B78 : 0);
        crc_table[i] = crc;
    }
}

static u32 crc_of(const u8 *from, const u8 *to) {
    u32 crc = ~0u;
    for (; from < to; from++) crc = (crc >> 8) ^ crc_table[(crc ^ *from) & 0xFF];
    return ~crc;
}

/* Length of everything after it, fields, CRC of the fields. */
static u8 *encode(u8 *to, const Account *account) {
    u8 *fields = to + 1;
    u8 *end = put_varint(fields, account->id);
    end = put_varint(end, zigzag(account->balance));
    end = put_varint(end, account->flags);
    end = put_varint(end, account->name_bytes);
    for (u32 i = 0; i < account->name_bytes; i++) *end++ = account->name[i];
    u32 crc = crc_of(fields, end);
    for (int i = 0; i < 4; i++) *end++ = (u8)(crc >> (8 * i));
    *to = (u8)(end - fields);
    return end;
}

static const u8 *decode(const u8 *from, Account *account) {
    const u8 *fields = from + 1;
    const u8 *next = fields + *from - 4;
    u32 crc = crc_of(fields, next);
    for (int i = 0; i < 4; i++) {
        if (next[i] != (u8)(crc >> (8 * i))) __builtin_trap();
    }

    u64 value;
    const u8 *at = get_varint(fields, &account->id);
    at = get_varint(at, &value);
    account->balance = from_zigzag(value);
    at = get_varint(at, &value);
    account->flags = (u32)value;
    at = get_varint(at, &value);
    if (value > STRING_MAX) __builtin_trap();
    account->name_bytes = (u32)value;
    for (u32 i = 0; i < account->name_bytes; i++) account->name[i] = *at++;
    if (at != next) __builtin_trap();
    return next + 4;
}

EXPORT u64 run(u32 n) {
    if (n > RECORDS_MAX) __builtin_trap();
    fill_crc_table();
    u64 random = 11, sum = 0;
    for (u32 i = 0; i < n; i++) {
        Account *account = &accounts[i];
        account->id = next_random(&random) >> (next_random(&random) & 63);
        account->balance = (i64)next_random(&random) >> (next_random(&random) & 63);
        account->flags = (u32)(next_random(&random) >> 52);
        account->name_bytes = (u32)(next_random(&random) >> 59);
        for (u32 j = 0; j < account->name_bytes; j++) account->name[j] = (u8)('a' + (next_random(&random) >> 60));
    }

    u8 *end = buffer;
    for (u32 i = 0; i < n; i++) end = encode(end, &accounts[i]);
    const u8 *from = buffer;
    for (u32 i = 0; i < n; i++) {
        from = decode(from, &decoded);
        sum = mix(sum, decoded.id ^ (u64)decoded.balance);
        for (u32 j = 0; j < decoded.name_bytes; j++) sum = mix(sum, decoded.name[j]);
    }

    if (from != end) __builtin_trap();
    return mix(sum, (u64)(end - buffer));
}
