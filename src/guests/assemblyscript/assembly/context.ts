import * as host from "./host";
import { hostLog } from "./failure";
import { callerModuleName } from "./memory";
import { Identity, Timestamp } from "./types";

/** The time of the transaction: the same for all of it, and the same again in a replay. */
export function now(): Timestamp {
  return host.now();
}

/** The next number of the transaction's generator, seeded from its record. */
export function random(): u64 {
  return <u64>host.random();
}

/** Who called. In a nested call still the outer caller. */
export function caller(): Identity {
  const identity = new Identity();
  host.caller(changetype<usize>(identity));
  return identity;
}

/** The module whose call this is part of, or the empty string. */
export function callerModule(): string {
  return callerModuleName();
}

/** `Math.random()` seeded from the transaction instead of an import that no host has. */
// @ts-ignore: decorator
@global
export function __interstice_seed(): f64 {
  return reinterpret<f64>((<u64>host.random() & 0x000FFFFFFFFFFFFF) | 0x3FF0000000000000);
}

// @ts-ignore: decorator
@global
export function __interstice_now(): f64 {
  return <f64>(host.now() / 1000);
}

/** Log lines; the host adds module, reducer and transaction. */
export namespace log {
  export function trace(text: string): void { hostLog(0, text); }
  export function debug(text: string): void { hostLog(1, text); }
  export function info(text: string): void { hostLog(2, text); }
  export function warn(text: string): void { hostLog(3, text); }
  export function error(text: string): void { hostLog(4, text); }
  export function critical(text: string): void { hostLog(5, text); }
}
