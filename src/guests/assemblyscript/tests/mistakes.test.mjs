import assert from "node:assert/strict";
import { test } from "node:test";
import { errorsOf } from "./support/build.mjs";

const IMPORT = "import { Identity, Option, emit, fail } from \"@interstice/assemblyscript\";";
const KEY = "@primaryKey id: u64 = 0;";

// What a newcomer gets wrong, the line of the message, and what it must say.
const MISTAKES = [
  ["a table without a key", "@table(\"a\") class A { id: u64 = 0; }", 2, /table a has no primary key; mark one field of class A/],
  ["two keys", "@table class A { @primaryKey a: u64 = 0;\n@primaryKey b: u64 = 0; }", 3, /@primaryKey\("a", "b"\) on class A/],
  ["a table twice", `@table("a") class A { ${KEY} }\n@table("a") class B { ${KEY} }`, 3, /a is declared twice/],
  ["a table and an event of one name", `@table("a") class A { ${KEY} }\n@event("a") class B { x: u8 = 0; }`, 3, /declared twice/],
  ["a reducer twice", "@reducer function a(): void {}\n@query(\"a\") function b(): u8 { return 0; }", 3, /a is declared twice/],
  ["a field twice", "@event class A { someName: u8 = 0;\nsome_name: u8 = 0; }", 3, /some_name stands twice/],
  ["a float as key", "@table class A { @primaryKey id: f64 = 0; }", 2, /id \(f64\) cannot be a key/],
  ["a list as key", "@table class A { @primaryKey id: Array<u8> = []; }", 2, /cannot be a key/],
  ["a generated string", "@table class A { @primaryKey @autoInc id: string = \"\"; }", 2, /@autoInc needs an integer column/],
  ["an unknown column", `@table @index("by_x", "nme") class A { ${KEY} name: string = ""; }`, 2, /no column nme; it has id, name/],
  ["an index without columns", `@table @index("by_x") class A { ${KEY} }`, 2, /name and its columns/],
  ["an index twice", `@table @index("x", "id")\n@index("x", "id") class A { ${KEY} }`, 3, /index x stands twice/],
  ["an index called like a method", `@table @index("find", "id") class A { ${KEY} }`, 2, /an index cannot be called find/],
  ["a parameter without a type", "@reducer function a(x): void {}", 2, /Type expected|needs a type/],
  ["a parameter with a default", "@reducer function a(x: u8 = 1): void {}", 2, /cannot have a default/],
  ["no result type", "@reducer function a(x: u8) {}", 2, /Type expected/],
  ["a query of nothing", "@query function a(): void {}", 2, /query a must return something/],
  ["a number", "@reducer function a(x: number): void {}", 2, /type number cannot be stored; use f64/],
  ["a pointer-sized integer", "@event class A { x: usize = 0; }", 2, /usize cannot be stored; use u32 or u64/],
  ["a nullable number", "@event class A { x: u64 | null = null; }", 2, /write Option<u64>/],
  ["an unknown type", "@event class A { x: Nothing = 0; }", 2, /Nothing cannot be stored/],
  ["a function type", "@event class A { x: () => void = () => {}; }", 2, /type that can be stored/],
  ["a struct that contains itself", "class B { b: B = new B(); }\n@event class A { x: B = new B(); }", 2, /contains itself/],
  ["structs that contain each other", "class B { c: Array<C> = []; }\nclass C { d: D = new D(); }\nclass D { c: C = new C(); }\n"
    + "@event class A { x: B = new B(); }", 4, /C contains itself/],
  ["a generic class", "class B<T> { b: u8 = 0; }\n@event class A { x: B<u8> = new B<u8>(); }", 3, /without type parameters/],
  ["a subclass", "class B { b: u8 = 0; }\n@event class A extends B { x: u8 = 0; }", 3, /write all its fields/],
  ["a map keyed by objects", "@event class A { x: Map<Identity, u8> = new Map(); }", 2, /compares objects by address/],
  ["an enum with gaps", "enum E { a, b = 5 }\n@event class A { e: E = E.a; }", 2, /variant b must be number 1/],
  ["arguments of a lifecycle reducer", "@init function a(x: u8): void {}", 2, /without arguments/],
  ["an unknown option", `@table("a", { knd: "event" }) class A { ${KEY} }`, 2, /no option knd; there is kind, visibility, version/],
  ["a wrong option", `@table("a", { kind: "evnt" }) class A { ${KEY} }`, 2, /one of logged, ephemeral, event/],
  ["a bad name", `@table("My-Table") class A { ${KEY} }`, 2, /a-z, 0-9 and _/],
  ["a default of the wrong type", `@table class A { ${KEY} @defaultValue("x") n: i32 = 0; }`, 2, /one literal of type i32/],
  ["an initial value beside another default", `@table class A { ${KEY} @defaultValue(5) n: i32 = 0; }`, 2, /begins with 0 and has the default 5/],
  ["a remote reducer without a module", "@remote(\"take\") declare function take(): void;", 2, /stands for: @remote\("stock.reserve"\)/],
  ["a remote reducer with a body", "@remote(\"a.b\") function take(): void {}", 2, /declare it without a body/],
  ["a remote reducer that is one of this module", "@reducer @remote(\"a.b\") declare function take(): void;", 2, /of another module/],
  ["a subscription to nothing", "@subscription(\"items\", \"insert\") function a(): void {}", 2, /@subscription\("stock.items", "insert"\)/],
  ["a subscription to an unknown operation", "@subscription(\"a.b\", \"upsert\") function a(): void {}", 2, /one of insert, update, delete, event/],
  ["a subscription of a query", "@query @subscription(\"a.b\", \"insert\") function a(): u8 { return 0; }", 2, /cannot handle a subscription/],
  ["an unknown option of a subscription", "@subscription(\"a.b\", \"insert\", { since: \"now\" }) function a(): void {}", 2, /no option since; there is from, depth/],
  ["a stray decorator", "class A { @primaryKey id: u64 = 0; }", 2, /mark class A with @table/],
];

for (const [what, source, line, message] of MISTAKES) {
  test(`is reported with its line: ${what}`, async () => {
    const errors = await errorsOf(`${IMPORT}\n${source}\n`);
    assert.match(errors, message);
    assert.match(errors, new RegExp(`in assembly/index\\.ts\\(${line},\\d+\\)`));
  });
}

test("a foreign import is refused with what to use instead", async () => {
  const errors = await errorsOf("@reducer function a(): void { console.log(\"x\"); }");
  assert.match(errors, /asks for env\.console\.log \(for output use log\.info/);
});

test("the module's name and version come from package.json", async () => {
  const source = "@reducer function a(): void {}";
  assert.match(await errorsOf(source, { "package.json": "{\"name\":\"@x/9lives\",\"version\":\"1.0.0\"}" }), /module name "9lives"/);
  assert.match(await errorsOf(source, { "package.json": "{\"name\":\"a\"}" }), /"version" must be a semantic version/);
});

test("a compile error behind a rewritten line keeps its line number", async () => {
  const source = "import { fail } from \"@interstice/assemblyscript\";\n@reducer function a(): void {\n"
    + "  if (1 > 2) fail(\n    \"x\");\n  let y: u8 = \"text\";\n}";
  assert.match(await errorsOf(source), /in assembly\/index\.ts\(5,/);
});
