import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { TestHost } from "../testing/index.mjs";
import { build } from "./support/build.mjs";

const README = readFileSync(new URL("../README.md", import.meta.url), "utf8");

test("the first example of the README compiles and does what it says", async () => {
  const { binary, errors } = await build(/```ts\n(.*?)```/s.exec(README)[1]);
  assert.ok(binary, errors);
  const host = new TestHost(binary, { now: 5n });
  assert.equal(host.call("add_task", ["ann", "write"]).value, 1n);
  assert.equal(host.call("add_task", ["ann", ""]).error, "a task needs a title");
  assert.deepEqual(host.query("open", ["ann"]).value, ["write"]);
  assert.equal(host.call("finish", [1n]).outcome, "committed");
  assert.equal(host.call("finish", [2n]).error, "there is no task 2");
  assert.deepEqual(host.query("open", ["ann"]).value, []);
});

test("the migration of the README compiles and does what it says", async () => {
  const source = /## Migrations.*?```typescript\n(.*?)```/s.exec(README)[1];
  const { binary, errors } = await build(source, { "package.json": JSON.stringify({ name: "people", version: "2.0.0" }) });
  assert.ok(binary, errors);
  const host = new TestHost(binary);
  assert.deepEqual(host.migrate("split_names", { people: [{ id: 1, name: "Ada Lovelace" }] }).rows, { people: [{ id: 1, first: "Ada", last: "Lovelace" }] });
  assert.equal(host.migrate("split_names", { people: [{ id: 1, name: "Plato" }] }).error, "Plato has not two names");
});
