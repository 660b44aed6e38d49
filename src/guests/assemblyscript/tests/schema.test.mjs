import assert from "node:assert/strict";
import { test } from "node:test";
import { Schema } from "../testing/index.mjs";
import { build, hostOf } from "./support/build.mjs";

async function schemaOf(source) {
  const { binary, errors } = await build(source);
  assert.ok(binary, errors);
  return Schema.of(new WebAssembly.Module(binary)).lines;
}

test("each declaration is one line, with names in snake case", async () => {
  const lines = await schemaOf(`
    import { Timestamp } from "@interstice/assemblyscript";
    enum State { open, closedForGood = 1 }
    type Money = i64;
    class Place { street: string = ""; zipCode: string | null = null; }
    @table("people", { visibility: "private", version: 3 })
    @index("by_state", "state", "bornAt")
    class Person {
      @primaryKey @autoInc id: u32 = 0;
      @unique mailAddress: string = "";
      state: State = State.open;
      @index bornAt: Timestamp = 0;
      home: Place | null = null;
      @defaultValue(-5) debt: Money = -5;
      @defaultValue("none") nick: string;
      @defaultValue(true) active: bool = true;
      @defaultValue(1.5) weight: f32;
    }
    @table({ kind: "ephemeral" }) class OnlineUser { @primaryKey name: string = ""; }
    @table("moves", { kind: "event" }) class Move { x: i32 = 0; }
    @event class Birthday { person: u32 = 0; }
    @init function setUp(): void {}
    @reducer({ visibility: "private", calls: ["stock.reserve"] })
    function movePerson(personId: u32, toPlace: Place): void {}
    @query("head_count") function headCount(): u64 { return 0; }
  `);
  assert.deepEqual(lines, [
    { module: { name: "sample", version: "1.2.3", abi: 1 } },
    { type: { name: "State", enum: [{ name: "open" }, { name: "closed_for_good" }] } },
    {
      type: {
        name: "Place",
        struct: [{ name: "street", type: "string" }, { name: "zip_code", type: "option<string>" }],
      },
    },
    { type: { name: "Money", alias: "i64" } },
    { type: { name: "Birthday", struct: [{ name: "person", type: "u32" }] } },
    {
      table: {
        name: "people",
        columns: [
          { name: "id", type: "u32", primaryKey: true, autoInc: true },
          { name: "mail_address", type: "string", unique: true },
          { name: "state", type: "State" },
          { name: "born_at", type: "timestamp" },
          { name: "home", type: "option<Place>" },
          { name: "debt", type: "Money", default: "-5" },
          { name: "nick", type: "string", default: "none" },
          { name: "active", type: "bool", default: true },
          { name: "weight", type: "f32", default: 1.5 },
        ],
        indexes: [{ name: "born_at", columns: ["born_at"] }, { name: "by_state", columns: ["state", "born_at"] }],
        visibility: "private",
        version: 3,
      },
    },
    {
      table: { name: "online_user", columns: [{ name: "name", type: "string", primaryKey: true }], kind: "ephemeral" },
    },
    { table: { name: "moves", columns: [{ name: "x", type: "i32" }], kind: "event" } },
    { event: { name: "birthday", type: "Birthday" } },
    { reducer: { name: "set_up", lifecycle: "init" } },
    {
      reducer: {
        name: "move_person",
        parameters: [{ name: "person_id", type: "u32" }, { name: "to_place", type: "Place" }],
        visibility: "private",
        calls: ["stock.reserve"],
      },
    },
    { query: { name: "head_count", result: "u64" } },
  ]);
});

test("reducers in files that the entry imports are part of the module", async () => {
  const { schema } = await hostOf("types");
  assert.ok(schema.reducers.has("forget"));
  assert.deepEqual(schema.tables.find(table => table.name === "readings").primaryKey, ["sensor", "at"]);
});

test("building twice gives the same bytes", async () => {
  const source = "@table class A { @primaryKey id: u64 = 0; }\n@reducer function add(): void { db.a.insert({}); }";
  const [first, second] = [await build(source), await build(source)];
  assert.ok(first.binary.equals(second.binary));
});
