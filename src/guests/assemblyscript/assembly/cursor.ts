import * as host from "./host";

// Batch buffers come in two sizes and are used again after a scan ends, so that memory does not grow with the number of
// rows or of finished scans. A free buffer holds the next free one in its first word, its capacity in the second.
const SMALL: i32 = 1024;
const LARGE: i32 = 16384;
// What the host understands; generated code keeps marks of which bounds are set above these.
const SCAN_FLAGS: i32 = 7;
let freeSmall: usize = 0;
let freeLarge: usize = 0;

/**
 * A scan in the making and then under way; the columns of the row it stands on are members of the generated subclasses,
 * hence the underscores here. Until the first `next` the buffer holds both bounds, the lower one in its
 * first half and the upper one in its second, each as a count byte and that many values.
 */
// @ts-ignore: decorator
@global
export class __Cursor {
  private __source: i32 = 0;
  private __flags: i32 = 0;
  private __iterator: i32 = 0;
  private __state: i32 = 0; // 0 in the making, 1 open, 2 ended
  private __buffer: usize = 0;
  private __capacity: i32 = 0;
  private __lower: i32 = 0;
  private __upper: i32 = 0;
  private __following: usize = 0;
  private __limit: usize = 0;
  /** Address of the current row; for generated code. */
  __at: usize = 0;

  /** For generated code: starts the making of a scan over a table or index. */
  __over(source: i32): void {
    this.__source = source;
    this.__take(SMALL);
    this.__lower = 1;
    this.__upper = 1;
    store<u8>(this.__buffer, 0);
    store<u8>(this.__buffer + (this.__capacity >> 1), 0);
  }

  /** For generated code: room for one more value in the lower bound. */
  __lowerRoom(bytes: i32): usize {
    this.__ensureHalf(this.__lower + bytes);
    store<u8>(this.__buffer, load<u8>(this.__buffer) + 1);
    return this.__buffer + this.__lower;
  }

  /** For generated code: the lower bound ends here. */
  __lowerEnd(end: usize, flags: i32): void {
    this.__lower = <i32>(end - this.__buffer);
    this.__flags |= flags;
  }

  /** For generated code: room for one more value in the upper bound. */
  __upperRoom(bytes: i32): usize {
    this.__ensureHalf(this.__upper + bytes);
    const at = this.__buffer + (this.__capacity >> 1);
    store<u8>(at, load<u8>(at) + 1);
    return at + this.__upper;
  }

  /** For generated code: the upper bound ends here. */
  __upperEnd(end: usize, flags: i32): void {
    this.__upper = <i32>(end - this.__buffer - (this.__capacity >> 1));
    this.__flags |= flags;
  }

  /** For generated code: the value just written to the lower bound is part of the upper one too. */
  __both(end: usize): void {
    this.__lower = <i32>(end - this.__buffer);
    this.__upper = this.__lower;
    memory.copy(this.__buffer + (this.__capacity >> 1), this.__buffer, this.__lower);
  }

  /** For generated code: leading values come first, each bound is set once, all before the first row. */
  __makeable(forbidden: i32, mark: i32): void {
    assert(this.__state == 0 && (this.__flags & forbidden) == 0, "a scan's bounds are set once, before its first row");
    this.__flags |= mark;
  }

  /** For generated code: runs the scan from its other end. */
  __descending(): void {
    assert(this.__state == 0, "descending() comes before the first row");
    this.__flags |= host.DESCENDING;
  }

  /** For generated code: moves to the next row; false at the end. */
  __advance(): bool {
    if (this.__following == this.__limit && !this.__refill()) return false;
    const at = this.__following + 4;
    this.__at = at;
    this.__following = at + load<u32>(this.__following);
    return true;
  }

  /** Ends the scan early and gives its buffer back. A scan read to its end closes itself. */
  close(): void {
    if (this.__state == 2) return;
    if (this.__state == 1) host.close(this.__iterator);
    this.__state = 2;
    this.__following = 0;
    this.__limit = 0;
    this.__give();
  }

  private __refill(): bool {
    if (this.__state == 2) return false;
    if (this.__state == 0) this.__open();
    else if (this.__capacity < LARGE) this.__exchange(LARGE);
    let written = host.next(this.__iterator, this.__buffer, this.__capacity);
    while (written == host.BUFFER_TOO_SMALL) {
      this.__exchange(max(host.needed(), this.__capacity * 2));
      written = host.next(this.__iterator, this.__buffer, this.__capacity);
    }
    if (written <= 0) {
      this.close();
      return false;
    }
    this.__following = this.__buffer;
    this.__limit = this.__buffer + written;
    return true;
  }

  private __open(): void {
    const upper = this.__buffer + (this.__capacity >> 1);
    const lowerLength = load<u8>(this.__buffer) == 0 ? 0 : this.__lower;
    const upperLength = load<u8>(upper) == 0 ? 0 : this.__upper;
    const flags = this.__flags & SCAN_FLAGS;
    this.__iterator = host.scan(this.__source, this.__buffer, lowerLength, upper, upperLength, flags);
    this.__state = 1;
  }

  private __ensureHalf(bytes: i32): void {
    if (bytes <= (this.__capacity >> 1)) return;
    const from = this.__buffer, half = this.__capacity >> 1;
    this.__capacity = max(bytes, this.__capacity) * 2;
    this.__buffer = heap.alloc(this.__capacity);
    memory.copy(this.__buffer, from, this.__lower);
    memory.copy(this.__buffer + (this.__capacity >> 1), from + half, this.__upper);
  }

  private __exchange(bytes: i32): void {
    this.__give();
    this.__take(bytes);
  }

  private __take(bytes: i32): void {
    if (bytes <= SMALL && freeSmall != 0) {
      this.__buffer = freeSmall;
      freeSmall = load<usize>(freeSmall);
    } else if (freeLarge != 0 && bytes > SMALL && load<i32>(freeLarge, sizeof<usize>()) >= bytes) {
      this.__buffer = freeLarge;
      freeLarge = load<usize>(freeLarge);
    } else {
      this.__buffer = heap.alloc(bytes);
      store<i32>(this.__buffer, bytes, sizeof<usize>());
    }
    this.__capacity = load<i32>(this.__buffer, sizeof<usize>());
  }

  private __give(): void {
    const large = this.__capacity > SMALL;
    store<usize>(this.__buffer, large ? freeLarge : freeSmall);
    store<i32>(this.__buffer, this.__capacity, sizeof<usize>());
    if (large) freeLarge = this.__buffer;
    else freeSmall = this.__buffer;
  }
}
