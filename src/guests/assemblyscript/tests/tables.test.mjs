import assert from "node:assert/strict";
import { test } from "node:test";
import { hostOf } from "./support/build.mjs";

const READINGS = [
  ["attic", 1, 10n, -5, "a-1", "first"],
  ["attic", 1, 20n, 0, "a-3", "second"],
  ["attic", 2, 15n, 0, "a-4", "third"],
  ["attic", 2, 25n, 7, "a-2", "fourth"],
  ["cellar", 3, -5n, 3, "c-1", "fifth"],
  ["at", 4, 1n, 3, "at-1", "sixth"],
];

async function filled(options) {
  const host = await hostOf("types", options);
  for (const reading of READINGS) {
    const answer = host.call("read", reading);
    assert.deepEqual([answer.outcome, answer.value], ["committed", true], answer.error);
  }
  return host;
}

test("a row is found, changed and deleted by a key of two columns", async () => {
  const host = await filled();
  assert.equal(host.call("correct", [1, 20n, 9]).outcome, "committed");
  assert.equal(host.rows("readings").find(row => row.at === 20n).level, 9);
  assert.equal(host.call("forget", [1, 20n]).value, true);
  assert.equal(host.call("forget", [1, 20n]).value, false);
  assert.equal(host.query("total").value, 5n);
});

test("get, update and insert reject what the table has not or has already; the try forms answer", async () => {
  const host = await filled();
  assert.deepEqual(pick(host.call("correct", [9, 9n, 9])), ["rejected", "readings has no row with this sensor, at"]);
  assert.equal(host.call("correct_missing", [99]).value, false);
  assert.equal(host.call("read", ["x", 1, 10n, 0, null, ""]).value, false, "primary key taken");
  assert.equal(host.call("read", ["x", 9, 9n, 0, "a-1", ""]).value, false, "unique value taken");
  assert.equal(host.query("total").value, 6n);
});

test("a row is found by a unique value", async () => {
  const host = await filled();
  assert.equal(host.query("by_serial", ["c-1"]).value, "cellar");
  assert.equal(host.query("by_serial", ["c-2"]).value, "none");
  assert.equal(host.query("has_serial", ["a-2"]).value, true);
  assert.equal(host.query("has_serial", [""]).value, false);
});

// One row a batch and a row a batch that fits exactly are where iterators go wrong.
for (const rowsPerBatch of [1, 2, Infinity]) {
  test(`scans give the rows between their bounds in order, ${rowsPerBatch} a batch`, async () => {
    const host = await filled({ rowsPerBatch });
    const times = answer => {
      assert.equal(answer.outcome, "committed", answer.error);
      return answer.value.map(item => item.at ?? item);
    };
    assert.deepEqual(times(host.query("at_place", ["attic", false])), [10n, 15n, 20n, 25n]);
    assert.deepEqual(times(host.query("at_place", ["attic", true])), [25n, 20n, 15n, 10n]);
    assert.deepEqual(times(host.query("at_place", ["att", false])), []);
    assert.deepEqual(times(host.query("levels", ["attic", -5, 7])), [10n, 15n, 20n]);
    assert.deepEqual(times(host.query("beyond", ["attic", -5, 7])), [25n, 20n, 15n]);
    assert.deepEqual(times(host.query("exact", ["attic", 0])), [15n, 20n]);
    assert.deepEqual(times(host.query("of_sensor", [2, 16n])), [25n]);
    assert.deepEqual(times(host.query("page", [4])), [10n, 20n, 15n, 25n]);
    assert.deepEqual(host.query("places").value[0], "at/sixth");
    assert.equal(host.query("first", ["cellar"]).value, "3@-5");
    assert.equal(host.query("first", ["nowhere"]).value, "none");
    assert.equal(host.query("warmest").value, 3.5);
    assert.equal(host.query("pairs").value, 4n * 2n + 3n + 3n);
  });
}

test("a row larger than the batch buffer is fetched with a larger one", async () => {
  const host = await hostOf("types");
  const note = "n".repeat(5000);
  for (let at = 1n; at < 5n; at++) host.call("read", ["p", 1, at, 1, `${at}`, at % 2n === 0n ? note : "short"]);
  assert.deepEqual(host.query("places").value, [`p/${note}`, "p/short", `p/${note}`, "p/short"]);
  const place = "k".repeat(3000);
  host.call("read", [place, 8, 8n, 1, "place", ""]);
  assert.deepEqual(host.query("at_place", [place, false]).value.map(item => item.at), [8n]);
  assert.deepEqual(host.query("exact", [place, 1]).value, [8n]);
});

test("an empty table has nothing to scan", async () => {
  const host = await hostOf("types");
  assert.deepEqual(host.query("places").value, []);
  assert.equal(host.query("warmest").value, NaN);
});

test("nested scans over many rows use their buffers again", async () => {
  const host = await hostOf("types");
  for (let at = 0; at < 400; at++) host.given("readings", {
    place: `p${at}`, sensor: 1, at: BigInt(at), level: 1, serial: `${at}`, temperature: 0, note: "x".repeat(100),
  });
  const answer = host.query("pairs");
  assert.equal(answer.value, 400n);
  assert.ok(answer.memoryBytes <= 2 * 65536, `400 scans took ${answer.memoryBytes} bytes of memory`);
});

test("a bound set after the first row is a mistake of the module", async () => {
  const host = await filled();
  assert.equal(host.query("late_bound").outcome, "trapped");
});

test("a failed call leaves no trace", async () => {
  const host = await filled();
  const before = host.rows("readings");
  host.call("correct", [9, 9n, 9]);
  assert.deepEqual(host.rows("readings"), before);
});

function pick(answer) {
  return [answer.outcome, answer.error];
}
