import { refused } from "./failure";
import * as host from "./host";
import { Timestamp } from "./types";

/** What a reducer is told that a timer calls. */
@unmanaged
class FiringBytes {
  timer: u64;
  due: i64;
  ticks: u64;
  attempt: u32;
}

/** The tick that calls this reducer. */
export class Firing {
  constructor(
    /** The timer. */
    readonly timer: u64,
    /** When the tick was due; of several that were missed, the first. */
    readonly due: Timestamp,
    /** How many ticks the call stands for, 1 or more. */
    readonly ticks: u64,
    /** How often it was tried, this time included. */
    readonly attempt: u32,
  ) {}
}

/** Takes a timer out; false when it is not there any more. */
export function cancel(timer: u64): bool {
  return host.cancel(<i64>timer) != 0;
}

/** The tick that calls this reducer, or null when no timer does. */
export function firing(): Firing | null {
  const bytes = heap.alloc(offsetof<FiringBytes>());
  if (host.firing(bytes, <i32>offsetof<FiringBytes>()) < 0) return null;
  const told = changetype<FiringBytes>(bytes);
  return new Firing(told.timer, told.due, told.ticks, told.attempt);
}

// @ts-ignore: decorator
@global
export function __interstice_schedule(
  reducer: usize, reducerLength: i32, args: usize, length: i32, due: i64, interval: i64): u64 {
  return number(host.schedule(reducer, reducerLength, args, length, due, interval));
}

// @ts-ignore: decorator
@global
export function __interstice_schedule_each(
  reducer: usize, reducerLength: i32, args: usize, length: i32, due: i64, interval: i64): u64 {
  return number(host.scheduleEach(reducer, reducerLength, args, length, due, interval));
}

function number(result: i64): u64 {
  if (result < 0) refused();
  return <u64>result;
}
