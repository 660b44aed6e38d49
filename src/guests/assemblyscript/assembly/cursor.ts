import * as host from "./host";

// Batch buffers come in two sizes and are used again after a scan ends, so that memory does not grow with the number of
// rows or of finished scans. A free buffer holds the next free one in its first word, its capacity in the second.
const SMALL: i32 = 1024;
const LARGE: i32 = 16384;
let freeSmall: usize = 0;
let freeLarge: usize = 0;

/**
 * A scan in the making and then under way. Until the first `next` the buffer holds both bounds, the lower one in its
 * first half and the upper one in its second, each as a count byte and that many values.
 */
// @ts-ignore: decorator
@global
export class __Cursor {
  private source: i32 = 0;
  private flags: i32 = 0;
  private iterator: i32 = 0;
  private state: i32 = 0; // 0 in the making, 1 open, 2 ended
  private buffer: usize = 0;
  private capacity: i32 = 0;
  private lower: i32 = 0;
  private upper: i32 = 0;
  private following: usize = 0;
  private limit: usize = 0;
  /** Address of the current row; for generated code. */
  __at: usize = 0;

  /** For generated code: starts the making of a scan over a table or index. */
  __over(source: i32): void {
    this.source = source;
    this.take(SMALL);
    this.lower = 1;
    this.upper = 1;
    store<u8>(this.buffer, 0);
    store<u8>(this.buffer + (this.capacity >> 1), 0);
  }

  /** For generated code: room for one more value in the lower bound. */
  __lowerRoom(bytes: i32): usize {
    this.ensureHalf(this.lower + bytes);
    store<u8>(this.buffer, load<u8>(this.buffer) + 1);
    return this.buffer + this.lower;
  }

  /** For generated code: the lower bound ends here. */
  __lowerEnd(end: usize, flags: i32): void {
    this.lower = <i32>(end - this.buffer);
    this.flags |= flags;
  }

  /** For generated code: room for one more value in the upper bound. */
  __upperRoom(bytes: i32): usize {
    this.ensureHalf(this.upper + bytes);
    const at = this.buffer + (this.capacity >> 1);
    store<u8>(at, load<u8>(at) + 1);
    return at + this.upper;
  }

  /** For generated code: the upper bound ends here. */
  __upperEnd(end: usize, flags: i32): void {
    this.upper = <i32>(end - this.buffer - (this.capacity >> 1));
    this.flags |= flags;
  }

  /** For generated code: the value just written to the lower bound is part of the upper one too. */
  __both(end: usize): void {
    this.lower = <i32>(end - this.buffer);
    this.upper = this.lower;
    memory.copy(this.buffer + (this.capacity >> 1), this.buffer, this.lower);
  }

  /** For generated code: leading values come first, each bound is set once, all before the first row. */
  __makeable(forbidden: i32, mark: i32): void {
    assert(this.state == 0 && (this.flags & forbidden) == 0, "a scan's bounds are set once, before its first row");
    this.flags |= mark;
  }

  /** For generated code: runs the scan from its other end. */
  __descending(): void {
    assert(this.state == 0, "descending() comes before the first row");
    this.flags |= host.DESCENDING;
  }

  /** For generated code: moves to the next row; false at the end. */
  __advance(): bool {
    if (this.following == this.limit && !this.refill()) return false;
    const at = this.following + 4;
    this.__at = at;
    this.following = at + load<u32>(this.following);
    return true;
  }

  /** Ends the scan early and gives its buffer back. A scan read to its end closes itself. */
  close(): void {
    if (this.state == 2) return;
    if (this.state == 1) host.close(this.iterator);
    this.state = 2;
    this.following = 0;
    this.limit = 0;
    this.give();
  }

  private refill(): bool {
    if (this.state == 2) return false;
    if (this.state == 0) this.open();
    else if (this.capacity < LARGE) this.exchange(LARGE);
    let written = host.next(this.iterator, this.buffer, this.capacity);
    while (written == host.BUFFER_TOO_SMALL) {
      this.exchange(max(host.needed(), this.capacity * 2));
      written = host.next(this.iterator, this.buffer, this.capacity);
    }
    if (written <= 0) {
      this.close();
      return false;
    }
    this.following = this.buffer;
    this.limit = this.buffer + written;
    return true;
  }

  private open(): void {
    const upper = this.buffer + (this.capacity >> 1);
    const lowerLength = load<u8>(this.buffer) == 0 ? 0 : this.lower;
    const upperLength = load<u8>(upper) == 0 ? 0 : this.upper;
    this.iterator = host.scan(this.source, this.buffer, lowerLength, upper, upperLength, this.flags & 7);
    this.state = 1;
  }

  private ensureHalf(bytes: i32): void {
    if (bytes <= (this.capacity >> 1)) return;
    const from = this.buffer, half = this.capacity >> 1;
    this.capacity = max(bytes, this.capacity) * 2;
    this.buffer = heap.alloc(this.capacity);
    memory.copy(this.buffer, from, this.lower);
    memory.copy(this.buffer + (this.capacity >> 1), from + half, this.upper);
  }

  private exchange(bytes: i32): void {
    this.give();
    this.take(bytes);
  }

  private take(bytes: i32): void {
    if (bytes <= SMALL && freeSmall != 0) {
      this.buffer = freeSmall;
      freeSmall = load<usize>(freeSmall);
    } else if (freeLarge != 0 && bytes > SMALL && load<i32>(freeLarge, sizeof<usize>()) >= bytes) {
      this.buffer = freeLarge;
      freeLarge = load<usize>(freeLarge);
    } else {
      this.buffer = heap.alloc(bytes);
      store<i32>(this.buffer, bytes, sizeof<usize>());
    }
    this.capacity = load<i32>(this.buffer, sizeof<usize>());
  }

  private give(): void {
    const large = this.capacity > SMALL;
    store<usize>(this.buffer, large ? freeLarge : freeSmall);
    store<i32>(this.buffer, this.capacity, sizeof<usize>());
    if (large) freeLarge = this.buffer;
    else freeSmall = this.buffer;
  }
}
