import { fail } from "./failure";
import { lastResultText } from "./memory";

/**
 * How a call of another module's reducer ended, for a `@remote` function that is declared to return it. When the other
 * one failed, everything that it changed is undone, and this call goes on.
 */
export class Attempt {
  /** Whether it succeeded. */
  ok: bool = true;
  /** The text of its rejection; empty when it succeeded. */
  error: string = "";
}

/** An attempt that returns something. */
export class Outcome<T> extends Attempt {
  constructor(readonly __value: T) {
    super();
  }

  /** What it returned; rejects this call with the other's text when it failed. */
  get value(): T {
    if (!this.ok) fail(this.error);
    return this.__value;
  }
}

// @ts-ignore: decorator
@global
export function __interstice_succeeded(): Attempt {
  return new Attempt();
}

// @ts-ignore: decorator
@global
export function __interstice_returned<T>(value: T): Outcome<T> {
  return new Outcome<T>(value);
}

// @ts-ignore: decorator
@global
export function __interstice_failed<A extends Attempt>(attempt: A): A {
  attempt.ok = false;
  attempt.error = lastResultText();
  return attempt;
}

// @ts-ignore: decorator
@global
export function __interstice_nothing<T>(): Outcome<T> {
  if (isReference<T>()) return new Outcome<T>(changetype<T>(0));
  return new Outcome<T>(<T>0);
}
