import { Duration, emit, ensure, fail, now } from "@interstice/assemblyscript";

/** What is there of an item: free + reserved + shipped = first + restocked, always. */
@table("items")
class Item {
  @primaryKey @autoInc id: u64 = 0;
  @unique name: string = "";
  first: i64 = 0;
  free: i64 = 0;
  reserved: i64 = 0;
  shipped: i64 = 0;
  restocked: i64 = 0;
  /** How often it was announced as low. */
  lows: u64 = 0;
  /** How often it was looked at by its timer. */
  looks: u64 = 0;
}

/** What is kept for an order until it is shipped or released. */
@table("reservations")
@index("by_item", "item", "order")
class Reservation {
  @primaryKey order: u64 = 0;
  item: u64 = 0;
  count: u32 = 0;
}

/** Announces that less than `LOW` of an item are free. */
@event
class LowStock {
  item: u64 = 0;
  free: i64 = 0;
}

const LOW: i64 = 10;

/** Adds an item that is filled up to its first number every `restockEvery` microseconds; returns its number. */
@reducer
function addItem(name: string, first: i64, restockEvery: Duration): u64 {
  ensure(name.length > 0, "an item needs a name");
  ensure(first >= 0, `the number must not be negative, not ${first}`);
  const item = db.items.insert({ name, first, free: first });
  timers.restock.every(now() + restockEvery, restockEvery, item.id);
  return item.id;
}

/** Keeps some of an item for an order; returns how many are free after it. */
@reducer
function reserve(order: u64, item: u64, count: u32): i64 {
  const found = existing(item);
  ensure(count > 0, "nothing is to be reserved");
  db.reservations.insert({ order, item, count });
  found.free -= count;
  found.reserved += count;
  if (found.free < LOW) {
    found.lows++;
    emit<LowStock>({ item, free: found.free });
  }
  db.items.update(found);
  // Rejected after it was done, so that whoever catches it finds all of it undone.
  ensure(found.free >= 0, `${found.name} is out: ${found.free + count} are free, ${count} are needed`);
  return found.free;
}

/** Gives back what was kept for an order. */
@reducer
function release(order: u64): void {
  const kept = take(order);
  const item = existing(kept.item);
  item.reserved -= kept.count;
  item.free += kept.count;
  db.items.update(item);
}

/** Sends what was kept for an order. */
@reducer
function ship(order: u64): void {
  const kept = take(order);
  const item = existing(kept.item);
  item.reserved -= kept.count;
  item.shipped += kept.count;
  db.items.update(item);
}

@reducer({ visibility: "private" })
function restock(id: u64): void {
  const item = existing(id);
  item.looks++;
  if (item.free < LOW) {
    item.restocked += item.first - item.free;
    item.free = item.first;
  }
  db.items.update(item);
}

function take(order: u64): Reservation {
  const kept = db.reservations.find(order);
  if (kept == null) fail(`nothing is reserved for order ${order}`);
  db.reservations.delete(order);
  return kept;
}

function existing(id: u64): Item {
  const item = db.items.find(id);
  if (item == null) fail(`there is no item ${id}`);
  return item;
}
