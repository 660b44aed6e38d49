import { fromJson } from "./json.mjs";
import { compareKeys, keyOf } from "./keys.mjs";
import { decodeFields, decodePrefix, encodeFields } from "./values.mjs";

/** Refusals that the ABI reports as numbers; anything else that a module does wrong is a trap. */
export const REFUSED = {
  NONE: -1, BUFFER_TOO_SMALL: -2, DUPLICATE_KEY: -3, NOT_FOUND: -4, COUNTER_OVERFLOW: -5, CALL_FAILED: -7,
};

/** Rows of one table in memory, checked as the host checks them. Slow and simple: meant for tests. */
export class Table {
  #schema;
  #rows = new Map();
  #counters = new Map();

  constructor(schema, description) {
    this.#schema = schema;
    this.description = description;
  }

  get count() {
    return this.#rows.size;
  }

  /** What undo needs. */
  save() {
    return { rows: new Map(this.#rows), counters: new Map(this.#counters) };
  }

  restore(saved) {
    this.#rows = saved.rows;
    this.#counters = saved.counters;
  }

  /** Goes on behind the numbers that another table has given out, where both generate the same column. */
  continueCounters(before) {
    for (const { name, autoInc } of this.description.columns) {
      const known = before.#counters.get(name);
      if (autoInc && known !== undefined) this.#counters.set(name, known);
    }
  }

  /** All rows in the order of the primary key. */
  rows() {
    return this.#sorted(this.description.primaryKey).map(entry => entry.row);
  }

  /** The columns that have a default, with its value. */
  get defaults() {
    const columns = this.description.columns.filter(column => column.default !== undefined);
    return Object.fromEntries(columns.map(column => [column.name, fromJson(this.#schema, this.#schema.type(column.type), column.default)]));
  }

  /** A row for insert with the defaults of the last columns, if it leaves these out; anything else as it is. */
  complete(bytes) {
    const { columns } = this.description;
    for (let given = columns.length; given > 0 && columns[given - 1].default !== undefined; given--) {
      if (this.#isRowOf(columns.slice(0, given - 1), bytes)) {
        return Buffer.concat([bytes, encodeFields(this.#schema, columns.slice(given - 1), this.defaults)]);
      }
    }
    return bytes;
  }

  /** `{ bytes }` with generated columns filled in, or `{ refused, text }`. */
  insert(bytes) {
    const row = decodeFields(this.#schema, this.description.columns, bytes);
    for (const column of this.description.columns.filter(candidate => candidate.autoInc)) {
      const overflow = this.#generate(column, row);
      if (overflow) return overflow;
    }
    const taken = this.#taken(row, null);
    if (taken) return taken;
    for (const column of this.description.columns.filter(candidate => candidate.autoInc)) this.#observe(column, row);
    this.#rows.set(this.#id(row), row);
    return { bytes: encodeFields(this.#schema, this.description.columns, row), row };
  }

  update(bytes) {
    const row = decodeFields(this.#schema, this.description.columns, bytes);
    const id = this.#id(row);
    const old = this.#rows.get(id);
    if (!old) return { refused: REFUSED.NOT_FOUND, text: `table ${this.description.name} has no row with this key` };
    const taken = this.#taken(row, id);
    if (taken) return taken;
    this.#rows.set(id, row);
    return { old, row };
  }

  delete(key) {
    const { values, rest } = this.#key(this.description.primaryKey, key);
    if (rest !== this.description.primaryKey.length) throw new Error("delete takes all columns of the primary key");
    const id = this.#order(this.description.primaryKey, values).toString("hex");
    const old = this.#rows.get(id);
    this.#rows.delete(id);
    return old ?? null;
  }

  get(index, key) {
    if (index && !index.unique) throw new Error(`get on index ${index.name}, which is not unique`);
    const columns = index ? index.columns : this.description.primaryKey;
    const { values, rest } = this.#key(columns, key);
    if (rest !== columns.length) throw new Error("get takes all columns of the key");
    const wanted = this.#order(columns, values);
    for (const row of this.#rows.values()) {
      if (compareKeys(this.#orderOf(columns, row), wanted) === 0) return this.#encoded(row);
    }
    return null;
  }

  /** Encoded rows between two bounds, in order. */
  scan(index, lower, upper, flags) {
    const columns = index ? index.columns : this.description.primaryKey;
    const from = this.#bound(columns, lower);
    const to = this.#bound(columns, upper);
    const within = this.#sorted(columns)
      .filter(({ order }) => above(order, from, flags & 1) && below(order, to, flags & 2));
    if (flags & 4) within.reverse();
    return within.map(({ row }) => this.#encoded(row));
  }

  #isRowOf(columns, bytes) {
    try {
      decodeFields(this.#schema, columns, bytes);
      return true;
    } catch {
      return false;
    }
  }

  #generate(column, row) {
    if (BigInt(row[column.name]) !== 0n) return null;
    const next = (this.#counters.get(column.name) ?? 0n) + 1n;
    if (next > MAXIMA[column.type]) {
      return { refused: REFUSED.COUNTER_OVERFLOW, text: `column ${column.name} has no value left` };
    }
    row[column.name] = column.type.endsWith("64") ? next : Number(next);
    return null;
  }

  #observe(column, row) {
    const value = BigInt(row[column.name]);
    if (value > (this.#counters.get(column.name) ?? 0n)) this.#counters.set(column.name, value);
  }

  #taken(row, ownId) {
    const keys = [
      { name: "the primary key", columns: this.description.primaryKey },
      ...this.description.indexes.filter(index => index.unique),
    ].filter(key => key.columns.length > 0);
    for (const key of keys) {
      const wanted = this.#orderOf(key.columns, row);
      for (const [id, other] of this.#rows) {
        if (id !== ownId && compareKeys(this.#orderOf(key.columns, other), wanted) === 0) {
          const text = `table ${this.description.name}: ${key.name} has this value already`;
          return { refused: REFUSED.DUPLICATE_KEY, text };
        }
      }
    }
    return null;
  }

  #sorted(columns) {
    const entries = [...this.#rows].map(([id, row]) =>
      ({ row, order: this.#orderOf(columns, row), id: Buffer.from(id, "hex") }));
    return entries.sort((a, b) => compareKeys(a.order, b.order) || compareKeys(a.id, b.id));
  }

  #bound(columns, key) {
    if (key.length === 0) return null;
    const { values, rest } = this.#key(columns, key);
    return rest === 0 ? null : this.#order(columns.slice(0, rest), values);
  }

  #key(columns, key) {
    const rest = key[0];
    if (rest === undefined || rest > columns.length) {
      throw new Error(`a key of ${rest} columns for an index of ${columns.length}`);
    }
    const types = columns.slice(0, rest).map(name => this.#type(name));
    const { values, length } = decodePrefix(this.#schema, types, key.subarray(1));
    if (length !== key.length - 1) throw new Error("a key has bytes too many");
    return { values, rest };
  }

  #id(row) {
    const columns = this.description.primaryKey;
    if (columns.length > 0) return this.#orderOf(columns, row).toString("hex");
    return this.#rows.size.toString(16).padStart(16, "0");
  }

  #orderOf(columns, row) {
    return this.#order(columns, columns.map(name => row[name]));
  }

  #order(columns, values) {
    return Buffer.concat(columns.map((name, at) => keyOf(this.#schema, this.#type(name), values[at])));
  }

  #type(name) {
    return this.#schema.type(this.description.columns.find(column => column.name === name).type);
  }

  #encoded(row) {
    return encodeFields(this.#schema, this.description.columns, row);
  }
}

const MAXIMA = { i32: 2n ** 31n - 1n, u32: 2n ** 32n - 1n, i64: 2n ** 63n - 1n, u64: 2n ** 64n - 1n };

// A bound of fewer columns stands for all rows that begin with it.
function above(order, bound, exclusive) {
  if (bound === null) return true;
  const prefix = order.subarray(0, bound.length);
  const comparison = compareKeys(prefix, bound);
  return exclusive ? comparison > 0 : comparison >= 0;
}

function below(order, bound, exclusive) {
  if (bound === null) return true;
  const comparison = compareKeys(order.subarray(0, bound.length), bound);
  return exclusive ? comparison < 0 : comparison <= 0;
}
