import { readFileSync } from "node:fs";
import { MigrationTables } from "./migration.mjs";
import { Misuse } from "./misuse.mjs";
import { Schema } from "./schema.mjs";
import { REFUSED, Table } from "./table.mjs";
import { Timers } from "./timers.mjs";
import { decode, encodeFields } from "./values.mjs";

/**
 * Runs a module without a server: given rows, when a call, expect outcome, mutations and events. Time, seed and caller
 * are parameters, so a test gives the same result each time. Every call begins from a fresh image of the module.
 */
export class TestHost {
  /** Options: `now` (microseconds), `seed`, `caller` (64 hex digits), `rowsPerBatch` for scans. */
  constructor(binary, options = {}) {
    this.module = new WebAssembly.Module(binary);
    this.schema = Schema.of(this.module);
    this.now = BigInt(options.now ?? 1_700_000_000_000_000);
    this.caller = options.caller ?? "00".repeat(32);
    this.rowsPerBatch = options.rowsPerBatch ?? Infinity;
    this.tables = this.schema.tables.map(table => new Table(this.schema, table));
    this.timers = new Timers(this.schema);
    this.modules = new Map([[this.schema.module.name, this]]);
    this.#random = BigInt(options.seed ?? 1);
  }

  #random;

  static load(path, options) {
    return new TestHost(readFileSync(path), options);
  }

  /** Lets the modules of these hosts call each other's reducers, each call and what it calls in one transaction. */
  connect(...others) {
    const together = new Map([this, ...others].flatMap(host => [...host.modules]));
    for (const host of together.values()) host.modules = together;
    return this;
  }

  /**
   * `{ outcome, value, error, mutations, events, logs }`; outcome is committed, rejected or trapped. What it did in a
   * module that it called stands there with `module`, the name of that module.
   */
  call(name, args = {}) {
    return this.#run("reducer", this.schema.reducers.get(name), name, args);
  }

  query(name, args = {}) {
    return this.#run("query", this.schema.queries.get(name), name, args);
  }

  /** All rows of a table in the order of its primary key. */
  rows(table) {
    return this.#table(table).rows();
  }

  /** Puts a row into a table as if an earlier call had; columns that have defaults may be left out. */
  given(table, row) {
    const target = this.#table(table);
    const outcome = target.insert(encodeFields(this.schema, target.description.columns, { ...target.defaults, ...row }));
    if (outcome.refused) throw new Error(outcome.text);
    return outcome.row;
  }

  /**
   * Runs a migration over old rows, by name of their table, as a publication does: what it filled takes the place of the rows
   * in the module's tables, and is in `rows` by table. What is not committed leaves everything as it was.
   */
  migrate(name, oldRows = {}) {
    const declaration = this.schema.migrations.get(name);
    if (!declaration) throw new Error(`the module has no migration ${name}`);
    const tables = new MigrationTables(this.schema, declaration, oldRows);
    const outcome = new Call(this, false, null, null, tables).run("migration", { name }, Buffer.alloc(0));
    if (outcome.outcome !== "committed") return { ...outcome, mutations: [], events: [], rows: {} };
    this.tables = this.tables.map(table => tables.filledInPlaceOf(table) ?? table);
    return { ...outcome, rows: tables.rows() };
  }

  nextRandom() {
    this.#random = (this.#random * 6364136223846793005n + 1442695040888963407n) & ((1n << 64n) - 1n);
    return BigInt.asIntN(64, this.#random);
  }

  #table(name) {
    const table = this.tables.find(candidate => candidate.description.name === name);
    if (!table) throw new Error(`the module has no table ${name}`);
    return table;
  }

  /** Runs what a timer calls, as the host does when it is due, and takes the timer out or moves it to its next due time. */
  fire(id, { ticks = 1n, attempt = 1 } = {}) {
    const timer = this.timers.find(id);
    if (!timer) throw new Error(`the module has no timer ${id}`);
    const saved = this.timers.save();
    this.timers.advance(id, ticks);
    const outcome = this.#run("reducer", this.schema.reducers.get(timer.reducer), timer.reducer, timer.args, { ...timer, ticks, attempt });
    if (outcome.outcome !== "committed") this.timers.restore(saved);
    return outcome;
  }

  #run(kind, declaration, name, args, firing = null) {
    if (!declaration) throw new Error(`the module has no ${kind} ${name}`);
    const parameters = declaration.parameters ?? [];
    const encoded = encodeFields(this.schema, parameters, Array.isArray(args)
      ? Object.fromEntries(parameters.map((parameter, at) => [parameter.name, args[at]]))
      : args);
    const restore = saveAll(this.modules);
    const call = new Call(this, kind === "query", null, firing);
    const outcome = call.run(kind, declaration, encoded);
    if (outcome.outcome !== "committed") {
      restore();
      outcome.mutations = [];
      outcome.events = [];
    }
    return outcome;
  }
}

// Gives what puts the tables and timers of all these modules back.
function saveAll(modules) {
  const saved = [...modules.values()].flatMap(host => [...host.tables, host.timers].map(table => [table, table.save()]));
  return () => saved.forEach(([table, rows]) => table.restore(rows));
}

/** One call: the imports, and what they have gathered. */
class Call {
  #host;
  #readOnly;
  #firing;
  #migration;
  #outer;
  #declaration;
  #memory;
  #sources = [];
  #iterators = [];
  #text = null;
  #value = null;
  #result = Buffer.alloc(0);
  #needed = 0;
  #initialising = true;
  #mutations = [];
  #events = [];
  #logs = [];

  /** `outer` is the call of another module that this one is part of; `migration` the tables of a migration. */
  constructor(host, readOnly, outer = null, firing = null, migration = null) {
    this.#host = host;
    this.#readOnly = readOnly;
    this.#firing = firing;
    this.#migration = migration;
    this.#outer = outer;
  }

  run(kind, declaration, args) {
    const exported = `${kind}:${declaration.name}`;
    this.#declaration = declaration;
    const base = () => ({ mutations: this.#mutations, events: this.#events, logs: this.#logs });
    try {
      const instance = new WebAssembly.Instance(this.#host.module, { interstice: this.#imports() });
      this.#memory = instance.exports.memory;
      instance.exports.interstice_init?.();
      this.#initialising = false;
      const at = instance.exports.interstice_alloc(args.length);
      this.#bytes(at, args.length).set(args);
      const code = instance.exports[exported](at, args.length);
      this.memoryBytes = this.#memory.buffer.byteLength;
      if (code === 1) return { ...base(), outcome: "rejected", error: this.#text };
      if (code !== 0) throw new Misuse(`${exported} returned ${code}`);
      return { ...base(), outcome: "committed", value: this.#answer(declaration), memoryBytes: this.memoryBytes };
    } catch (error) {
      // Engines differ in the text of a trap; V8 and others begin that of `unreachable` with the word.
      const unreachable = error instanceof WebAssembly.RuntimeError && /^unreachable/.test(error.message);
      if (unreachable && this.#text !== null) return { ...base(), outcome: "rejected", error: this.#text };
      return { ...base(), outcome: "trapped", error: error.message };
    }
  }

  #answer(declaration) {
    const { name, result } = declaration;
    if (result === undefined) {
      if (this.#value !== null) throw new Misuse(`${name} returned a value without a declared result`);
      return null;
    }
    if (this.#value === null) throw new Misuse(`${name} returned nothing`);
    return decode(this.#host.schema, this.#host.schema.type(result), this.#value);
  }

  #imports() {
    const guarded = Object.entries(this.#functions()).map(([name, body]) => [name, (...args) => {
      if (this.#initialising && name !== "table" && name !== "index") {
        throw new Misuse(`${name} may not be called in interstice_init`);
      }
      this.#migration?.expectAllowed(name);
      return body(...args);
    }]);
    return Object.fromEntries(guarded);
  }

  #functions() {
    return {
      table: (name, length) => this.#open(this.#string(name, length)),
      index: (table, name, length) => this.#openIndex(table, this.#string(name, length)),
      insert: (table, row, length, out, capacity) => this.#insert(table, row, length, out, capacity),
      update: (table, row, length) => this.#update(table, row, length),
      delete: (table, key, length) => this.#delete(table, key, length),
      get: (source, key, length, out, capacity) => this.#get(source, key, length, out, capacity),
      scan: (source, lower, lowerLength, upper, upperLength, flags) =>
        this.#scan(source, this.#copy(lower, lowerLength), this.#copy(upper, upperLength), flags),
      next: (iterator, out, capacity) => this.#next(iterator, out, capacity),
      close: iterator => this.#close(iterator),
      count: table => BigInt(this.#readable(table).table.count),
      emit: (event, eventLength, payload, length) =>
        this.#emit(this.#string(event, eventLength), this.#copy(payload, length)),
      returns: (value, length) => { this.#value = this.#copy(value, length); },
      fail: (text, length) => { this.#text = this.#string(text, length); },
      log: (level, text, length) => this.#log(level, this.#string(text, length)),
      now: () => this.#outermost.now,
      random: () => this.#outermost.nextRandom(),
      caller: out => this.#bytes(out, 32).set(Buffer.from(this.#outermost.caller, "hex")),
      caller_module: (out, capacity) => this.#put(Buffer.from(this.#outer?.module ?? ""), out, capacity),
      call: (module, moduleLength, reducer, reducerLength, args, length) => this.#call(
        this.#string(module, moduleLength), this.#string(reducer, reducerLength), this.#copy(args, length)),
      schedule: (...args) => this.#schedule("once", ...args),
      schedule_each: (...args) => this.#schedule("each", ...args),
      cancel: timer => {
        if (this.#readOnly) throw new Misuse("a query may not cancel");
        return this.#host.timers.cancel(BigInt.asUintN(64, timer)) ? 1 : 0;
      },
      firing: (out, capacity) => {
        this.#bytes(out, capacity);
        return this.#firing === null ? REFUSED.NONE : this.#put(Timers.describe(this.#firing), out, capacity);
      },
      result: (out, capacity) => this.#put(this.#result, out, capacity),
      needed: () => this.#needed,
    };
  }

  get module() {
    return this.#host.schema.module.name;
  }

  // Time, chance and caller of a transaction are those of the call that a client made.
  get #outermost() {
    return this.#outer ? this.#outer.#outermost : this.#host;
  }

  get #path() {
    return [...(this.#outer?.#path ?? []), this.module];
  }

  #call(module, reducer, args) {
    const reference = `${module}.${reducer}`;
    const host = this.#host.modules.get(module);
    const declaration = host?.schema.reducers.get(reducer);
    if (this.#readOnly) throw new Misuse("a query may not call");
    if (!this.#declaration.calls?.includes(reference)) {
      throw new Misuse(`${this.module}.${this.#declaration.name} does not declare that it calls ${reference}`);
    }
    if (!declaration) throw new Misuse(`there is no reducer ${reference}; connect the host of module ${module}`);
    if (declaration.visibility === "private") throw new Misuse(`reducer ${reference} is private`);
    if (this.#path.includes(module)) throw new Misuse(`${[...this.#path, module].join(" -> ")}: module ${module} runs already`);
    const restore = saveAll(this.#host.modules);
    const nested = new Call(host, false, this);
    const ended = nested.run("reducer", declaration, args);
    this.#logs.push(...ended.logs);
    if (ended.outcome === "trapped") throw new Misuse(`${reference}: ${ended.error}`);
    if (ended.outcome === "rejected") {
      restore();
      return this.#refuse({ refused: REFUSED.CALL_FAILED, text: ended.error ?? `${reducer} failed and gave no reason` });
    }
    this.#mutations.push(...ended.mutations.map(mutation => ({ module, ...mutation })));
    this.#events.push(...ended.events.map(event => ({ module, ...event })));
    this.#result = nested.#value ?? Buffer.alloc(0);
    return this.#result.length;
  }

  #schedule(missed, name, nameLength, args, length, due, interval) {
    if (this.#readOnly) throw new Misuse("a query may not schedule");
    const problem = this.#host.timers.problemOf(this.#string(name, nameLength), this.#copy(args, length), interval);
    if (problem) throw new Misuse(problem);
    return this.#host.timers.add(this.#string(name, nameLength), this.#copy(args, length), due, interval, missed);
  }

  #open(name) {
    const table = (this.#migration ?? this.#host).tables.find(candidate => candidate.description.name === name);
    if (!table) throw new Misuse(`there is no table ${name}`);
    return this.#sources.push({ table, index: null }) - 1;
  }

  #openIndex(handle, name) {
    const { table } = this.#source(handle);
    const index = table.description.indexes.find(candidate => candidate.name === name);
    if (!index) throw new Misuse(`table ${table.description.name} has no index ${name}`);
    return this.#sources.push({ table, index }) - 1;
  }

  #insert(handle, row, length, out, capacity) {
    const table = this.#writable(handle);
    this.#bytes(out, capacity);
    const inserted = table.complete(this.#copy(row, length));
    if (capacity < inserted.length) return this.#tooSmall(inserted.length);
    const outcome = table.insert(inserted);
    if (outcome.refused) return this.#refuse(outcome);
    this.#mutations.push({ operation: "insert", table: table.description.name, row: outcome.row });
    return this.#put(outcome.bytes, out, capacity);
  }

  #update(handle, row, length) {
    const table = this.#writable(handle);
    const outcome = table.update(this.#copy(row, length));
    if (outcome.refused) return this.#refuse(outcome);
    this.#mutations.push({ operation: "update", table: table.description.name, old: outcome.old, row: outcome.row });
    return 0;
  }

  #delete(handle, key, length) {
    const table = this.#writable(handle);
    const old = table.delete(this.#copy(key, length));
    if (old === null) return 0;
    this.#mutations.push({ operation: "delete", table: table.description.name, old });
    return 1;
  }

  #get(handle, key, length, out, capacity) {
    const { table, index } = this.#readable(handle);
    const row = table.get(index, this.#copy(key, length));
    return row === null ? REFUSED.NONE : this.#put(row, out, capacity);
  }

  #scan(handle, lower, upper, flags) {
    const { table, index } = this.#readable(handle);
    if (flags & ~7) throw new Misuse(`scan has no flags ${flags}`);
    return this.#iterators.push({ rows: table.scan(index, lower, upper, flags), at: 0 }) - 1;
  }

  #next(handle, out, capacity) {
    this.#bytes(out, capacity);
    const iterator = this.#iterator(handle);
    const parts = [];
    let size = 0;
    while (iterator.at < iterator.rows.length && parts.length < this.#host.rowsPerBatch) {
      const row = iterator.rows[iterator.at];
      if (size + 4 + row.length > capacity) break;
      const prefix = Buffer.alloc(4);
      prefix.writeUInt32LE(row.length);
      parts.push(Buffer.concat([prefix, row]));
      size += 4 + row.length;
      iterator.at++;
    }
    if (parts.length === 0 && iterator.at < iterator.rows.length) {
      return this.#tooSmall(4 + iterator.rows[iterator.at].length);
    }
    this.#bytes(out, size).set(Buffer.concat(parts));
    return size;
  }

  #close(handle) {
    this.#iterator(handle);
    this.#iterators[handle] = null;
  }

  #log(level, text) {
    if (level >>> 0 > 5) throw new Misuse(`there is no log level ${level}`);
    this.#logs.push({ level, text });
  }

  #emit(name, payload) {
    const event = this.#host.schema.events.get(name);
    if (!event) throw new Misuse(`there is no event ${name}`);
    if (this.#readOnly) throw new Misuse("a query may not emit");
    this.#events.push({ name, payload: decode(this.#host.schema, this.#host.schema.type(event.type), payload) });
  }

  #source(handle) {
    if (!this.#sources[handle]) throw new Misuse(`there is no table or index ${handle}`);
    return this.#sources[handle];
  }

  #iterator(handle) {
    if (!this.#iterators[handle]) throw new Misuse(`there is no iterator ${handle}`);
    return this.#iterators[handle];
  }

  #writable(handle) {
    const { table, index } = this.#source(handle);
    if (index) throw new Misuse("rows are written through the table, not through an index");
    if (this.#readOnly) throw new Misuse("a query may not write");
    this.#migration?.expectWritable(table);
    return table;
  }

  #readable(handle) {
    const source = this.#source(handle);
    this.#migration?.expectReadable(source.table);
    return source;
  }

  #refuse({ refused, text }) {
    this.#result = Buffer.from(text, "utf8");
    return refused;
  }

  #tooSmall(needed) {
    this.#needed = needed;
    return REFUSED.BUFFER_TOO_SMALL;
  }

  #put(bytes, out, capacity) {
    this.#bytes(out, capacity);
    if (bytes.length > capacity) return this.#tooSmall(bytes.length);
    this.#bytes(out, bytes.length).set(bytes);
    return bytes.length;
  }

  #bytes(at, length) {
    return new Uint8Array(this.#memory.buffer, at >>> 0, length >>> 0);
  }

  #copy(at, length) {
    return Buffer.from(this.#bytes(at, length));
  }

  #string(at, length) {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(this.#copy(at, length));
  }
}
