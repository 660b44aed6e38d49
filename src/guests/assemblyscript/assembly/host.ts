/** The imports of docs/abi.md as they stand there. Everything above this file is typed; nothing below it exists. */

@external("interstice", "table")
export declare function table(name: usize, length: i32): i32;

@external("interstice", "index")
export declare function index(table: i32, name: usize, length: i32): i32;

@external("interstice", "insert")
export declare function insert(table: i32, row: usize, length: i32, out: usize, capacity: i32): i32;

@external("interstice", "update")
export declare function update(table: i32, row: usize, length: i32): i32;

@external("interstice", "delete")
export declare function remove(table: i32, key: usize, length: i32): i32;

@external("interstice", "get")
export declare function get(source: i32, key: usize, length: i32, out: usize, capacity: i32): i32;

@external("interstice", "scan")
export declare function scan(
  source: i32, lower: usize, lowerLength: i32, upper: usize, upperLength: i32, flags: i32): i32;

@external("interstice", "next")
export declare function next(iterator: i32, out: usize, capacity: i32): i32;

@external("interstice", "close")
export declare function close(iterator: i32): void;

@external("interstice", "count")
export declare function count(table: i32): i64;

@external("interstice", "emit")
export declare function emit(event: usize, eventLength: i32, payload: usize, payloadLength: i32): void;

@external("interstice", "returns")
export declare function returns(value: usize, length: i32): void;

@external("interstice", "fail")
export declare function fail(text: usize, length: i32): void;

@external("interstice", "log")
export declare function log(level: i32, text: usize, length: i32): void;

@external("interstice", "now")
export declare function now(): i64;

@external("interstice", "random")
export declare function random(): i64;

@external("interstice", "caller")
export declare function caller(out: usize): void;

@external("interstice", "caller_module")
export declare function callerModule(out: usize, capacity: i32): i32;

@external("interstice", "call")
export declare function call(
  module: usize, moduleLength: i32, reducer: usize, reducerLength: i32, args: usize, length: i32): i32;

@external("interstice", "schedule")
export declare function schedule(reducer: usize, reducerLength: i32, args: usize, length: i32, due: i64, interval: i64): i64;

@external("interstice", "schedule_each")
export declare function scheduleEach(reducer: usize, reducerLength: i32, args: usize, length: i32, due: i64, interval: i64): i64;

@external("interstice", "cancel")
export declare function cancel(timer: i64): i32;

@external("interstice", "firing")
export declare function firing(out: usize, capacity: i32): i32;

@external("interstice", "result")
export declare function result(out: usize, capacity: i32): i32;

@external("interstice", "needed")
export declare function needed(): i32;

/** The buffer was too small; nothing happened, `needed` tells how much it takes. */
export const BUFFER_TOO_SMALL: i32 = -2;
/** A primary key or unique index has this value already. */
export const DUPLICATE_KEY: i32 = -3;
/** `update`: no row has this primary key. */
export const NOT_FOUND: i32 = -4;

/** `scan`: descending order. */
export const DESCENDING: i32 = 4;
