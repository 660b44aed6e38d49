import assert from "node:assert/strict";
import { test } from "node:test";
import { TestHost } from "../testing/index.mjs";
import { build, errorsOf } from "./support/build.mjs";

const ALARMS = `
  import { cancel, fail, firing, now, SECOND } from "@interstice/assemblyscript";
  class Text { text: string = ""; times: u8 = 0; }
  @table("rings") class Ring { @primaryKey @autoInc id: u64 = 0; text: string = ""; told: string = ""; }
  @reducer function wake(text: string, p: Text): void { db.rings.insert({ text: text + p.text, told: "" }); }
  @reducer function tick(): void {
    const tick = firing();
    const told = tick == null ? "nobody" : tick.timer.toString() + " " + tick.due.toString() + " " + tick.ticks.toString() + " " + tick.attempt.toString();
    db.rings.insert({ text: "tick", told });
  }
  @reducer function setUp(): void {
    timers.wake.at(now() + SECOND, "é", { text: "!", times: 1 });
    timers.tick.every(5, 2000);
    timers.tick.each(6, 3000);
  }
  @reducer function drop(timer: u64): bool { return cancel(timer); }
  @reducer function tooOften(): void { timers.tick.every(0, 7); }`;

let binary;
async function alarms() {
  if (!binary) {
    const built = await build(ALARMS);
    assert.ok(built.binary, built.errors);
    binary = built.binary;
  }
  const host = new TestHost(binary, { now: 1000n });
  assert.equal(host.call("set_up").outcome, "committed");
  return host;
}

test("timers are typed like the reducers that they call", async () => {
  const host = await alarms();
  assert.deepEqual(host.timers.list(), [
    { id: 1n, reducer: "wake", args: { text: "é", p: { text: "!", times: 1 } }, due: 1_001_000n, interval: 0n, missed: "once" },
    { id: 2n, reducer: "tick", args: {}, due: 5n, interval: 2000n, missed: "once" },
    { id: 3n, reducer: "tick", args: {}, due: 6n, interval: 3000n, missed: "each" },
  ]);
  assert.equal(host.fire(1n).outcome, "committed");
  assert.deepEqual(host.rows("rings").map(ring => ring.text), ["é!"]);
  assert.equal(host.timers.find(1n), undefined);
});

test("a reducer that a timer calls is told which tick it is", async () => {
  const host = await alarms();
  host.fire(2n, { ticks: 4n, attempt: 2 });
  host.call("tick");
  assert.deepEqual(host.rows("rings").map(ring => ring.told), ["2 5 4 2", "nobody"]);
});

test("a timer that is taken out is gone", async () => {
  const host = await alarms();
  assert.deepEqual([host.call("drop", [2n]).value, host.call("drop", [2n]).value, host.call("drop", [9n]).value], [true, false, false]);
});

test("an interval that no host keeps traps", async () => {
  assert.match((await alarms()).call("too_often").error, /interval of 7 us/);
});

test("a timer of a reducer that is not there is reported with those that are", async () => {
  const errors = await errorsOf("@init function start(): void { timers.wakeUp.at(1); }\n@reducer function wake(): void {}\n@query function q(): u8 { return 0; }");
  assert.match(errors, /there is no wakeUp; there is wake/);
});
