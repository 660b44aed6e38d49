import { Timestamp, ensure, fail } from "@interstice/assemblyscript";
import { Account } from "./tables";

/** One line of a statement: money in is positive, money out negative; party 0 is the outside world. */
class StatementLine {
  transfer: u64 = 0;
  at: Timestamp = 0;
  party: u64 = 0;
  amount: i64 = 0;
}

const STATEMENT_LINES_MAX: u32 = 1000;

@query
function balance(account: u64): i64 {
  const found = db.accounts.find(account);
  if (found == null) return fail(`there is no account ${account}`);
  return found.balance;
}

@query
function accountsOf(owner: string): Array<Account> {
  return db.accounts.owner.of(owner).toArray();
}

/** The latest movements of an account, newest first. */
@query
function statement(account: u64, limit: u32): Array<StatementLine> {
  ensure(db.accounts.has(account), `there is no account ${account}`);
  ensure(limit <= STATEMENT_LINES_MAX, `a statement has at most ${STATEMENT_LINES_MAX} lines, not ${limit}`);
  const lines: Array<StatementLine> = [];
  const sent = db.transfers.bySender.of(account).descending();
  const received = db.transfers.byReceiver.of(account).descending();
  let isSent = sent.next(), isReceived = received.next();
  while (<u32>lines.length < limit && (isSent || isReceived)) {
    if (isSent && (!isReceived || sent.id > received.id)) {
      lines.push({ transfer: sent.id, at: sent.at, party: sent.to, amount: -sent.amount });
      isSent = sent.next();
    } else {
      lines.push({ transfer: received.id, at: received.at, party: received.from, amount: received.amount });
      isReceived = received.next();
    }
  }
  return lines;
}

/** All money that the bank holds. */
@query
function total(): i64 {
  let sum: i64 = 0;
  const accounts = db.accounts.scan();
  while (accounts.next()) {
    ensure(accounts.balance <= i64.MAX_VALUE - sum, "the balances add up to more than a 64-bit number holds");
    sum += accounts.balance;
  }
  return sum;
}
