import assert from "node:assert/strict";
import { test } from "node:test";
import { TestHost } from "../testing/index.mjs";
import { build, hostOf } from "./support/build.mjs";

const REJECTIONS = [
  ["fail in a reducer", "fail_here", {}, "from here"],
  ["fail in a helper six calls down", "fail_deep", {}, "from the depth"],
  ["throw in a reducer", "throw_here", {}, "thrown"],
  ["throw in a helper", "throw_deep", {}, "thrown below"],
  ["ensure in a reducer", "ensure_lazily", { divisor: 0 }, "zero"],
  ["ensure in a reducer that another one calls", "outer", { value: 0 }, "inner says no"],
  ["fail in a callback", "closure", {}, "inside a callback"],
];

for (const [what, reducer, args, text] of REJECTIONS) {
  test(`${what} rejects the call with its text`, async () => {
    const answer = (await hostOf("types")).call(reducer, args);
    assert.deepEqual([answer.outcome, answer.error], ["rejected", text]);
  });
}

test("ensure builds its text only when the condition fails", async () => {
  const host = await hostOf("types");
  assert.equal(host.call("ensure_lazily", { divisor: 20 }).value, 5);
  assert.equal(host.call("ensure_lazily", { divisor: 13 }).outcome, "trapped", "100 / 0 in the text traps");
});

test("an else keeps its if around a rewritten ensure", async () => {
  const host = await hostOf("types");
  assert.equal(host.call("ensure_lazily", { divisor: -5 }).value, -20);
});

for (const [reducer, text] of [["out_of_range", "Index out of range"], ["assertion", "time has come"]]) {
  test(`a mistake of the module traps and logs what it was: ${reducer}`, async () => {
    const answer = (await hostOf("types")).call(reducer);
    assert.equal(answer.outcome, "trapped");
    assert.equal(answer.logs.length, 1);
    assert.equal(answer.logs[0].level, 5);
    assert.match(answer.logs[0].text, new RegExp(text));
  });
}

test("time, chance, caller, log and events come through the context", async () => {
  const host = await hostOf("types", { now: 1_000_000n, caller: "0f".repeat(32) });
  const answer = host.call("context");
  assert.equal(answer.outcome, "committed", answer.error);
  assert.equal(answer.value, `61000000 ${"0f".repeat(32)} `);
  assert.deepEqual(answer.logs, [{ level: 2, text: "hello Ω" }]);
  assert.deepEqual(answer.events, [{ name: "greeted", payload: { name: "Zoë", colour: "dark_blue" } }]);
});

test("the same seed gives the same chance", async () => {
  const [first, second] = [await hostOf("types", { seed: 7 }), await hostOf("types", { seed: 7 })];
  assert.equal(first.call("context").outcome, "committed");
  assert.equal(second.call("context").outcome, "committed");
  assert.equal(first.nextRandom(), second.nextRandom());
});

test("nothing but the host is imported and nothing but the ABI exported", async () => {
  const { module } = await hostOf("types");
  assert.deepEqual([...new Set(WebAssembly.Module.imports(module).map(item => item.module))], ["interstice"]);
  const strange = WebAssembly.Module.exports(module).map(item => item.name)
    .filter(name => !/^(memory|interstice_init|interstice_alloc|(reducer|query):[a-z][a-z0-9_]*)$/.test(name));
  assert.deepEqual(strange, []);
});

test("a reducer that others call still works on its own", async () => {
  const host = await hostOf("types");
  assert.equal(host.call("inner", { value: 5 }).value, 5);
  assert.equal(host.call("inner", { value: 0 }).error, "inner says no");
  assert.equal(host.call("outer", { value: 5 }).value, 20);
});

test("an event table takes rows without a key", async () => {
  const host = await hostOf("types");
  const answer = host.call("tick", [7]);
  assert.deepEqual(answer.mutations, [{ operation: "insert", table: "ticks", row: { number: 7 } }]);
});

test("a module's own function of the name fail is left alone", async () => {
  const { binary, errors } = await build(`
    function fail(text: string): i32 { return text.length; }
    @reducer function size(): i32 { fail("x"); return fail("four"); }`);
  assert.ok(binary, errors);
  assert.equal(new TestHost(binary).call("size").value, 4);
});
