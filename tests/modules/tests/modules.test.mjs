// Checks the modules themselves: that the list is complete, that binaries match their sources, and, on the guest SDK's
// strict test host, that every call ends as the list says. Calls that only a limit ends are left to the real host.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { TestHost } from "../../../src/guests/assemblyscript/testing/index.mjs";
import { buildAll } from "../build.mjs";

const HERE = new URL("..", import.meta.url);
const MODULES = JSON.parse(readFileSync(new URL("modules.json", HERE), "utf8"));
const INVALID = new Set(["refused/code-truncated.wasm"]);

const bytesOf = file => readFileSync(new URL(file, HERE));

test("the list names every module once", () => {
  const built = ["hostile", "plain", "refused"].flatMap(folder =>
    readdirSync(new URL(folder, HERE)).filter(name => name.endsWith(".wasm")).map(name => `${folder}/${name}`));
  assert.deepEqual(MODULES.map(module => module.file).sort(), built.sort());
});

test("every binary is what its source builds", async () => {
  for (const { file, binary } of await buildAll()) assert.ok(bytesOf(file).equals(binary), file);
});

test("every module is valid WebAssembly but the truncated one", () => {
  for (const { file } of MODULES) assert.equal(WebAssembly.validate(bytesOf(file)), !INVALID.has(file), file);
});

for (const { file, calls } of MODULES.filter(module => module.calls)) {
  for (const call of calls.filter(candidate => !candidate.trap?.startsWith("limit"))) {
    const kind = call.reducer ? "reducer" : "query";
    test(`${file}: ${kind} ${call[kind]} is ${call.outcome}`, () => {
      const host = TestHost.load(new URL(file, HERE));
      if (call.query === "size") host.call("add", [5n]);
      for (let time = 0; time < (call.times ?? 1); time++) {
        const args = (call.args ?? []).map(value => typeof value === "string" ? Buffer.from(value, "base64") : BigInt(value));
        const answer = kind === "reducer" ? host.call(call.reducer, args) : host.query(call.query, args);
        assert.equal(answer.outcome, call.outcome, answer.error);
        if (call.outcome === "rejected") assert.equal(answer.error ?? "", call.error);
        const value = answer.value instanceof Uint8Array ? Buffer.from(answer.value).toString("base64") : answer.value;
        if (call.value !== undefined) assert.equal(String(value), String(call.value));
      }
    });
  }
}
