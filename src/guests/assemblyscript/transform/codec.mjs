// Generates code that writes and reads resolved types in the canonical encoding (docs/formats/values.md). Fixed parts
// are stores and loads at constant offsets from one pointer `p`; everything of varying length moves the pointer.

/** The encoders of one source file. Types made of others get helper functions, which `helpers` returns. */
export class Codec {
  #helpers = new Map();

  /** Text of the helper functions that this file needs. */
  helpers() {
    return [...this.#helpers.values()].join("\n");
  }

  /** An expression for the most bytes that a value takes. */
  bound(type, value) {
    if (type.size !== null) return `${type.size}`;
    switch (type.kind) {
      case "string": return `(4 + ${value}.length * 3)`;
      case "bytes": return `(4 + ${value}.length)`;
      case "struct": return `${value}.__bound()`;
      default: return `${this.#helper(type).bound}(${value})`;
    }
  }

  boundOf(fields, path) {
    const fixed = fields.reduce((sum, field) => sum + (field.type.size ?? 0), 0);
    const varying = fields.filter(field => field.type.size === null).map(field => this.bound(field.type, path(field)));
    return [fixed, ...varying].join(" + ");
  }

  /** Statements that write values one after another from `p`; `p` ends behind them. */
  writeAll(values) {
    const lines = [];
    let offset = 0;
    for (const { type, value } of values) {
      if (type.size !== null) {
        lines.push(this.#store(type, value, offset));
        offset += type.size;
      } else {
        lines.push(`p = ${this.#write(type, value, at(offset))};`);
        offset = 0;
      }
    }
    if (offset > 0) lines.push(`p += ${offset};`);
    return lines.join(" ");
  }

  /** Statements that read values one after another from `p`; with `end`, `p` ends behind them. */
  readAll(targets, end) {
    const lines = [];
    let offset = 0;
    targets.forEach(({ type, target }, index) => {
      const last = index === targets.length - 1 && !end;
      lines.push(`${target} = ${this.read(type, offset)};`);
      if (type.size !== null) {
        offset += type.size;
      } else if (!last) {
        lines.push(`p = ${this.#behind(type, offset)};`);
        offset = 0;
      }
    });
    if (end && offset > 0) lines.push(`p += ${offset};`);
    return lines.join(" ");
  }

  /** An expression that reads a value at `p` plus an offset. */
  read(type, offset, pointer = "p") {
    const place = offset === 0 ? pointer : `${pointer}, ${offset}`;
    const address = at(offset, pointer);
    switch (type.kind) {
      case "bool": return `load<bool>(${place})`;
      case "number": return `load<${type.number}>(${place})`;
      case "enum": return `<${type.as}>load<u8>(${place})`;
      case "block": return `${this.#helper(type).read}(${address})`;
      case "string": return `__interstice_read_string(${address})`;
      case "bytes": return `__interstice_read_bytes(${address})`;
      case "struct": return `${type.as}.__read(${address})`;
      default: return `${this.#helper(type).read}(${address})`;
    }
  }

  /** An expression for the address behind a value of varying length that stands at `address`. */
  skip(type, address) {
    switch (type.kind) {
      case "string": case "bytes": return `__interstice_skip_bytes(${address})`;
      case "struct": return `${type.as}.__skip(${address})`;
      default: return `${this.#helper(type).skip}(${address})`;
    }
  }

  /** Statements that move `p` behind these types. */
  skipAll(types) {
    const lines = [];
    let offset = 0;
    for (const type of types) {
      if (type.size !== null) {
        offset += type.size;
      } else {
        lines.push(`p = ${this.skip(type, at(offset))};`);
        offset = 0;
      }
    }
    if (offset > 0) lines.push(`p += ${offset};`);
    return lines.join(" ");
  }

  // Readers of strings and bytes need not say where they ended, their length does; the others leave it in a global.
  #behind(type, offset) {
    return type.kind === "string" || type.kind === "bytes" ? this.skip(type, at(offset)) : "__interstice_end";
  }

  #store(type, value, offset) {
    const place = offset === 0 ? "" : `, ${offset}`;
    switch (type.kind) {
      case "bool": return `store<u8>(p, u8(${value})${place});`;
      case "number": {
        const stored = type.float ? `__interstice_${type.number}(${value})` : value;
        return `store<${type.number}>(p, ${stored}${place});`;
      }
      case "enum": return `store<u8>(p, <u8>${value}${place});`;
      case "block": return `memory.copy(${at(offset)}, changetype<usize>(${value}), ${type.size});`;
      default: return `${value}.__write(${at(offset)});`;
    }
  }

  #write(type, value, address) {
    switch (type.kind) {
      case "string": return `__interstice_write_string(${value}, ${address})`;
      case "bytes": return `__interstice_write_bytes(${value}, ${address})`;
      case "struct": return `${value}.__write(${address})`;
      default: return `${this.#helper(type).write}(${value}, ${address})`;
    }
  }

  #helper(type) {
    const suffix = type.as.replace(/ \| null/g, "_or_null").replace(/[^A-Za-z0-9_]/g, "_");
    const names = {
      bound: `__bound_${suffix}`, write: `__write_${suffix}`, read: `__read_${suffix}`, skip: `__skip_${suffix}`,
    };
    if (!this.#helpers.has(type.as)) {
      this.#helpers.set(type.as, "");
      this.#helpers.set(type.as, HELPERS[type.kind](this, type, names));
    }
    return names;
  }
}

const HELPERS = {
  block: (codec, type, names) => `
function ${names.read}(p: usize): ${type.as} {
  const value = changetype<${type.as}>(__new(offsetof<${type.as}>(), idof<${type.as}>()));
  memory.copy(changetype<usize>(value), p, ${type.size});
  return value;
}`,

  list: (codec, type, names) => `
function ${names.bound}(list: ${type.as}): i32 {
  ${type.item.size !== null
    ? `return 4 + list.length * ${type.item.size};`
    : `let sum = 4;
  for (let i = 0, n = list.length; i < n; i++) sum += ${codec.bound(type.item, "list[i]")};
  return sum;`}
}
function ${names.write}(list: ${type.as}, p: usize): usize {
  const n = list.length;
  store<u32>(p, n); p += 4;
  for (let i = 0; i < n; i++) { const item = list[i]; ${codec.writeAll([{ type: type.item, value: "item" }])} }
  return p;
}
function ${names.read}(p: usize): ${type.as} {
  const n = load<u32>(p); p += 4;
  const list = new ${type.as}(n);
  for (let i: u32 = 0; i < n; i++) { ${codec.readAll([{ type: type.item, target: "list[i]" }], true)} }
  __interstice_end = p;
  return list;
}
function ${names.skip}(p: usize): usize {
  ${type.item.size !== null
    ? `return p + 4 + <usize>load<u32>(p) * ${type.item.size};`
    : `let n = load<u32>(p); p += 4; while (n-- > 0) { ${codec.skipAll([type.item])} } return p;`}
}`,

  option: (codec, type, names) => {
    const some = type.nullable ? "value !== null" : "value.isSome";
    const none = type.nullable ? "value === null" : "!value.isSome";
    const held = type.nullable ? "value" : "value.value";
    return `
function ${names.bound}(value: ${type.as}): i32 {
  return ${some} ? 1 + ${codec.bound(type.item, held)} : 1;
}
function ${names.write}(value: ${type.as}, p: usize): usize {
  if (${none}) { store<u8>(p, 0); return p + 1; }
  store<u8>(p, 1); p += 1;
  ${codec.writeAll([{ type: type.item, value: held }])}
  return p;
}
function ${names.read}(p: usize): ${type.as} {
  const some = load<u8>(p) != 0; p += 1;
  if (!some) { __interstice_end = p; return ${type.nullable ? "null" : `Option.none<${type.item.as}>()`}; }
  ${codec.readAll([{ type: type.item, target: "const item" }], true)}
  __interstice_end = p;
  return ${type.nullable ? "item" : `Option.some<${type.item.as}>(item)`};
}
function ${names.skip}(p: usize): usize {
  const some = load<u8>(p) != 0; p += 1;
  if (some) { ${codec.skipAll([type.item])} }
  return p;
}`;
  },

  map: (codec, type, names) => `
function ${names.bound}(map: ${type.as}): i32 {
  let sum = 4;
  const keys = map.keys();
  for (let i = 0, n = keys.length; i < n; i++) {
    sum += ${codec.bound(type.keyType, "keys[i]")} + ${codec.bound(type.item, "map.get(keys[i])")};
  }
  return sum;
}
function ${names.write}(map: ${type.as}, p: usize): usize {
  const keys = map.keys(), n = keys.length;
  keys.sort(${comparer(type.keyType)});
  store<u32>(p, n); p += 4;
  for (let i = 0; i < n; i++) {
    const key = keys[i], item = map.get(key);
    ${codec.writeAll([{ type: type.keyType, value: "key" }, { type: type.item, value: "item" }])}
  }
  return p;
}
function ${names.read}(p: usize): ${type.as} {
  let n = load<u32>(p); p += 4;
  const map = new ${type.as}();
  while (n-- > 0) {
    ${codec.readAll([{ type: type.keyType, target: "const key" }, { type: type.item, target: "const item" }], true)}
    map.set(key, item);
  }
  __interstice_end = p;
  return map;
}
function ${names.skip}(p: usize): usize {
  let n = load<u32>(p); p += 4;
  while (n-- > 0) { ${codec.skipAll([type.keyType, type.item])} }
  return p;
}`,
};

function comparer(type) {
  return type.kind === "string" ? "__interstice_compare_strings" : "(a, b) => i32(a > b) - i32(a < b)";
}

function at(offset, pointer = "p") {
  return offset === 0 ? pointer : `${pointer} + ${offset}`;
}
