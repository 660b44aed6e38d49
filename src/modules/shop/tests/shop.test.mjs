import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { TestHost } from "@interstice/assemblyscript/testing";

const binaryOf = module => fileURLToPath(new URL(`../../${module}/${module}.wasm`, import.meta.url));
const HOLD = 1_000_000n;

// The shop's till is account 1, the buyer account 2 with 500; tea (item 1) has 12, salt (item 2) has 30.
function open() {
  const [shop, stock, ledger] = ["shop", "stock", "ledger"].map(module => TestHost.load(binaryOf(module)));
  shop.connect(stock, ledger);
  assert.equal(shop.call("open", ["till"]).value, 1n);
  assert.equal(ledger.call("open_account", ["buyer", 500n]).value, 2n);
  assert.equal(stock.call("add_item", ["tea", 12n, HOLD]).value, 1n);
  assert.equal(stock.call("add_item", ["salt", 30n, HOLD]).value, 2n);
  return { shop, stock, ledger };
}

const stateOf = ({ shop, stock, ledger }) => ({
  orders: shop.rows("orders").map(({ item, state }) => [item, state]),
  free: stock.rows("items").map(item => item.free),
  reserved: stock.rows("reservations").length,
  balances: ledger.rows("accounts").map(account => account.balance),
  timers: shop.timers.list().length,
});

test("an order reserves and pays in one transaction", () => {
  const modules = open();
  assert.equal(modules.shop.call("place", [2n, 1n, 4, 100n, HOLD]).value, 1n);
  assert.deepEqual(stateOf(modules), { orders: [[1n, "placed"]], free: [8n, 30n], reserved: 1, balances: [100n, 400n], timers: 1 });
});

for (const [what, args, error] of [
  ["more than there is", [2n, 1n, 13, 100n, HOLD], "tea is out: 12 are free, 13 are needed"],
  ["more than the buyer has", [2n, 1n, 4, 501n, HOLD], "insufficient funds: account 2 holds 500, 501 are needed"],
  ["an unknown item", [2n, 9n, 4, 100n, HOLD], "there is no item 9"],
  ["nothing", [2n, 1n, 0, 100n, HOLD], "nothing is to be reserved"],
  ["for nothing", [2n, 1n, 4, 0n, HOLD], "the price must be positive, not 0"],
]) {
  test(`an order that is impossible leaves nothing anywhere: ${what}`, () => {
    const modules = open();
    const before = stateOf(modules);
    const answer = modules.shop.call("place", args);
    assert.deepEqual([answer.outcome, answer.error], ["rejected", error]);
    assert.deepEqual(stateOf(modules), before);
  });
}

test("an order of one item or another takes the other where the first is out", () => {
  const modules = open();
  assert.equal(modules.shop.call("place_either", [2n, 1n, 2n, 13, 100n, HOLD]).value, 2n);
  assert.deepEqual(stateOf(modules), { orders: [[2n, "placed"]], free: [12n, 17n], reserved: 1, balances: [100n, 400n], timers: 1 });
  assert.match(modules.shop.call("place_either", [2n, 1n, 2n, 31, 100n, HOLD]).error, /salt is out/);
});

test("a confirmed order is shipped and its timer gone", () => {
  const modules = open();
  modules.shop.call("place", [2n, 1n, 4, 100n, HOLD]);
  assert.equal(modules.shop.call("confirm", [1n]).outcome, "committed");
  assert.deepEqual(stateOf(modules), { orders: [[1n, "confirmed"]], free: [8n, 30n], reserved: 0, balances: [100n, 400n], timers: 0 });
  assert.equal(modules.shop.call("confirm", [1n]).error, "order 1 is not waiting");
});

test("an order that expires gives stock and money back", () => {
  const modules = open();
  modules.shop.call("place", [2n, 1n, 4, 100n, HOLD]);
  const expired = modules.shop.fire(modules.shop.timers.list()[0].id);
  assert.equal(expired.outcome, "committed", expired.error);
  assert.deepEqual(stateOf(modules), { orders: [[1n, "expired"]], free: [12n, 30n], reserved: 0, balances: [0n, 500n], timers: 0 });
});

test("an item that runs low is announced and filled up", () => {
  const { shop, stock } = open();
  const { events } = shop.call("place", [2n, 1n, 4, 100n, HOLD]);
  assert.deepEqual(events, [{ module: "stock", name: "low_stock", payload: { item: 1n, free: 8n } }]);
  assert.equal(shop.call("note_low", [events[0].payload]).outcome, "committed");
  assert.deepEqual(shop.rows("alerts").map(({ item, free }) => [item, free]), [[1n, 8n]]);
  stock.fire(stock.timers.list()[0].id);
  assert.deepEqual(stock.rows("items").map(({ free, restocked, looks }) => [free, restocked, looks]), [[12n, 4n, 1n], [30n, 0n, 0n]]);
});

test("the ledger counts what it hears", () => {
  const { ledger } = open();
  const order = { id: 7n, buyer: 2n, item: 1n, count: 1, price: 5n, state: "placed", at: 0n };
  assert.equal(ledger.call("hear_placed", [order]).outcome, "committed");
  assert.equal(ledger.call("hear_change", [order, { ...order, state: "expired" }]).outcome, "committed");
  assert.deepEqual(ledger.rows("heard"), [{ order: 7n, placed: 1, changes: 1, state: "expired" }]);
  assert.equal(ledger.call("hear_change", [order, order]).error, "order 7 was 0 before, and 2 was heard");
});
