import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { test } from "node:test";
import { buildModule } from "../build/index.mjs";
import { TestHost } from "../testing/index.mjs";
import { compareVersions, isVersion } from "../transform/versions.mjs";
import { build, errorsOf } from "./support/build.mjs";

const MODULES = new URL("../../../../tests/modules/assemblyscript/", import.meta.url);
const PACKAGE = { "package.json": JSON.stringify({ name: "people", version: "2.0.0" }) };
const IMPORT = "import { cancel, emit, fail, now, random, Timestamp } from \"@interstice/assemblyscript\";";
const TABLES = `
@old("people") class OldPerson { @primaryKey @autoInc id: u32 = 0; @unique name: string = ""; }
@table("people") class Person { @primaryKey @autoInc id: u32 = 0; first: string = ""; last: string = ""; }
@table("names") class Name { @primaryKey text: string = ""; count: u32 = 0; }
`;

const committed = name => readFileSync(new URL(`${name}/${name}.wasm`, MODULES));

async function hostOf(source, others = {}) {
  const { binary, errors } = await build(`${IMPORT}${TABLES}${source}`, { ...PACKAGE, ...others });
  assert.ok(binary, errors);
  return new TestHost(binary, { now: 7n, seed: 3 });
}

async function migrationOf(source, others = {}) {
  const { schema } = await hostOf(source, others);
  return schema.lines.filter(line => line.migration).map(line => line.migration);
}

for (const name of ["directory-one", "directory-three"]) {
  test(`the committed ${name} is what its sources build`, async () => {
    const { binary, errors } = await buildModule(fileURLToPath(new URL(name, MODULES)));
    assert.ok(binary, errors);
    assert.ok(committed(name).equals(binary), "build it again with interstice-asc and commit the result");
  });
}

test("a migration declares what it reads as the classes say, and what it fills by name or as the class says", () => {
  const { schema } = new TestHost(committed("directory-three"));
  const id = { name: "id", type: "u32", primaryKey: true, autoInc: true };
  const two = { name: "people", columns: [id, { name: "first", type: "string" }, { name: "last", type: "string" }] };
  const one = {
    name: "people", columns: [id, { name: "name", type: "string" }, { name: "born", type: "u16" }],
    indexes: [{ name: "by_born", columns: ["born", "name"] }],
  };
  const sayings = {
    name: "sayings", columns: [id, { name: "person", type: "u32" }, { name: "text", type: "string" }],
    indexes: [{ name: "person", columns: ["person"] }],
  };
  assert.deepEqual(schema.lines.filter(line => line.migration).map(line => line.migration), [
    { from: "2.0.0", to: "3.0.0", reducer: "join", reads: [two, sayings], writes: ["persons"], drops: ["people", "sayings"] },
    { from: "1.0.0", to: "2.0.0", reducer: "split", reads: [one], writes: [two] },
  ]);
  assert.deepEqual(schema.tables.map(table => table.name), ["persons"]);
});

test("a migration fills tables from old rows, by the indexes that these had", () => {
  const host = new TestHost(committed("directory-three"));
  const split = host.migrate("split", { people: [{ id: 1, name: "Grace Brewster Hopper", born: 1906 }, { id: 2, name: "Ada Lovelace", born: 1815 }] });
  assert.equal(split.outcome, "committed", split.error);
  assert.deepEqual(split.mutations.map(mutation => mutation.row.first), ["Ada", "Grace"]);
  const people = [{ id: 1, first: "Grace", last: "Brewster Hopper" }, { id: 2, first: "Ada", last: "Lovelace" }];
  assert.deepEqual(split.rows, { people });
  const sayings = [{ id: 1, person: 2, text: "a" }, { id: 2, person: 1, text: "b" }, { id: 3, person: 2, text: "c" }];
  const persons = [{ id: 1, sorted_by: "Brewster Hopper, Grace", sayings: ["b"] }, { id: 2, sorted_by: "Lovelace, Ada", sayings: ["a", "c"] }];
  assert.deepEqual(host.migrate("join", { people, sayings }).rows, { persons });
  assert.deepEqual(host.rows("persons"), persons);
  assert.equal(host.call("add", ["Alan", "Turing"]).value, 3);
});

test("a migration that says no leaves everything as it was", () => {
  const host = new TestHost(committed("directory-three"));
  host.call("add", ["Alan", "Turing"]);
  const before = host.rows("persons");
  const answer = host.migrate("split", { people: [{ id: 1, name: "Plato", born: 0 }] });
  assert.deepEqual([answer.outcome, answer.error, answer.rows, answer.mutations], ["rejected", "Plato has one name only", {}, []]);
  assert.deepEqual(host.rows("persons"), before);
  assert.throws(() => host.migrate("none"), /no migration none/);
  assert.throws(() => host.migrate("split", { persons: [] }), /reads no table persons/);
});

test("old tables are read by key, by unique index and by count, and what is filled by its own name", async () => {
  const host = await hostOf(`
    @migration("1.0.0", "2.0.0") function rename(): void {
      const first = old.people.get(2), second = old.people.name.find("Ada");
      if (old.people.has(3) || second == null || old.people.find(9) != null) fail("wrong rows");
      db.people.insert({ id: first.id, first: first.name, last: old.people.count.toString() });
      db.people.update({ id: first.id, first: first.name, last: db.people.count.toString() + second.name });
      const next = db.people.insert({ first: now().toString(), last: "" });
      if (db.people.has(next.id) && db.names.tryInsert({ text: "x", count: next.id })) db.names.delete("x");
    }`);
  const answer = host.migrate("rename", { people: [{ id: 1, name: "Ada" }, { id: 2, name: "Grace" }] });
  assert.deepEqual(answer.rows, { people: [{ id: 2, first: "Grace", last: "1Ada" }, { id: 3, first: "7", last: "" }], names: [] }, answer.error);
});

test("numbers that old rows have are not given out again", async () => {
  const host = await hostOf(`
    @migration("1.0.0", "2.0.0") function empty(): void { if (old.people.count < 0) db.people.insert({}); }
    @reducer function add(): u32 { return db.people.insert({}).id; }`);
  host.given("people", { id: 40, first: "", last: "" });
  assert.deepEqual(host.migrate("empty", { people: [{ id: 8, name: "Ada" }] }).rows, { people: [] });
  assert.equal(host.call("add").value, 9);
});

test("tables are found through functions, constructors and static methods of other files", async () => {
  const [migration] = await migrationOf(`
    import { fill as more } from "./more";
    class Filling { static all(): void { db.names.insert({ text: "" }); } }
    class Reader { count: i64; constructor() { this.count = old.people.count; } }
    @migration("1.0.0", "2.0.0", { drops: ["nick_names"] }) function rename(): void { new Reader(); Filling.all(); more(); }`, {
    "assembly/more.ts": "export { fill } from \"./most\";",
    "assembly/most.ts": "export function fill(): void { db.people.insert({}); }",
  });
  assert.deepEqual(migration.reads.map(table => table.name), ["people"]);
  assert.deepEqual(migration.writes.toSorted(), ["names", "people"]);
  assert.deepEqual(migration.drops, ["nick_names"]);
});

test("a name that means something else here is no use of a table", async () => {
  const [migration] = await migrationOf(`
    function count(): i64 { return db.names.count; }
    class Text { count: i64 = 0; }
    @migration("1.0.0", "2.0.0") function rename(): void {
      const count: i64 = old.people.count;
      const text: Text = { count: count };
      db.people.insert({ last: text.count.toString() });
    }`);
  assert.deepEqual(migration.writes, ["people"]);
});

const METHOD = `
class Writer { fill(): void { db.names.insert({ text: "" }); } }
class Other { fill(): void {} }
`;

test("where only a type tells what runs, the author is asked, and the list counts", async () => {
  const code = "db.people.insert({}); new Other().fill();";
  const errors = await errorsOf(`${TABLES}${METHOD}@migration("1.0.0", "2.0.0") function a(): void { ${code} }`, PACKAGE);
  assert.match(errors, /whether migration a uses db\.names depends on which method is called; .*\{ tables: \["db\.people"\] \}/);
  const listed = await migrationOf(`${METHOD}@migration("1.0.0", "2.0.0", { tables: ["db.people"] }) function a(): void { ${code} }`);
  assert.deepEqual(listed, [{ from: "1.0.0", to: "2.0.0", reducer: "a", writes: ["people"] }]);
  const both = await migrationOf(`${METHOD}@migration("1.0.0", "2.0.0", { tables: ["db.people", "db.names", "old.people"] }) function a(): void { ${code} }`);
  assert.deepEqual(both[0].writes, ["people", "names"]);
  assert.deepEqual(both[0].reads.map(table => table.name), ["people"]);
});

test("the test host is as strict as the real one", async () => {
  const source = code => `${METHOD}
    class Sender { send(): void { timers.rename.at(0); } }
    @event class Said { x: u8 = 0; }
    @reducer function rename(): void {}
    @migration("1.0.0", "2.0.0", { tables: ["db.people", "old.people"] }) function a(): void { ${code} }`;
  const trapOf = async code => {
    const answer = (await hostOf(source(code))).migrate("a");
    assert.equal(answer.outcome, "trapped");
    return answer.error;
  };
  assert.match(await trapOf("new Writer().fill();"), /does not fill table names/);
  assert.match(await trapOf("new Sender().send();"), /schedule was called in the migration a/);
});

const MIGRATION = "@migration(\"1.0.0\", \"2.0.0\") function a(): void";
const FILL = "db.people.insert({});";
// What, code behind the tables, the line of it, and the message.
const MISTAKES = [
  ["no versions", "@migration function a(): void {}", /@migration\("1\.0\.0", "2\.0\.0"\)/],
  ["a version that is none", `@migration("1.0", "2.0.0") function a(): void { ${FILL} }`, /write the versions/],
  ["an earlier version", `@migration("2.0.0", "1.9.9") function a(): void { ${FILL} }`, /1\.9\.9 is not later than 2\.0\.0/],
  ["a version beyond the module's", `@migration("2.0.0", "2.0.1") function a(): void { ${FILL} }`, /leads to 2\.0\.1, and the module has version 2\.0\.0/],
  ["two ways from a version", `@migration("1.0.0", "1.5.0") function b(): void { ${FILL} } ${MIGRATION} { ${FILL} }`, /only one may leave a version/],
  ["an unknown option", `@migration("1.0.0", "2.0.0", { reads: ["x"] }) function a(): void { ${FILL} }`, /no option reads; there is tables, drops/],
  ["an option that is no list", `@migration("1.0.0", "2.0.0", { drops: "x" }) function a(): void { ${FILL} }`, /drops is a list of texts/],
  ["arguments", `@migration("1.0.0", "2.0.0") function a(x: u8): void { ${FILL} }`, /without arguments/],
  ["a result", `@migration("1.0.0", "2.0.0") function a(): u8 { ${FILL} return 0; }`, /takes no result/],
  ["a reducer", `@reducer ${MIGRATION} { ${FILL} }`, /remove its other decorators/],
  ["nothing to fill", `${MIGRATION} { old.people.count; }`, /fills no table/],
  ["a table filled and dropped", `@migration("1.0.0", "2.0.0", { drops: ["people"] }) function a(): void { ${FILL} }`, /both filled and dropped/],
  ["a dropped table in camelCase", `@migration("1.0.0", "2.0.0", { drops: ["nickNames"] }) function a(): void { ${FILL} }`, /names are in snake_case/],
  ["two declarations to fill", `${MIGRATION} { ${FILL} filled.people.insert({}); }`, /fills table people by two declarations/],
  ["a table not logged", `@table({ kind: "ephemeral" }) class Here { @primaryKey id: u8 = 0; } ${MIGRATION} { db.here.insert({}); }`, /db\.here is ephemeral/],
  ["a table that the list leaves out", `@migration("1.0.0", "2.0.0", { tables: ["old.people"] }) function a(): void { ${FILL} }`, /uses db\.people, which its option/],
  ["a table that there is not", `@migration("1.0.0", "2.0.0", { tables: ["db.persons"] }) function a(): void {}`, /there is no table db\.persons/],
  ["an old table that is not declared", `${MIGRATION} { ${FILL} old.names.count; }`, /there is no old\.names; there is people/],
  ["a write to an old table", `${MIGRATION} { ${FILL} old.people.insert({}); }`, /can only be read; fill db\.<table>, or filled\.people/],
  ["an event", `@event class Said { x: u8 = 0; } ${MIGRATION} { ${FILL} emit<Said>({}); }`, /migration a cannot emit an event/],
  ["a timer", `@reducer function later(): void {} ${MIGRATION} { ${FILL} timers.later.at(0); }`, /cannot make a timer/],
  ["a timer taken out", `function out(): void { cancel(1); } ${MIGRATION} { ${FILL} out(); }`, /cannot take out a timer/],
  ["another module", `@remote("a.b") declare function far(): void; ${MIGRATION} { ${FILL} far(); }`, /cannot call another module \(far\)/],
  ["an old table in a reducer", `function all(): i64 { return old.people.count; } @reducer function b(): i64 { return all(); }`, /migrations only, and reducer b/],
  ["an old table twice", "@old(\"people\") class Again { @primaryKey id: u8 = 0; }", /@old\("people", \{ as: "people2" \}\)/],
  ["a bad accessor", "@old(\"x\", { as: \"x-1\" }) class Again { @primaryKey id: u8 = 0; }", /option as is a name such as x1/],
  ["an old table that is one of now", "@old(\"x\") @table(\"y\") class Again { @primaryKey id: u8 = 0; }", /write a class of its own/],
  ["an old table of events", "@old(\"x\", { kind: \"event\" }) class Again { @primaryKey id: u8 = 0; }", /no option kind; there is as, visibility, version/],
];

for (const [what, code, message] of MISTAKES) {
  test(`is reported with its line: ${what}`, async () => {
    const lines = `${IMPORT}${TABLES}`.split("\n").length;
    const errors = await errorsOf(`${IMPORT}${TABLES}${code}\n`, PACKAGE);
    assert.match(errors, message);
    assert.match(errors, new RegExp(`in assembly/index\\.ts\\(${lines},\\d+\\)`));
  });
}

test("versions are ordered as semver.org says", () => {
  const ordered = ["1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0", "1.0.10", "1.2.0", "11.0.0"];
  for (let at = 1; at < ordered.length; at++) {
    assert.ok(compareVersions(ordered[at - 1], ordered[at]) < 0, ordered[at]);
    assert.ok(compareVersions(ordered[at], ordered[at - 1]) > 0, ordered[at]);
  }
  assert.equal(compareVersions("1.0.0+a", "1.0.0+b"), 0);
  for (const text of ["1.0", "01.0.0", "1.0.0-01", "1.0.0-", "v1.0.0", undefined, 1]) assert.ok(!isVersion(text), `${text}`);
});
