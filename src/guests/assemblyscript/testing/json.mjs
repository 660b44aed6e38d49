// Values as JSON has them in schemas (docs/formats/json.md), as the JavaScript values of values.mjs.

const BIG = new Set(["i64", "u64", "i128", "u128", "duration"]);

/** The value that a default stands for. */
export function fromJson(schema, type, json) {
  if (BIG.has(type.kind)) return BigInt(json);
  switch (type.kind) {
    case "f32": case "f64": return Number(json);
    case "bytes": return new Uint8Array(Buffer.from(json, "base64"));
    case "uuid": case "identity": return json.replaceAll("-", "").toLowerCase();
    case "timestamp": return microseconds(String(json));
    case "option": return json === null ? null : fromJson(schema, type.item, json[0]);
    case "list": return json.map(item => fromJson(schema, type.item, item));
    case "map": return new Map(json.map(([key, item]) => [fromJson(schema, type.key, key), fromJson(schema, type.item, item)]));
    case "struct":
      return Object.fromEntries(type.fields.map(field => [field.name, fromJson(schema, schema.type(field.type), json[field.name])]));
    case "enum": return variant(schema, type, json);
    default: return json;
  }
}

function variant(schema, type, json) {
  const name = typeof json === "string" ? json : Object.keys(json)[0];
  const payload = type.variants.find(candidate => candidate.name === name).type;
  return payload ? { [name]: fromJson(schema, schema.type(payload), json[name]) } : name;
}

// A date knows thousandths of a second; the digits behind them are added by themselves.
function microseconds(text) {
  const iso = /^(.*T\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?Z$/.exec(text);
  if (!iso) return BigInt(text);
  return BigInt(Date.parse(`${iso[1]}Z`)) * 1000n + BigInt((iso[2] ?? "").padEnd(6, "0"));
}
