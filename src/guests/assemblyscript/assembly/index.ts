import "./cursor";
import "./table";

export { fail, ensure } from "./failure";
export { Attempt, Outcome } from "./outcome";
export { now, random, caller, callerModule, log } from "./context";
export {
  Timestamp, Duration, MILLISECOND, SECOND, MINUTE, HOUR, DAY, Identity, Uuid, U128, I128, Option,
} from "./types";
export { Firing, cancel, firing } from "./timers";

/** Emits an event class (`@event`) as part of this transaction. */
export function emit<T>(event: T): void {
  // @ts-ignore: the transform gives every event class this method
  event.__emit();
}
