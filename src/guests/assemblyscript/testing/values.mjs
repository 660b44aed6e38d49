import { compareKeys, keyOf } from "./keys.mjs";

// The canonical encoding, strict in both directions. JavaScript values: bigint for 64 and more bits and for times,
// number for the rest, hexadecimal text for uuid and identity, Uint8Array for bytes, null for none, Map for maps,
// objects for structs, the name of a variant for an enum (`{ name: payload }` with a payload).

const FIXED = {
  i8: ["Int8", 1], u8: ["Uint8", 1], i16: ["Int16", 2], u16: ["Uint16", 2], i32: ["Int32", 4], u32: ["Uint32", 4],
  i64: ["BigInt64", 8], u64: ["BigUint64", 8], f32: ["Float32", 4], f64: ["Float64", 8],
  timestamp: ["BigInt64", 8], duration: ["BigInt64", 8],
};
const BLOCKS = { uuid: 16, identity: 32 };
const MASK = (1n << 64n) - 1n;

/** The canonical bytes of a value. */
export function encode(schema, type, value) {
  const parts = [];
  write(schema, type, value, parts);
  return Buffer.concat(parts);
}

/** The value of canonical bytes; throws on anything else. */
export function decode(schema, type, bytes) {
  const reader = new Reader(bytes);
  const value = read(schema, type, reader);
  reader.end();
  return value;
}

/** A row or arguments: fields in order, without a length. */
export function encodeFields(schema, fields, value) {
  return Buffer.concat(fields.map(field => encode(schema, schema.type(field.type), value[field.name])));
}

export function decodeFields(schema, fields, bytes) {
  const reader = new Reader(bytes);
  const value = {};
  for (const field of fields) value[field.name] = read(schema, schema.type(field.type), reader);
  reader.end();
  return value;
}

/** Reads values of these types from the front; returns them with the number of bytes read. */
export function decodePrefix(schema, types, bytes) {
  const reader = new Reader(bytes);
  const values = types.map(type => read(schema, type, reader));
  return { values, length: reader.at };
}

function write(schema, type, value, parts) {
  if (FIXED[type.kind]) return void parts.push(fixed(type.kind, value));
  switch (type.kind) {
    case "bool": return void parts.push(Buffer.from([value ? 1 : 0]));
    case "string": return void parts.push(counted(Buffer.from(value, "utf8")));
    case "bytes": return void parts.push(counted(Buffer.from(value)));
    case "uuid": case "identity": return void parts.push(Buffer.from(value, "hex"));
    case "u128": case "i128": return void parts.push(fixed("u64", value & MASK), fixed("u64", (value >> 64n) & MASK));
    case "option":
      parts.push(Buffer.from([value === null ? 0 : 1]));
      if (value !== null) write(schema, type.item, value, parts);
      return;
    case "list":
      parts.push(fixed("u32", value.length));
      for (const item of value) write(schema, type.item, item, parts);
      return;
    case "map": return writeMap(schema, type, value, parts);
    case "struct":
      for (const field of type.fields) write(schema, schema.type(field.type), value[field.name], parts);
      return;
    case "enum": return writeVariant(schema, type, value, parts);
    default: throw new Error(`type ${type.kind} is not known`);
  }
}

function writeMap(schema, type, value, parts) {
  const entries = [...value].map(([key, item]) => ({ order: keyOf(schema, type.key, key), key, item }));
  entries.sort((a, b) => compareKeys(a.order, b.order));
  parts.push(fixed("u32", entries.length));
  for (const { key, item } of entries) {
    write(schema, type.key, key, parts);
    write(schema, type.item, item, parts);
  }
}

function writeVariant(schema, type, value, parts) {
  const name = typeof value === "string" ? value : Object.keys(value)[0];
  const index = type.variants.findIndex(variant => variant.name === name);
  if (index < 0) throw new Error(`no variant ${name}`);
  parts.push(Buffer.from([index]));
  const payload = type.variants[index].type;
  if (payload) write(schema, schema.type(payload), value[name], parts);
}

function read(schema, type, reader) {
  if (FIXED[type.kind]) return readFixed(type.kind, reader);
  switch (type.kind) {
    case "bool": return reader.tag("bool", 1) === 1;
    case "string": return utf8(reader.counted());
    case "bytes": return new Uint8Array(reader.counted());
    case "uuid": case "identity": return reader.take(BLOCKS[type.kind]).toString("hex");
    case "u128": return readFixed("u64", reader) | (readFixed("u64", reader) << 64n);
    case "i128": return readFixed("u64", reader) | (readFixed("i64", reader) << 64n);
    case "option": return reader.tag("option", 1) === 1 ? read(schema, type.item, reader) : null;
    case "list": return Array.from({ length: readFixed("u32", reader) }, () => read(schema, type.item, reader));
    case "map": return readMap(schema, type, reader);
    case "struct": return Object.fromEntries(type.fields.map(field =>
      [field.name, read(schema, schema.type(field.type), reader)]));
    case "enum": return readVariant(schema, type, reader);
    default: throw new Error(`type ${type.kind} is not known`);
  }
}

function readMap(schema, type, reader) {
  const map = new Map();
  let last = null;
  for (let count = readFixed("u32", reader); count > 0; count--) {
    const key = read(schema, type.key, reader);
    const order = keyOf(schema, type.key, key);
    if (last !== null && compareKeys(last, order) >= 0) {
      throw new Error("the entries of a map are not in ascending order");
    }
    last = order;
    map.set(key, read(schema, type.item, reader));
  }
  return map;
}

function readVariant(schema, type, reader) {
  const variant = type.variants[reader.tag("enum", type.variants.length - 1)];
  return variant.type ? { [variant.name]: read(schema, schema.type(variant.type), reader) } : variant.name;
}

function readFixed(kind, reader) {
  const [method, size] = FIXED[kind];
  const bytes = reader.take(size);
  const value = new DataView(bytes.buffer, bytes.byteOffset, size)[`get${method}`](0, true);
  if (Number.isNaN(value) && !bytes.equals(fixed(kind, NaN))) throw new Error("a NaN is not the canonical one");
  return value;
}

function fixed(kind, value) {
  const [method, size] = FIXED[kind];
  const bytes = Buffer.alloc(size);
  const view = new DataView(bytes.buffer, bytes.byteOffset, size);
  if (kind === "f32" && Number.isNaN(value)) view.setUint32(0, 0x7FC00000, true);
  else if (kind === "f64" && Number.isNaN(value)) view.setBigUint64(0, 0x7FF8000000000000n, true);
  else view[`set${method}`](0, value, true);
  return bytes;
}

function counted(bytes) {
  return Buffer.concat([fixed("u32", bytes.length), bytes]);
}

function utf8(bytes) {
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
}

class Reader {
  constructor(bytes) {
    this.bytes = Buffer.from(bytes);
    this.at = 0;
  }

  take(count) {
    if (this.at + count > this.bytes.length) {
      throw new Error(`${count} bytes are missing at ${this.at} of ${this.bytes.length}`);
    }
    this.at += count;
    return this.bytes.subarray(this.at - count, this.at);
  }

  counted() {
    return this.take(readFixed("u32", this));
  }

  tag(kind, max) {
    const value = this.take(1)[0];
    if (value > max) throw new Error(`${value} is no tag of ${kind}`);
    return value;
  }

  end() {
    if (this.at !== this.bytes.length) throw new Error(`${this.bytes.length - this.at} bytes too many`);
  }
}
