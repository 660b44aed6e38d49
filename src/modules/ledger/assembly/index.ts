import { Timestamp, ensure, fail, now } from "@interstice/assemblyscript";

/** Amounts and balances are in the smallest unit of the currency. */
@table("accounts")
class Account {
  @primaryKey @autoInc id: u64 = 0;
  name: string = "";
  balance: i64 = 0;
}

/** One movement of money for an order, never changed and never deleted. */
@table("entries")
@index("by_order", "order", "id")
class Entry {
  @primaryKey @autoInc id: u64 = 0;
  order: u64 = 0;
  from: u64 = 0;
  to: u64 = 0;
  amount: i64 = 0;
  at: Timestamp = 0;
}

/** What the ledger has heard of an order: how often it was placed and how often its state changed. */
@table("heard")
class Heard {
  @primaryKey order: u64 = 0;
  placed: u32 = 0;
  changes: u32 = 0;
  state: OrderState = OrderState.placed;
}

/** As in module shop. */
enum OrderState { placed, confirmed, expired }

/** As in module shop. */
class Order {
  id: u64 = 0;
  buyer: u64 = 0;
  item: u64 = 0;
  count: u32 = 0;
  price: i64 = 0;
  state: OrderState = OrderState.placed;
  at: Timestamp = 0;
}

/** Opens an account and returns its number. */
@reducer
function openAccount(name: string, balance: i64): u64 {
  ensure(name.length > 0, "an account needs a name");
  ensure(balance >= 0, `the first balance must not be negative, not ${balance}`);
  return db.accounts.insert({ name, balance }).id;
}

/** Moves money for an order and returns the entry's number. */
@reducer
function move(order: u64, from: u64, to: u64, amount: i64): u64 {
  ensure(amount > 0, `the amount must be positive, not ${amount}`);
  ensure(from != to, `account ${from} cannot pay itself`);
  const payer = existing(from), payee = existing(to);
  ensure(payer.balance >= amount, `insufficient funds: account ${from} holds ${payer.balance}, ${amount} are needed`);
  ensure(payee.balance <= i64.MAX_VALUE - amount, `account ${to} cannot hold that much`);
  payer.balance -= amount;
  payee.balance += amount;
  db.accounts.update(payer);
  db.accounts.update(payee);
  return db.entries.insert({ order, from, to, amount, at: now() }).id;
}

@subscription("shop.orders", "insert")
function hearPlaced(order: Order): void {
  const heard = heardOf(order.id);
  heard.placed++;
  heard.state = order.state;
  db.heard.update(heard);
}

@subscription("shop.orders", "update")
function hearChange(before: Order, after: Order): void {
  const heard = heardOf(after.id);
  ensure(heard.state == before.state, `order ${after.id} was ${before.state} before, and ${heard.state} was heard`);
  heard.changes++;
  heard.state = after.state;
  db.heard.update(heard);
}

/** All money that the ledger holds. */
@query
function total(): i64 {
  let sum: i64 = 0;
  const accounts = db.accounts.scan();
  while (accounts.next()) sum += accounts.balance;
  return sum;
}

function existing(id: u64): Account {
  const account = db.accounts.find(id);
  if (account == null) fail(`there is no account ${id}`);
  return account;
}

function heardOf(order: u64): Heard {
  const known = db.heard.find(order);
  return known == null ? db.heard.insert({ order }) : known;
}
