import assert from "node:assert/strict";
import { test } from "node:test";
import { Schema, TestHost } from "../testing/index.mjs";
import { build } from "./support/build.mjs";

const STOCK = `
  import { Identity, callerModule, ensure, fail, random } from "@interstice/assemblyscript";
  @table("items") class Item { @primaryKey name: string = ""; left: i32 = 0; lastTakenBy: string = ""; }
  @reducer function take(name: string, count: i32): Item {
    const item = db.items.find(name);
    if (item == null) return fail("there is no " + name);
    item.left -= count;
    item.lastTakenBy = callerModule();
    db.items.update(item);
    ensure(item.left >= 0, "too few of " + name);
    return item;
  }
  @reducer function clear(name: string): void { if (!db.items.delete(name)) fail("nothing to clear"); }
  @reducer function back(): i64 { return 0; }
  @reducer({ visibility: "private" }) function secret(): void {}`;

const SHOP = `
  import { Attempt, Outcome, random } from "@interstice/assemblyscript";
  class Item { name: string = ""; left: i32 = 0; lastTakenBy: string = ""; }
  @table("orders") class Order { @primaryKey @autoInc id: u64 = 0; what: string = ""; }
  @remote("stock.take") declare function take(name: string, count: i32): Item;
  @remote("stock.take") declare function tryTake(name: string, p: i32): Outcome<Item>;
  @remote("stock.clear") declare function clear(name: string): void;
  @remote("stock.clear") declare function tryClear(name: string): Attempt;
  @remote("stock.secret") declare function secret(): void;
  @remote("bank.pay") declare function pay(): void;
  @reducer function order(what: string, count: i32): string {
    db.orders.insert({ what });
    const item = take(what, count);
    return item.name + " " + item.left.toString() + " " + item.lastTakenBy;
  }
  @reducer function orderOr(what: string, other: string): string {
    db.orders.insert({ what });
    const first = tryTake(what, 3);
    if (first.ok) return first.value.name + first.error;
    const second = tryTake(other, 3);
    return first.error + ", " + second.value.name;
  }
  class Clearing { static all(what: string): void { clear(what); } }
  @reducer function clearOne(what: string): void { Clearing.all(what); }
  @reducer function clearBoth(a: string, b: string): string {
    const first = tryClear(a), second = tryClear(b);
    return first.ok.toString() + first.error + " " + second.ok.toString() + second.error;
  }
  @reducer function pry(): void { secret(); }
  @reducer function payUp(): void { pay(); }
  @reducer function nothing(): void {}
  @query function peek(): i32 { take("tea", 1); return 1; }`;

async function compile(name, source) {
  const { binary, errors } = await build(source, { "package.json": JSON.stringify({ name, version: "1.0.0" }) });
  assert.ok(binary, errors);
  return binary;
}

let built;
async function hosts() {
  built ??= [await compile("shop", SHOP), await compile("stock", STOCK)];
  const [shop, stock] = built.map(binary => new TestHost(binary));
  shop.connect(stock);
  stock.given("items", { name: "tea", left: 5, last_taken_by: "" });
  return { shop, stock };
}

test("a remote reducer takes and returns typed values, in one transaction", async () => {
  const { shop, stock } = await hosts();
  const answer = shop.call("order", ["tea", 2]);
  assert.equal(answer.value, "tea 3 shop", answer.error);
  assert.deepEqual(answer.mutations.map(({ module, table }) => [module, table]), [[undefined, "orders"], ["stock", "items"]]);
  assert.deepEqual(stock.rows("items"), [{ name: "tea", left: 3, last_taken_by: "shop" }]);
});

test("what a remote reducer rejects rejects its caller, and nothing is left of either", async () => {
  const { shop, stock } = await hosts();
  const answer = shop.call("order", ["tea", 6]);
  assert.deepEqual([answer.outcome, answer.error, answer.mutations], ["rejected", "too few of tea", []]);
  assert.deepEqual(stock.rows("items"), [{ name: "tea", left: 5, last_taken_by: "" }]);
  assert.deepEqual(shop.rows("orders"), []);
});

test("a caught rejection undoes what the remote reducer did, and no more", async () => {
  const { shop, stock } = await hosts();
  stock.given("items", { name: "salt", left: 2, last_taken_by: "" });
  const answer = shop.call("order_or", ["salt", "tea"]);
  assert.equal(answer.value, "too few of salt, tea", answer.error);
  assert.deepEqual(stock.rows("items").map(item => item.left), [2, 2]);
  assert.equal(shop.rows("orders").length, 1);
  assert.equal(shop.call("order_or", ["salt", "none"]).error, "there is no none", "the value of a failure rejects");
  assert.equal(shop.call("clear_both", ["tea", "tea"]).value, "true falsenothing to clear");
});

test("a reducer declares what it may call, over functions and methods too", async () => {
  await hosts();
  const { reducers } = Schema.of(new WebAssembly.Module(built[0]));
  const calls = Object.fromEntries([...reducers.values()].map(({ name, calls: list }) => [name, list]));
  assert.deepEqual(calls, {
    order: ["stock.take"], order_or: ["stock.take"], clear_one: ["stock.clear"], clear_both: ["stock.clear"],
    pry: ["stock.secret"], pay_up: ["bank.pay"], nothing: undefined,
  });
});

for (const [reducer, text] of [["pry", /stock\.secret is private/], ["pay_up", /no reducer bank\.pay/]]) {
  test(`a call that the host refuses traps: ${reducer}`, async () => {
    const { shop } = await hosts();
    const answer = shop.call(reducer);
    assert.equal(answer.outcome, "trapped");
    assert.match(answer.error, text);
  });
}

test("a query calls nobody", async () => {
  const { shop } = await hosts();
  assert.match(shop.query("peek").error, /a query may not call/);
});

test("a module that runs already is not called again", async () => {
  const a = new TestHost(await compile("a", `
    @remote("b.go") declare function go(): void;
    @reducer function start(): void { go(); }
    @reducer function again(): void {}`));
  const b = new TestHost(await compile("b", `
    @remote("a.again") declare function again(): void;
    @reducer function go(): void { again(); }`));
  assert.match(a.connect(b).call("start").error, /a -> b -> a/);
});

test("subscriptions are declared, and their handlers are private reducers unless they say otherwise", async () => {
  const { binary, errors } = await build(`
    class Item { name: string = ""; }
    @table("seen") class Seen { @primaryKey name: string = ""; }
    @subscription("stock.items", "insert") @subscription("stock.low", "event", { from: "now", depth: 3 })
    function note(item: Item): void { db.seen.tryInsert({ name: item.name }); }
    @reducer("open_handler") @subscription("stock.items", "update")
    function handler(before: Item, after: Item): void {}`);
  assert.ok(binary, errors);
  const { lines } = Schema.of(new WebAssembly.Module(binary));
  assert.deepEqual(lines.filter(line => line.subscription || line.reducer).map(line => line.subscription ?? line.reducer), [
    { name: "note", parameters: [{ name: "item", type: "Item" }], visibility: "private" },
    { name: "open_handler", parameters: [{ name: "before", type: "Item" }, { name: "after", type: "Item" }] },
    { source: "stock.items", operation: "insert", handler: "note" },
    { source: "stock.low", operation: "event", handler: "note", from: "now", depth: 3 },
    { source: "stock.items", operation: "update", handler: "open_handler" },
  ]);
});
