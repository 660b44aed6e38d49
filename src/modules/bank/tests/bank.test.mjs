import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { TestHost } from "@interstice/assemblyscript/testing";

const BINARY = fileURLToPath(new URL("../bank.wasm", import.meta.url));
const NOW = 1_700_000_000_000_000n;

function bank(...balances) {
  const host = TestHost.load(BINARY, { now: NOW });
  balances.forEach((balance, at) =>
    host.given("accounts", { id: 0n, owner: `owner ${at + 1}`, balance, opened_at: 0n }));
  return host;
}

function balances(host) {
  return host.rows("accounts").map(account => account.balance);
}

const REJECTIONS = [
  ["open_account", ["", 0n], "an account needs an owner"],
  ["open_account", ["Ann", -1n], "the first deposit must not be negative, not -1"],
  ["deposit", [9n, 5n], "there is no account 9"],
  ["deposit", [1n, 0n], "the amount must be positive, not 0"],
  ["deposit", [2n, 2n ** 63n - 1n], "account 2 cannot hold that much"],
  ["withdraw", [1n, 101n], "insufficient funds: account 1 holds 100, 101 are needed"],
  ["withdraw", [9n, 1n], "there is no account 9"],
  ["withdraw", [1n, -(2n ** 63n)], "the amount must be positive, not -9223372036854775808"],
  ["transfer", [1n, 2n, 101n], "insufficient funds: account 1 holds 100, 101 are needed"],
  ["transfer", [1n, 2n, -5n], "the amount must be positive, not -5"],
  ["transfer", [1n, 1n, 5n], "account 1 cannot pay itself"],
  ["transfer", [1n, 7n, 5n], "there is no account 7"],
  ["transfer", [7n, 1n, 5n], "there is no account 7"],
  ["close_account", [1n], "account 1 still holds 100; withdraw it first"],
  ["close_account", [7n], "there is no account 7"],
];

for (const [reducer, args, text] of REJECTIONS) {
  test(`${reducer}(${args.join(", ")}) is rejected and changes nothing`, () => {
    const host = bank(100n, 50n);
    const answer = host.call(reducer, args);
    assert.deepEqual([answer.outcome, answer.error], ["rejected", text]);
    assert.deepEqual(balances(host), [100n, 50n]);
    assert.deepEqual(host.rows("transfers"), []);
  });
}

test("a transfer moves the money, keeps a record and nothing else", () => {
  const host = bank(100n, 50n);
  const answer = host.call("transfer", [1n, 2n, 30n]);
  assert.deepEqual([answer.outcome, answer.value], ["committed", 1n]);
  assert.deepEqual(balances(host), [70n, 80n]);
  assert.deepEqual(host.rows("transfers"), [{ id: 1n, from: 1n, to: 2n, amount: 30n, at: NOW }]);
  assert.deepEqual(answer.mutations.map(mutation => [mutation.operation, mutation.table]),
    [["update", "accounts"], ["update", "accounts"], ["insert", "transfers"]]);
  assert.deepEqual(answer.events, []);
});

test("an account is opened with and without money", () => {
  const host = bank();
  assert.equal(host.call("open_account", ["Änne", 0n]).value, 1n);
  assert.equal(host.call("open_account", ["Bob", 20n]).value, 2n);
  assert.deepEqual(host.rows("accounts"), [
    { id: 1n, owner: "Änne", balance: 0n, opened_at: NOW },
    { id: 2n, owner: "Bob", balance: 20n, opened_at: NOW },
  ]);
  assert.deepEqual(host.rows("transfers"), [{ id: 1n, from: 0n, to: 2n, amount: 20n, at: NOW }]);
});

test("deposit and withdrawal answer the new balance", () => {
  const host = bank(100n);
  assert.equal(host.call("deposit", [1n, 11n]).value, 111n);
  assert.equal(host.call("withdraw", [1n, 111n]).value, 0n);
  assert.equal(host.call("close_account", [1n]).outcome, "committed");
  assert.deepEqual(host.rows("accounts"), []);
  assert.equal(host.rows("transfers").length, 2);
});

test("a large movement is announced, a smaller one is not", () => {
  const host = bank(3_000_000n, 0n);
  assert.deepEqual(host.call("transfer", [1n, 2n, 999_999n]).events, []);
  assert.deepEqual(host.call("transfer", [1n, 2n, 1_000_000n]).events,
    [{ name: "large_transfer", payload: { transfer: 2n, from: 1n, to: 2n, amount: 1_000_000n } }]);
});

for (const rowsPerBatch of [1, Infinity]) {
  test(`a statement merges both directions newest first, ${rowsPerBatch} rows a batch`, () => {
    const host = bank(1000n, 1000n, 1000n);
    host.rowsPerBatch = rowsPerBatch;
    host.call("transfer", [1n, 2n, 1n]);
    host.call("transfer", [2n, 1n, 2n]);
    host.call("transfer", [2n, 3n, 4n]);
    host.call("deposit", [1n, 8n]);
    host.call("withdraw", [1n, 16n]);
    const lines = limit =>
      host.query("statement", [1n, limit]).value.map(line => [line.transfer, line.party, line.amount]);
    assert.deepEqual(lines(10), [[5n, 0n, -16n], [4n, 0n, 8n], [2n, 2n, 2n], [1n, 2n, -1n]]);
    assert.deepEqual(lines(2), [[5n, 0n, -16n], [4n, 0n, 8n]]);
    assert.deepEqual(lines(0), []);
  });
}

test("queries answer balance, total and the accounts of an owner", () => {
  const host = bank(100n, 50n);
  host.given("accounts", { id: 0n, owner: "owner 1", balance: 7n, opened_at: 1n });
  assert.equal(host.query("balance", [2n]).value, 50n);
  assert.equal(host.query("total").value, 157n);
  assert.deepEqual(host.query("accounts_of", ["owner 1"]).value.map(account => account.id), [1n, 3n]);
  assert.deepEqual(host.query("accounts_of", ["nobody"]).value, []);
});

test("queries reject what they cannot answer", () => {
  const host = bank(2n ** 62n, 2n ** 62n);
  assert.equal(host.query("balance", [9n]).error, "there is no account 9");
  assert.equal(host.query("statement", [9n, 1]).error, "there is no account 9");
  assert.equal(host.query("statement", [1n, 1001]).error, "a statement has at most 1000 lines, not 1001");
  assert.equal(host.query("total").error, "the balances add up to more than a 64-bit number holds");
});

test("money is neither made nor lost by 2000 random calls", () => {
  const seed = Number(process.env.SEED ?? 20_251);
  const host = bank(1000n, 1000n, 1000n, 1000n);
  let state = seed;
  const pick = count => (state = (state * 48_271) % 2_147_483_647) % count;
  let rejected = 0;
  for (let call = 0; call < 2000; call++) {
    const answer = host.call("transfer", [BigInt(pick(5) + 1), BigInt(pick(5) + 1), BigInt(pick(700) - 20)]);
    assert.notEqual(answer.outcome, "trapped", `seed ${seed}, call ${call}: ${answer.error}`);
    if (answer.outcome === "rejected") rejected++;
  }
  assert.equal(host.query("total").value, 4000n, `seed ${seed}`);
  assert.ok(balances(host).every(balance => balance >= 0n), `seed ${seed}`);
  assert.equal(host.rows("transfers").length, 2000 - rejected);
});
