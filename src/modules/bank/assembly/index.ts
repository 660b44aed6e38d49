import { Timestamp, emit, ensure, fail, now } from "@interstice/assemblyscript";

/** Transfers of this amount and more are announced as an event. */
const LARGE_AMOUNT: i64 = 1_000_000;

@table("accounts")
class Account {
  @primaryKey @autoInc id: u64 = 0;
  @index owner: string = "";
  balance: i64 = 0;
  openedAt: Timestamp = 0;
}

/** One movement of money. Account 0 stands for the outside: deposits come from it, withdrawals go to it. */
@table("transfers")
@index("by_sender", "from", "at")
@index("by_receiver", "to", "at")
class Transfer {
  @primaryKey @autoInc id: u64 = 0;
  from: u64 = 0;
  to: u64 = 0;
  amount: i64 = 0;
  at: Timestamp = 0;
}

@event
class LargeTransfer {
  transfer: u64 = 0;
  from: u64 = 0;
  to: u64 = 0;
  amount: i64 = 0;
}

@reducer
function openAccount(owner: string, initial: i64): u64 {
  ensure(owner.length > 0, "an account needs an owner");
  ensure(initial >= 0, `the first deposit must not be negative, not ${initial}`);
  const account = db.accounts.insert({ id: 0, owner, balance: initial, openedAt: now() });
  if (initial > 0) record(0, account.id, initial);
  return account.id;
}

@reducer
function transfer(from: u64, to: u64, amount: i64): u64 {
  ensure(amount > 0, `the amount must be positive, not ${amount}`);
  ensure(from != to, `an account cannot pay itself (account ${from})`);
  const payer = existing(from), payee = existing(to);
  ensure(payer.balance >= amount, `insufficient funds: account ${from} has ${payer.balance}, ${amount} are needed`);
  payer.balance -= amount;
  payee.balance += amount;
  db.accounts.update(payer);
  db.accounts.update(payee);
  return record(from, to, amount);
}

@query
function balance(account: u64): i64 {
  return existing(account).balance;
}

function existing(id: u64): Account {
  const account = db.accounts.find(id);
  if (account == null) fail(`unknown account: ${id}`);
  return account;
}

function record(from: u64, to: u64, amount: i64): u64 {
  const transfer = db.transfers.insert({ id: 0, from, to, amount, at: now() });
  if (amount >= LARGE_AMOUNT) emit<LargeTransfer>({ transfer: transfer.id, from, to, amount });
  return transfer.id;
}
