import assert from "node:assert/strict";
import { test } from "node:test";
import { hostOf } from "./support/build.mjs";

const PLAIN = {
  flag: true, tiny: -128, byte: 255, short: -32768, word: 65535, int: -(2 ** 31), uint: 2 ** 32 - 1,
  long: -(2n ** 63n), ulong: 2n ** 64n - 1n, huge: 2n ** 128n - 1n, wide: -(2n ** 127n), single: 1.5, double: -0,
  text: "Zoë \u0000 \u{1F600}", blob: new Uint8Array([0, 255, 7]), id: "000102030405060708090a0b0c0d0e0f",
  who: "ab".repeat(32), moment: -1n, span: 90n, colour: "dark_blue", price: -5n, maybe_text: "here", maybe_number: 0,
  maybe_point: { x: -1, y: 2 }, numbers: [1, -2], texts: ["", "a", "ü"], nested: [[], [1, 2]],
  points: [{ x: 1, y: 2 }, { x: 3, y: 4 }], maybes: [null, "x"],
  by_name: new Map([["a", 1n], ["b", -1n]]), by_number: new Map([[-3, "low"], [7, "high"]]),
  tree: { name: "root", children: [{ name: "leaf", children: [], corner: { x: 5, y: 6 } }], corner: { x: 0, y: 1 } },
  last: 4242,
};
const EMPTY = {
  ...PLAIN, text: "", blob: new Uint8Array(0), maybe_text: null, maybe_number: null, maybe_point: null, numbers: [],
  texts: [], nested: [], points: [], maybes: [], by_name: new Map(), by_number: new Map(), tree: null,
};

test("every type comes back as it went in", async () => {
  const host = await hostOf("types");
  for (const value of [PLAIN, EMPTY]) {
    const answer = host.call("echo", { value });
    assert.equal(answer.outcome, "committed", answer.error);
    assert.deepEqual(answer.value, value);
  }
});

test("a row holds every type, and the columns behind it are found by skipping it", async () => {
  const host = await hostOf("types");
  for (const [key, value] of [["plain", PLAIN], ["empty", EMPTY]]) {
    const answer = host.call("keep", { key, value });
    assert.equal(answer.outcome, "committed", answer.error);
    assert.deepEqual(host.query("kept", { key }).value, value);
  }
  assert.deepEqual(host.query("afters").value, [7, 7]);
});

test("values larger than the first buffers pass in every direction", async () => {
  const host = await hostOf("types");
  const value = { ...PLAIN, text: "é".repeat(70_000), numbers: Array.from({ length: 50_000 }, (_, at) => at) };
  assert.equal(host.call("keep", { key: "large", value }).outcome, "committed");
  assert.deepEqual(host.query("kept", { key: "large" }).value, value);
  assert.deepEqual(host.query("afters").value, [7]);
});

test("arguments of varying length are read one after another", async () => {
  const host = await hostOf("types");
  assert.equal(host.call("swap", { first: "Ω", second: "long enough to matter" }).value, "long enough to matterΩ");
});

test("the entries of a map leave in the order of their keys' UTF-8 bytes", async () => {
  const host = await hostOf("types");
  const names = ["\u{10000}", "\uFFFD", "z", "", "a\u0000", "a", "\uE000", "\uD7FF"];
  const value = { ...PLAIN, by_name: new Map(names.map(name => [name, 1n])) };
  const sorted = [...names].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const answer = host.call("echo", { value });
  assert.equal(answer.outcome, "committed", answer.error);
  assert.deepEqual([...answer.value.by_name.keys()], sorted);
});

test("a NaN leaves as the canonical one and a lone surrogate as U+FFFD", async () => {
  const host = await hostOf("types");
  assert.equal(host.call("nan_bits").value, NaN);
  assert.equal(host.call("lone_surrogate").value, "\uFFFDx");
});

test("128-bit numbers carry between their halves", async () => {
  const host = await hostOf("types");
  assert.equal(host.call("big_numbers").value, 2n ** 64n - 1n);
});
