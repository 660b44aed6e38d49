// The order-preserving key encoding: comparing bytes is comparing keys.

const BITS = {
  i8: 8, u8: 8, i16: 16, u16: 16, i32: 32, u32: 32, i64: 64, u64: 64, i128: 128, u128: 128, timestamp: 64, duration: 64,
};
const SIGNED = new Set(["i8", "i16", "i32", "i64", "i128", "timestamp", "duration"]);

/** The order-preserving bytes of one value of a key type. */
export function keyOf(schema, type, value) {
  if (BITS[type.kind]) return integer(type.kind, BigInt(value));
  switch (type.kind) {
    case "bool": return Buffer.from([value ? 1 : 0]);
    case "string": return escaped(Buffer.from(value, "utf8"));
    case "bytes": return escaped(Buffer.from(value));
    case "uuid": case "identity": return Buffer.from(value, "hex");
    case "enum": return Buffer.from([type.variants.findIndex(variant => variant.name === value)]);
    case "option":
      return value === null ? Buffer.from([0]) : Buffer.concat([Buffer.from([1]), keyOf(schema, type.item, value)]);
    case "f32": case "f64": return float(value);
    default: throw new Error(`${type.kind} is no key type`);
  }
}

export function compareKeys(a, b) {
  return Buffer.compare(a, b);
}

function integer(kind, value) {
  const bits = BigInt(BITS[kind]);
  const shifted = SIGNED.has(kind) ? value + (1n << (bits - 1n)) : value;
  return Buffer.from(shifted.toString(16).padStart(Number(bits) / 4, "0"), "hex");
}

function escaped(bytes) {
  const parts = [...bytes].flatMap(byte => byte === 0 ? [0, 0xFF] : [byte]);
  return Buffer.from([...parts, 0, 0]);
}

function float(value) {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(Number.isNaN(value) ? NaN : value === 0 ? 0 : value);
  if (bytes[0] & 0x80) return Buffer.from(bytes.map(byte => byte ^ 0xFF));
  bytes[0] ^= 0x80;
  return bytes;
}
