import * as host from "./host";
import { fail, refused } from "./failure";

// What the generated table classes share. Names with `__interstice_` are for generated code only.

// @ts-ignore: decorator
@global
export function __interstice_table(name: usize, length: i32): i32 {
  return host.table(name, length);
}

// @ts-ignore: decorator
@global
export function __interstice_index(table: i32, name: usize, length: i32): i32 {
  return host.index(table, name, length);
}

/** Inserts and leaves the row with its generated columns where it stood; any refusal ends the call. */
// @ts-ignore: decorator
@global
export function __interstice_insert(table: i32, row: usize, length: i32): void {
  if (host.insert(table, row, length, row, length) < 0) refused();
}

/** Inserts; false when a key is taken. */
// @ts-ignore: decorator
@global
export function __interstice_try_insert(table: i32, row: usize, length: i32): bool {
  const written = host.insert(table, row, length, row, length);
  if (written >= 0) return true;
  if (written != host.DUPLICATE_KEY) refused();
  return false;
}

// @ts-ignore: decorator
@global
export function __interstice_update(table: i32, row: usize, length: i32): void {
  if (host.update(table, row, length) < 0) refused();
}

/** Updates; false when no row has the key. A taken unique value ends the call. */
// @ts-ignore: decorator
@global
export function __interstice_try_update(table: i32, row: usize, length: i32): bool {
  const outcome = host.update(table, row, length);
  if (outcome >= 0) return true;
  if (outcome != host.NOT_FOUND) refused();
  return false;
}

// @ts-ignore: decorator
@global
export function __interstice_delete(table: i32, key: usize, length: i32): bool {
  return host.remove(table, key, length) > 0;
}

// @ts-ignore: decorator
@global
export function __interstice_count(table: i32): i64 {
  return host.count(table);
}

/** The end of a `get` that found nothing. */
// @ts-ignore: decorator
@global
export function __interstice_missing(table: string, key: string): void {
  fail(table + " has no row with this " + key);
}

// @ts-ignore: decorator
@global
export function __interstice_emit(name: usize, nameLength: i32, payload: usize, length: i32): void {
  host.emit(name, nameLength, payload, length);
}

// @ts-ignore: decorator
@global
export function __interstice_returns(value: usize, length: i32): void {
  host.returns(value, length);
}
