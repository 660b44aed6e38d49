import "./queries";
import { emit, ensure, fail, now } from "@interstice/assemblyscript";
import { Account, LARGE_AMOUNT, LargeTransfer, OUTSIDE } from "./tables";

/** Opens an account and returns its number. */
@reducer
function openAccount(owner: string, initial: i64): u64 {
  ensure(owner.length > 0, "an account needs an owner");
  ensure(initial >= 0, `the first deposit must not be negative, not ${initial}`);
  const account = db.accounts.insert({ owner, balance: initial, openedAt: now() });
  if (initial > 0) record(OUTSIDE, account.id, initial);
  return account.id;
}

/** Pays money in and returns the new balance. */
@reducer
function deposit(account: u64, amount: i64): i64 {
  checkAmount(amount);
  const receiver = existing(account);
  credit(receiver, amount);
  record(OUTSIDE, account, amount);
  return receiver.balance;
}

/** Pays money out and returns the new balance. */
@reducer
function withdraw(account: u64, amount: i64): i64 {
  checkAmount(amount);
  const payer = existing(account);
  ensure(payer.balance >= amount, insufficientFunds(payer, amount));
  debit(payer, amount);
  record(account, OUTSIDE, amount);
  return payer.balance;
}

/** Moves money from one account to another and returns the transfer's number. */
@reducer
function transfer(from: u64, to: u64, amount: i64): u64 {
  checkAmount(amount);
  ensure(from != to, `account ${from} cannot pay itself`);
  const payer = existing(from);
  const payee = existing(to);
  ensure(payer.balance >= amount, insufficientFunds(payer, amount));
  debit(payer, amount);
  credit(payee, amount);
  return record(from, to, amount);
}

/** Closes an empty account. Its transfers stay. */
@reducer
function closeAccount(account: u64): void {
  const closing = existing(account);
  ensure(closing.balance == 0, `account ${account} still holds ${closing.balance}; withdraw it first`);
  db.accounts.delete(account);
}

function checkAmount(amount: i64): void {
  ensure(amount > 0, `the amount must be positive, not ${amount}`);
}

function existing(id: u64): Account {
  const account = db.accounts.find(id);
  if (account == null) fail(`there is no account ${id}`);
  return account;
}

function insufficientFunds(account: Account, amount: i64): string {
  return `insufficient funds: account ${account.id} holds ${account.balance}, ${amount} are needed`;
}

function debit(account: Account, amount: i64): void {
  account.balance -= amount;
  db.accounts.update(account);
}

function credit(account: Account, amount: i64): void {
  ensure(account.balance <= i64.MAX_VALUE - amount, `account ${account.id} cannot hold that much`);
  account.balance += amount;
  db.accounts.update(account);
}

function record(from: u64, to: u64, amount: i64): u64 {
  const transfer = db.transfers.insert({ from, to, amount, at: now() });
  if (amount >= LARGE_AMOUNT) emit<LargeTransfer>({ transfer: transfer.id, from, to, amount });
  return transfer.id;
}
