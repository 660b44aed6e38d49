/* What the SQLite kernel does: a database of orders, filled in transactions, changed, and queried with joins, grouping,
   text comparison and recursion. The checksum covers every row that every query gives. */
#include <string.h>

#include "sqlite3.h"

typedef unsigned long long u64;
typedef unsigned int u32;

static sqlite3 *database;
static u64 checksum, state;

static u32 random_below(u32 below) {
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return (u32)((state * 0x2545F4914F6CDD1DULL) >> 33) % below;
}

static void check(int status) {
    if (status != SQLITE_OK && status != SQLITE_DONE && status != SQLITE_ROW) __builtin_trap();
}

static void mix(u64 value) {
    checksum = (checksum ^ value) * 0x100000001B3ULL;
}

static void execute(const char *sql) {
    check(sqlite3_exec(database, sql, 0, 0, 0));
}

static sqlite3_stmt *prepare(const char *sql) {
    sqlite3_stmt *statement;
    check(sqlite3_prepare_v2(database, sql, -1, &statement, 0));
    return statement;
}

static void step(sqlite3_stmt *statement) {
    check(sqlite3_step(statement));
    check(sqlite3_reset(statement));
}

static void query(const char *sql) {
    sqlite3_stmt *statement = prepare(sql);
    int columns = sqlite3_column_count(statement);
    while (sqlite3_step(statement) == SQLITE_ROW) {
        for (int i = 0; i < columns; i++) {
            if (sqlite3_column_type(statement, i) == SQLITE_INTEGER) {
                mix((u64)sqlite3_column_int64(statement, i));
                continue;
            }

            const unsigned char *text = sqlite3_column_text(statement, i);
            for (int at = 0; text && text[at]; at++) mix(text[at]);
        }
    }

    check(sqlite3_finalize(statement));
}

static void fill(u32 orders) {
    u32 customers = orders / 10 + 1;
    execute(
        "create table customers(id integer primary key, name text not null, city text not null);"
        "create table orders(id integer primary key, customer integer not null, amount real not null, note text);"
        "create index by_customer on orders(customer, amount);"
        "begin");
    sqlite3_stmt *insert = prepare("insert into customers values(?1, printf('customer %05d', ?1 * 7919 % 10007), "
                                   "case ?1 % 5 when 0 then 'Berlin' when 1 then 'Lima' when 2 then 'Oslo' else 'Pune' end)");
    for (u32 i = 1; i <= customers; i++) {
        sqlite3_bind_int(insert, 1, (int)i);
        step(insert);
    }

    check(sqlite3_finalize(insert));
    insert = prepare("insert into orders values(?1, ?2, ?3 / 100.0, ?4)");
    for (u32 i = 1; i <= orders; i++) {
        sqlite3_bind_int(insert, 1, (int)i);
        sqlite3_bind_int(insert, 2, (int)random_below(customers) + 1);
        sqlite3_bind_int(insert, 3, (int)random_below(100000));
        if (i % 3) sqlite3_bind_text(insert, 4, "to be delivered soon, please", (int)(i % 28), SQLITE_STATIC);
        else sqlite3_bind_null(insert, 4);
        step(insert);
    }

    check(sqlite3_finalize(insert));
    execute("commit");
}

static void change(u32 orders) {
    execute("begin");
    sqlite3_stmt *update = prepare("update orders set amount = amount + 1.5, note = note || '!' where id = ?1");
    sqlite3_stmt *delete = prepare("delete from orders where id = ?1");
    for (u32 i = 0; i < orders / 5; i++) {
        sqlite3_stmt *statement = i % 4 ? update : delete;
        sqlite3_bind_int(statement, 1, (int)random_below(orders) + 1);
        step(statement);
    }

    check(sqlite3_finalize(update));
    check(sqlite3_finalize(delete));
    execute("commit; begin; delete from orders where id % 2 = 0; rollback");
}

static void ask(void) {
    query("select city, count(*), sum(amount), max(note) from orders join customers on customers.id = customer "
          "group by city order by city");
    query("select name, total from (select customer, round(sum(amount), 2) as total from orders group by customer) "
          "join customers on customers.id = customer order by total desc, name limit 20");
    query("select count(*) from orders where note like '%deliver%' and amount between 100 and 700");
    query("select upper(substr(name, 1, 12)) || '/' || length(city) from customers "
          "where id in (select customer from orders where amount > 990) order by 1 limit 50");
    query("with recursive path(n, total) as (select 1, 0 union all "
          "select n + 1, total + n * n % 7 from path where n < 5000) select max(n), sum(total) from path");
    query("pragma integrity_check");
}

__attribute__((export_name("run"))) u64 run(u32 orders) {
    checksum = 0;
    state = 5;
    check(sqlite3_initialize());
    check(sqlite3_open_v2("bench.db", &database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, 0));
    execute("pragma cache_size = -1024");
    fill(orders);
    change(orders);
    ask();
    check(sqlite3_close(database));
    check(sqlite3_shutdown());
    return checksum;
}
