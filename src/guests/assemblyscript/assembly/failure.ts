import * as host from "./host";
import { utf8Bound, writeUtf8 } from "./text";
import { lastResultText } from "./memory";

// True once the call is to end as rejected: the generated wrapper then returns 1, `abort` hands its text to the host.
// @ts-ignore: decorator
@lazy let rejected: bool = false;

function hostFail(text: string): void {
  const at = heap.alloc(utf8Bound(text));
  host.fail(at, writeUtf8(text, at));
}

/** Writes a log line of this level. */
export function hostLog(level: i32, text: string): void {
  const at = heap.alloc(utf8Bound(text));
  host.log(level, at, writeUtf8(text, at));
}

/** Ends the call as rejected, from any depth: everything it changed is undone and the caller sees the text. */
export function fail(text: string): void {
  hostFail(text);
  unreachable();
}

/** Ends the call as rejected with the text unless the condition holds. */
export function ensure(condition: bool, text: string): void {
  if (!condition) fail(text);
}

/** Ends the call as rejected because the host refused a change. */
export function refused(): void {
  fail(lastResultText());
}

/** Ends the call as rejected because a reducer of another module said no, with its text. */
// @ts-ignore: decorator
@global
export function __interstice_call_failed(): void {
  refused();
}

/** What `fail` becomes in the body of a reducer or query: the cheap way out, by the return value. */
// @ts-ignore: decorator
@global
export function __interstice_reject<T>(text: string): T {
  hostFail(text);
  rejected = true;
  if (isVoid<T>()) return;
  if (isReference<T>()) return changetype<T>(0);
  return <T>0;
}

/** What the text of `fail` and `throw` becomes elsewhere: marks the abort that follows as a rejection. */
// @ts-ignore: decorator
@global
export function __interstice_rejection(text: string): string {
  rejected = true;
  return text;
}

// @ts-ignore: decorator
@global @inline
export function __interstice_rejected(): bool {
  return rejected;
}

/**
 * Where every `throw`, failed `assert` and error of the standard library ends. A marked one is a rejection; the rest
 * are mistakes of the module, so they are logged and trap.
 */
// @ts-ignore: decorator
@global
export function __interstice_abort(message: string | null, file: string | null, line: i32, column: i32): void {
  if (rejected) {
    hostFail(message === null ? "" : message);
  } else {
    const what = message === null ? "assertion failed" : message;
    hostLog(5, what + " (" + (file === null ? "" : file) + ":" + line.toString() + ")");
  }
  unreachable();
}
