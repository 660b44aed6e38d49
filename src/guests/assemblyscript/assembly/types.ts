import * as host from "./host";

/** Microseconds since the Unix epoch. */
export type Timestamp = i64;

/** Microseconds. */
export type Duration = i64;

/** A millisecond, second, minute, hour and day as durations. */
export const MILLISECOND: Duration = 1_000;
export const SECOND: Duration = 1_000_000;
export const MINUTE: Duration = 60_000_000;
export const HOUR: Duration = 3_600_000_000;
export const DAY: Duration = 86_400_000_000;

function hex(at: usize, length: i32): string {
  const text = __new(<usize>length << 2, idof<string>());
  for (let i = 0; i < length; i++) {
    const byte = <u32>load<u8>(at + i);
    const high = byte >> 4, low = byte & 15;
    store<u16>(text + (<usize>i << 2), high + (high < 10 ? 48 : 87));
    store<u16>(text + (<usize>i << 2) + 2, low + (low < 10 ? 48 : 87));
  }
  return changetype<string>(text);
}

/** Who called: 32 bytes, SHA-256 of issuer and subject. */
@final
export class Identity {
  private a: u64 = 0;
  private b: u64 = 0;
  private c: u64 = 0;
  private d: u64 = 0;

  @operator("==")
  private static equal(x: Identity, y: Identity): bool {
    return memory.compare(changetype<usize>(x), changetype<usize>(y), 32) == 0;
  }

  @operator("!=")
  private static unequal(x: Identity, y: Identity): bool {
    return memory.compare(changetype<usize>(x), changetype<usize>(y), 32) != 0;
  }

  /** 64 hexadecimal digits. */
  toString(): string {
    return hex(changetype<usize>(this), 32);
  }
}

/** 16 bytes, most significant first. */
@final
export class Uuid {
  private a: u64 = 0;
  private b: u64 = 0;

  /** A version 4 identifier from the transaction's generator. */
  static random(): Uuid {
    const id = new Uuid();
    const at = changetype<usize>(id);
    id.a = <u64>host.random();
    id.b = <u64>host.random();
    store<u8>(at, (load<u8>(at, 6) & 0x0F) | 0x40, 6);
    store<u8>(at, (load<u8>(at, 8) & 0x3F) | 0x80, 8);
    return id;
  }

  @operator("==")
  private static equal(x: Uuid, y: Uuid): bool {
    return x.a == y.a && x.b == y.b;
  }

  @operator("!=")
  private static unequal(x: Uuid, y: Uuid): bool {
    return x.a != y.a || x.b != y.b;
  }

  /** The usual 36 characters. */
  toString(): string {
    const text = hex(changetype<usize>(this), 16);
    return text.substring(0, 8) + "-" + text.substring(8, 12) + "-" + text.substring(12, 16) + "-"
      + text.substring(16, 20) + "-" + text.substring(20);
  }
}

/** Unsigned 128-bit number in two halves; addition and subtraction wrap. */
@final
export class U128 {
  constructor(public lo: u64 = 0, public hi: u64 = 0) {}

  @operator("==")
  private static equal(x: U128, y: U128): bool {
    return x.lo == y.lo && x.hi == y.hi;
  }

  @operator("!=")
  private static unequal(x: U128, y: U128): bool {
    return x.lo != y.lo || x.hi != y.hi;
  }

  @operator("<")
  private static less(x: U128, y: U128): bool {
    return x.hi == y.hi ? x.lo < y.lo : x.hi < y.hi;
  }

  @operator(">")
  private static greater(x: U128, y: U128): bool {
    return x.hi == y.hi ? x.lo > y.lo : x.hi > y.hi;
  }

  @operator("+")
  private static plus(x: U128, y: U128): U128 {
    const lo = x.lo + y.lo;
    return new U128(lo, x.hi + y.hi + u64(lo < x.lo));
  }

  @operator("-")
  private static minus(x: U128, y: U128): U128 {
    return new U128(x.lo - y.lo, x.hi - y.hi - u64(x.lo < y.lo));
  }
}

/** Signed 128-bit number in two halves; addition and subtraction wrap. */
@final
export class I128 {
  constructor(public lo: u64 = 0, public hi: i64 = 0) {}

  /** The same number, wider. */
  static from(value: i64): I128 {
    return new I128(<u64>value, value >> 63);
  }

  @operator("==")
  private static equal(x: I128, y: I128): bool {
    return x.lo == y.lo && x.hi == y.hi;
  }

  @operator("!=")
  private static unequal(x: I128, y: I128): bool {
    return x.lo != y.lo || x.hi != y.hi;
  }

  @operator("<")
  private static less(x: I128, y: I128): bool {
    return x.hi == y.hi ? x.lo < y.lo : x.hi < y.hi;
  }

  @operator(">")
  private static greater(x: I128, y: I128): bool {
    return x.hi == y.hi ? x.lo > y.lo : x.hi > y.hi;
  }

  @operator("+")
  private static plus(x: I128, y: I128): I128 {
    const lo = x.lo + y.lo;
    return new I128(lo, x.hi + y.hi + i64(lo < x.lo));
  }

  @operator("-")
  private static minus(x: I128, y: I128): I128 {
    return new I128(x.lo - y.lo, x.hi - y.hi - i64(x.lo < y.lo));
  }
}

/** A value or none, for types that cannot be `null`: numbers, bool, enums, times. */
@final
export class Option<T> {
  private constructor(readonly isSome: bool, private readonly held: T) {}

  /** This value. */
  static some<T>(value: T): Option<T> {
    return new Option<T>(true, value);
  }

  /** No value. */
  static none<T>(): Option<T> {
    if (isReference<T>()) return new Option<T>(false, changetype<T>(0));
    return new Option<T>(false, <T>0);
  }

  /** The value; asking for it when there is none is a mistake of the module and traps. */
  get value(): T {
    assert(this.isSome, "the option holds no value");
    return this.held;
  }

  /** The value, or the given one when there is none. */
  or(otherwise: T): T {
    return this.isSome ? this.held : otherwise;
  }
}
