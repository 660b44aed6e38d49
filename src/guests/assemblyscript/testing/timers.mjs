import { decodeFields } from "./values.mjs";

const INTERVAL_MIN = 1000n;

/** The durable timers of a module under test. Nothing fires by itself: `TestHost.fire` does. */
export class Timers {
  #schema;
  #timers = new Map();
  #last = 0n;

  constructor(schema) {
    this.#schema = schema;
  }

  /** All of them, as `{ id, reducer, args, due, interval, missed }`, by number. */
  list() {
    return [...this.#timers.values()];
  }

  find(id) {
    return this.#timers.get(BigInt(id));
  }

  /** What is wrong with a timer that a module asks for, or null. */
  problemOf(reducer, args, interval) {
    const declared = this.#schema.reducers.get(reducer);
    if (!declared) return `schedule: there is no reducer ${reducer}`;
    if (declared.lifecycle) return `schedule: reducer ${reducer} has a lifecycle role`;
    try {
      decodeFields(this.#schema, declared.parameters ?? [], args);
    } catch (error) {
      return `schedule: the arguments of ${reducer} are not canonical: ${error.message}`;
    }
    return interval < 0n || (interval > 0n && interval < INTERVAL_MIN) ? `schedule: an interval of ${interval} us` : null;
  }

  add(reducer, args, due, interval, missed) {
    const id = ++this.#last;
    const fields = decodeFields(this.#schema, this.#schema.reducers.get(reducer).parameters ?? [], args);
    this.#timers.set(id, { id, reducer, args: fields, due, interval, missed });
    return id;
  }

  cancel(id) {
    return this.#timers.delete(id);
  }

  /** Moves a timer behind so many ticks. */
  advance(id, ticks) {
    const timer = this.find(id);
    if (timer.interval === 0n) this.#timers.delete(timer.id);
    else this.#timers.set(timer.id, { ...timer, due: timer.due + ticks * timer.interval });
  }

  save() {
    return { timers: new Map(this.#timers), last: this.#last };
  }

  restore({ timers, last }) {
    this.#timers = new Map(timers);
    this.#last = last;
  }

  /** What the import `firing` writes. */
  static describe({ id, due, ticks, attempt }) {
    const bytes = Buffer.alloc(28);
    bytes.writeBigUInt64LE(id, 0);
    bytes.writeBigInt64LE(due, 8);
    bytes.writeBigUInt64LE(ticks, 16);
    bytes.writeUInt32LE(attempt, 24);
    return bytes;
  }
}
