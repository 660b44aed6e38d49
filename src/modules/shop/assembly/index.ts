import { Duration, Outcome, Timestamp, cancel, ensure, fail, now } from "@interstice/assemblyscript";

@remote("ledger.open_account") declare function openAccount(name: string, balance: i64): u64;
@remote("ledger.move") declare function move(order: u64, from: u64, to: u64, amount: i64): u64;
@remote("stock.reserve") declare function reserve(order: u64, item: u64, count: u32): i64;
@remote("stock.reserve") declare function tryReserve(order: u64, item: u64, count: u32): Outcome<i64>;
@remote("stock.release") declare function release(order: u64): void;
@remote("stock.ship") declare function ship(order: u64): void;

enum OrderState { placed, confirmed, expired }

/** An order is placed, and then either confirmed or expired. */
@table("orders")
class Order {
  @primaryKey @autoInc id: u64 = 0;
  buyer: u64 = 0;
  item: u64 = 0;
  count: u32 = 0;
  price: i64 = 0;
  state: OrderState = OrderState.placed;
  at: Timestamp = 0;
}

/** The timer that ends an order which nobody confirms. */
@table("holds", { visibility: "private" })
class Hold {
  @primaryKey order: u64 = 0;
  timer: u64 = 0;
}

/** Where the shop's money is; one row. */
@table("tills")
class Till {
  @primaryKey id: u8 = 0;
  account: u64 = 0;
}

/** What the stock has announced. */
@table("alerts")
class Alert {
  @primaryKey @autoInc id: u64 = 0;
  item: u64 = 0;
  free: i64 = 0;
}

/** As in module stock. */
class LowStock {
  item: u64 = 0;
  free: i64 = 0;
}

/** Opens the shop with an account of the ledger; returns the account. */
@reducer
function open(name: string): u64 {
  const account = openAccount(name, 0);
  db.tills.insert({ account });
  return account;
}

/** Places an order: stock is reserved and money moved in the same transaction. Expires after `hold` microseconds. */
@reducer
function place(buyer: u64, item: u64, count: u32, price: i64, hold: Duration): u64 {
  const order = record(buyer, item, count, price, hold);
  reserve(order.id, item, count);
  move(order.id, buyer, till(), price);
  return order.id;
}

/** Places an order of one item, or of another where the first is out; returns which. */
@reducer
function placeEither(buyer: u64, first: u64, second: u64, count: u32, price: i64, hold: Duration): u64 {
  const order = record(buyer, first, count, price, hold);
  const reserved = tryReserve(order.id, first, count);
  if (!reserved.ok) {
    reserve(order.id, second, count);
    db.orders.delete(order.id);
    order.item = second;
    db.orders.insert(order);
  }
  move(order.id, buyer, till(), price);
  return order.item;
}

/** Confirms an order: what was reserved is shipped. */
@reducer
function confirm(order: u64): void {
  const hold = db.holds.find(order);
  if (hold == null) fail(`order ${order} is not waiting`);
  cancel(hold.timer);
  end(order, OrderState.confirmed);
  ship(order);
}

@reducer({ visibility: "private" })
function expire(order: u64): void {
  const ended = end(order, OrderState.expired);
  release(order);
  move(order, till(), ended.buyer, ended.price);
}

// The shop calls the stock, which is heard here: a cycle as far as modules go, so that it needs a bound.
@subscription("stock.low_stock", "event", { depth: 4 })
function noteLow(low: LowStock): void {
  db.alerts.insert({ item: low.item, free: low.free });
}

function record(buyer: u64, item: u64, count: u32, price: i64, hold: Duration): Order {
  ensure(price > 0, `the price must be positive, not ${price}`);
  ensure(hold > 0, `an order is held for some time, not ${hold}`);
  const order = db.orders.insert({ buyer, item, count, price, state: OrderState.placed, at: now() });
  db.holds.insert({ order: order.id, timer: timers.expire.at(now() + hold, order.id) });
  return order;
}

function end(id: u64, state: OrderState): Order {
  const order = db.orders.get(id);
  ensure(db.holds.delete(id), `order ${id} is ended already`);
  order.state = state;
  db.orders.update(order);
  return order;
}

function till(): u64 {
  return db.tills.get(0).account;
}
