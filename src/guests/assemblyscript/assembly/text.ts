/** Upper bound of the UTF-8 bytes of a string without its length. */
// @ts-ignore: decorator
@inline
export function utf8Bound(text: string): i32 {
  return text.length * 3;
}

/** Writes UTF-8 and returns the number of bytes. A lone surrogate becomes U+FFFD: the host refuses anything else. */
export function writeUtf8(text: string, to: usize): i32 {
  const from = changetype<usize>(text);
  const length = text.length;
  for (let i = 0; i < length; i++) {
    const unit = <u32>load<u16>(from + (<usize>i << 1));
    if (unit > 127) {
      const rest = String.UTF8.encodeUnsafe(from + (<usize>i << 1), length - i, to + i, false,
        String.UTF8.ErrorMode.REPLACE);
      return i + <i32>rest;
    }
    store<u8>(to + i, unit);
  }
  return length;
}

/** Writes a string in the canonical encoding and returns the address behind it. */
// @ts-ignore: decorator
@global
export function __interstice_write_string(text: string, to: usize): usize {
  const length = writeUtf8(text, to + 4);
  store<u32>(to, length);
  return to + 4 + length;
}

/** Reads a string in the canonical encoding. */
// @ts-ignore: decorator
@global
export function __interstice_read_string(at: usize): string {
  const length = load<u32>(at);
  if (length == 0) return "";
  const from = at + 4;
  for (let i: u32 = 0; i < length; i++) {
    if (load<u8>(from + i) > 127) return String.UTF8.decodeUnsafe(from, length);
  }
  const text = __new(<usize>length << 1, idof<string>());
  for (let i: u32 = 0; i < length; i++) store<u16>(text + (<usize>i << 1), load<u8>(from + i));
  return changetype<string>(text);
}

/** The address behind a string or byte list. */
// @ts-ignore: decorator
@global @inline
export function __interstice_skip_bytes(at: usize): usize {
  return at + 4 + load<u32>(at);
}

/** Writes a byte list in the canonical encoding and returns the address behind it. */
// @ts-ignore: decorator
@global
export function __interstice_write_bytes(bytes: Uint8Array, to: usize): usize {
  const length = bytes.length;
  store<u32>(to, length);
  memory.copy(to + 4, bytes.dataStart, length);
  return to + 4 + length;
}

/** Reads a byte list in the canonical encoding. */
// @ts-ignore: decorator
@global
export function __interstice_read_bytes(at: usize): Uint8Array {
  const length = load<u32>(at);
  const bytes = new Uint8Array(length);
  memory.copy(bytes.dataStart, at + 4, length);
  return bytes;
}

/**
 * Order of the UTF-8 bytes, as the host's keys have it. Code units of surrogates stand below U+E000 to U+FFFF although
 * what they encode stands above, hence the shift.
 */
// @ts-ignore: decorator
@global
export function __interstice_compare_strings(a: string, b: string): i32 {
  const common = min(a.length, b.length);
  for (let i = 0; i < common; i++) {
    let x = a.charCodeAt(i), y = b.charCodeAt(i);
    if (x == y) continue;
    if (x >= 0xD800 && y >= 0xD800) {
      x = x >= 0xE000 ? x - 0x800 : x + 0x2000;
      y = y >= 0xE000 ? y - 0x800 : y + 0x2000;
    }
    return x - y;
  }
  return a.length - b.length;
}

/** Order of byte lists, as the host's keys have it. */
// @ts-ignore: decorator
@global
export function __interstice_compare_bytes(a: Uint8Array, b: Uint8Array): i32 {
  const order = memory.compare(a.dataStart, b.dataStart, min(a.length, b.length));
  return order != 0 ? order : a.length - b.length;
}

/** A float with every NaN made the one that the host accepts. */
// @ts-ignore: decorator
@global @inline
export function __interstice_f32(value: f32): f32 {
  return value == value ? value : reinterpret<f32>(0x7FC00000);
}

/** A float with every NaN made the one that the host accepts. */
// @ts-ignore: decorator
@global @inline
export function __interstice_f64(value: f64): f64 {
  return value == value ? value : reinterpret<f64>(0x7FF8000000000000);
}
