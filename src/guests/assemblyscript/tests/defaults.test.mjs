import assert from "node:assert/strict";
import { test } from "node:test";
import { Schema, TestHost } from "../testing/index.mjs";
import { Table } from "../testing/table.mjs";
import { encodeFields } from "../testing/values.mjs";
import { build } from "./support/build.mjs";

const SOURCE = `
import { Option } from "@interstice/assemblyscript";

@table("accounts")
class Account {
  @primaryKey @autoInc id: u64 = 0;
  owner: string = "";
  @defaultValue("free") plan: string;
  @defaultValue(-5) debt: i64;
  @defaultValue(1.5) weight: f32;
  @defaultValue(true) active: bool = true;
  @defaultValue(null) nick: string | null;
  @defaultValue(null) age: Option<u8>;
}

@reducer
function open(owner: string): u64 { return db.accounts.insert({ owner }).id; }

@reducer
function openAs(owner: string, plan: string): u64 { return db.accounts.insert({ owner, plan }).id; }
`;

const STANDARD = { plan: "free", debt: -5n, weight: 1.5, active: true, nick: null, age: null };

async function accounts() {
  const { binary, errors } = await build(SOURCE);
  assert.ok(binary, errors);
  return new TestHost(binary);
}

test("a field with a default begins with it", async () => {
  const host = await accounts();
  assert.equal(host.call("open", ["ann"]).value, 1n);
  assert.equal(host.call("open_as", ["bob", "gold"]).value, 2n);
  assert.deepEqual(host.rows("accounts"), [
    { id: 1n, owner: "ann", ...STANDARD },
    { id: 2n, owner: "bob", ...STANDARD, plan: "gold" },
  ]);
});

test("given rows may leave out columns that have defaults", async () => {
  const host = await accounts();
  assert.deepEqual(host.given("accounts", { id: 7n, owner: "ann", debt: 1n }), { id: 7n, owner: "ann", ...STANDARD, debt: 1n });
});

// What the host does with rows that end early, whoever wrote the module.
test("a row is completed from its end, with defaults of every type", () => {
  const defaults = [
    ["u8", 3, 3], ["i128", "-7", -7n], ["f64", "NaN", NaN], ["string", "x", "x"], ["bytes", "AQI=", new Uint8Array([1, 2])],
    ["uuid", "00112233-4455-6677-8899-AABBCCDDEEFF", "00112233445566778899aabbccddeeff"], ["duration", 5, 5n],
    ["timestamp", "1970-01-01T00:00:01.5Z", 1500000n], ["timestamp", "12", 12n], ["identity", "AB".repeat(32), "ab".repeat(32)],
    ["option<u8>", [4], 4], ["list<bool>", [true], [true]], ["map<string,i64>", [["a", "1"]], new Map([["a", 1n]])],
    ["Point", { x: 1 }, { x: 1 }], ["Shape", { circle: 2 }, { circle: 2 }], ["Shape", "none", "none"],
  ];
  const columns = [{ name: "id", type: "u8", primaryKey: true }, ...defaults.map(([type, json], at) => ({ name: `c${at}`, type, default: json }))];
  const schema = new Schema([
    { type: { name: "Point", struct: [{ name: "x", type: "u8" }] } },
    { type: { name: "Shape", enum: [{ name: "none" }, { name: "circle", type: "u8" }] } },
    { table: { name: "t", columns } },
  ].map(line => JSON.stringify(line)).join("\n"));
  const table = new Table(schema, schema.tables[0]);
  const whole = { id: 9, ...Object.fromEntries(defaults.map(([, , value], at) => [`c${at}`, value])) };
  const bytes = encodeFields(schema, columns, whole);
  for (let given = 1; given <= columns.length; given++) {
    assert.deepEqual(table.complete(encodeFields(schema, columns.slice(0, given), whole)), bytes, `${given} columns`);
  }
  assert.deepEqual(table.insert(table.complete(Buffer.from([9]))).row, whole);
  assert.equal(table.complete(Buffer.alloc(0)).length, 0);
  assert.equal(table.complete(bytes.subarray(0, bytes.length - 20)).length, bytes.length - 20);
});
