import { Timestamp } from "@interstice/assemblyscript";

/** Amounts and balances are in the smallest unit of the currency. */
@table("accounts")
export class Account {
  @primaryKey @autoInc id: u64 = 0;
  @index owner: string = "";
  balance: i64 = 0;
  openedAt: Timestamp = 0;
}

/** The outside world as a party to a transfer: deposits come from it, withdrawals go to it. */
export const OUTSIDE: u64 = 0;

/** One movement of money, never changed and never deleted. */
@table("transfers")
@index("by_sender", "from", "id")
@index("by_receiver", "to", "id")
export class Transfer {
  @primaryKey @autoInc id: u64 = 0;
  from: u64 = OUTSIDE;
  to: u64 = OUTSIDE;
  amount: i64 = 0;
  at: Timestamp = 0;
}

/** Announces a movement of `LARGE_AMOUNT` or more. */
@event
export class LargeTransfer {
  transfer: u64 = 0;
  from: u64 = 0;
  to: u64 = 0;
  amount: i64 = 0;
}

/** Movements of this amount and more are announced as an event. */
export const LARGE_AMOUNT: i64 = 1_000_000;
