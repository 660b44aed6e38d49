import * as host from "./host";

// Two buffers serve every host call: one for what goes out (rows, keys, results), one for what comes back.
// They are the first blocks of the heap, made in interstice_init at the start of a page, so that an ordinary call
// touches one page, which is what the host's reset between calls costs. Whoever needs more gets a larger buffer until
// the call ends.
const BYTES: i32 = 512;
const PAGE: usize = 4096;

let outgoing: usize = firstBuffer();
let outgoingCapacity: i32 = BYTES;
let incoming: usize = heap.alloc(BYTES);
let incomingCapacity: i32 = BYTES;

// @ts-ignore: decorator
@global @lazy
let __interstice_end: usize = 0;

function firstBuffer(): usize {
  const at = heap.alloc(16);
  heap.alloc(((at + PAGE - 1) & ~(PAGE - 1)) - at);
  return heap.alloc(BYTES);
}

/** A buffer of at least `bytes` bytes for encoding; valid until the next call of `room`. */
// @ts-ignore: decorator
@global
export function __interstice_room(bytes: i32): usize {
  if (bytes > outgoingCapacity) {
    outgoingCapacity = max(bytes, outgoingCapacity * 2);
    outgoing = heap.alloc(outgoingCapacity);
  }
  return outgoing;
}

function growIncoming(): void {
  incomingCapacity = max(host.needed(), incomingCapacity * 2);
  incoming = heap.alloc(incomingCapacity);
}

/** Fetches one row by key; its address in the incoming buffer, or 0 for none. */
// @ts-ignore: decorator
@global
export function __interstice_get(source: i32, key: usize, length: i32): usize {
  let written = host.get(source, key, length, incoming, incomingCapacity);
  while (written == host.BUFFER_TOO_SMALL) {
    growIncoming();
    written = host.get(source, key, length, incoming, incomingCapacity);
  }
  return written < 0 ? 0 : incoming;
}

// What goes with the last result; its length.
function fetchResult(): i32 {
  let written = host.result(incoming, incomingCapacity);
  while (written == host.BUFFER_TOO_SMALL) {
    growIncoming();
    written = host.result(incoming, incomingCapacity);
  }
  return written;
}

/** Calls a reducer of another module; the address of its return value in the incoming buffer, or 0 when it said no. */
// @ts-ignore: decorator
@global
export function __interstice_call(
  module: usize, moduleLength: i32, reducer: usize, reducerLength: i32, args: usize, length: i32): usize {
  const returned = host.call(module, moduleLength, reducer, reducerLength, args, length);
  if (returned > 0) fetchResult();
  return returned < 0 ? 0 : incoming;
}

/** The text that explains the last negative result. */
export function lastResultText(): string {
  const written = fetchResult();
  return written <= 0 ? "the host refused the change" : String.UTF8.decodeUnsafe(incoming, written);
}

/** The module that called this one, or the empty string. */
export function callerModuleName(): string {
  let written = host.callerModule(incoming, incomingCapacity);
  while (written == host.BUFFER_TOO_SMALL) {
    growIncoming();
    written = host.callerModule(incoming, incomingCapacity);
  }
  return written <= 0 ? "" : String.UTF8.decodeUnsafe(incoming, written);
}
