import { CommonFlags } from "assemblyscript";
import { nameOf, textOf } from "./syntax.mjs";
import { CURSOR_MEMBERS } from "./model.mjs";
import { camelCase } from "./names.mjs";

// Flags of scan (docs/abi.md), and above them the cursor's own marks of which bounds are set.
const LOWER_EXCLUSIVE = 1;
const UPPER_EXCLUSIVE = 2;
const LOWER_SET = 8;
const UPPER_SET = 16;

/** Members that every stored class gets: its encoder and decoder. */
export function structMembers(struct, codec) {
  const values = struct.fields.map(field => ({ type: field.type, value: `this.${field.property}` }));
  const targets = struct.fields.map(field => ({ type: field.type, target: `row.${field.property}` }));
  const name = nameOf(struct.declaration);
  return `
__bound(): i32 { return ${codec.boundOf(struct.fields, field => `this.${field.property}`)}; }
__write(p: usize): usize { ${codec.writeAll(values)} return p; }
static __read(p: usize): ${name} {
  const row = changetype<${name}>(__new(offsetof<${name}>(), idof<${name}>()));
  ${codec.readAll(targets, struct.size === null)}
  ${struct.size === null ? "__interstice_end = p;" : ""}
  return row;
}
static __skip(p: usize): usize { ${codec.skipAll(struct.fields.map(field => field.type))} return p; }`;
}

/** The member that `emit` calls. */
export function eventMember(event) {
  return `
__emit(): void {
  const p = __interstice_room(this.__bound());
  __interstice_emit(${utf8(event.name)}, p, <i32>(this.__write(p) - p));
}`;
}

/** The exported function that decodes arguments, runs a reducer or query and hands its result to the host. */
export function wrapper(call, codec) {
  const args = call.parameters.map((parameter, at) => ({ type: parameter.type, target: `const a${at}` }));
  const names = args.map((_, at) => `a${at}`).join(", ");
  const invoke = `${nameOf(call.declaration)}(${names})`;
  const result = call.result && `
  const p0 = __interstice_room(${codec.bound(call.result, "result")});
  p = p0;
  ${codec.writeAll([{ type: call.result, value: "result" }])}
  __interstice_returns(p0, <i32>(p - p0));`;
  return `
export function ${wrapperName(call)}(p: usize, length: i32): i32 {
  ${codec.readAll(args, false)}
  ${call.result ? `const result = ${invoke};` : `${invoke};`}
  if (__interstice_rejected()) return 1;${result ?? ""}
  return 0;
}`;
}

/** The function that calls a reducer of another module, in the place of its declaration. */
export function remoteFunction({ declaration, reference, parameters, result, catches }, codec) {
  const [module, reducer] = reference.split(".");
  const returned = textOf(declaration.signature.returnType);
  const list = declaration.signature.parameters.map(({ name, type }) => `a_${name.text}: ${textOf(type)}`).join(", ");
  const value = result && codec.read(result, 0);
  const [failed, done] = !catches
    ? ["__interstice_call_failed();", result ? `return ${value};` : ""]
    : result
      ? [`return __interstice_failed(__interstice_nothing<${result.as}>());`, `return __interstice_returned<${result.as}>(${value});`]
      : ["return __interstice_failed(__interstice_succeeded());", "return __interstice_succeeded();"];
  return `
${declaration.is(CommonFlags.Export) ? "export " : ""}function ${nameOf(declaration)}(${list}): ${returned} {
  const from = __interstice_room(${codec.boundOf(parameters, parameter => `a_${parameter.property}`)});
  let p = from;
  ${codec.writeAll(parameters.map(({ type, property }) => ({ type, value: `a_${property}` })))}
  p = __interstice_call(${utf8(module)}, ${utf8(reducer)}, from, <i32>(p - from));
  if (p == 0) ${failed}
  ${done}
}`;
}

/** The class behind `timers.<reducer>`. */
export function timerClass(call, codec) {
  const parameters = call.parameters.map(({ property, type }) => `, a_${property}: ${type.as}`).join("");
  const method = (name, doc, interval, schedule) => `
  /** ${doc} */
  ${name}(due: i64${interval ? ", interval: i64" : ""}${parameters}): u64 {
    const from = __interstice_room(${codec.boundOf(call.parameters, parameter => `a_${parameter.property}`)});
    let p = from;
    ${codec.writeAll(call.parameters.map(({ type, property }) => ({ type, value: `a_${property}` })))}
    return ${schedule}(${utf8(call.name)}, from, <i32>(p - from), due, ${interval ? "interval" : "0"});
  }`;
  return `@global class ${timerName(call)} {
  ${method("at", "Calls the reducer once; returns the timer.", false, "__interstice_schedule")}
  ${method("every", "Calls it again and again; missed ticks are one call.", true, "__interstice_schedule")}
  ${method("each", "Calls it again and again, for each missed tick too.", true, "__interstice_schedule_each")}
}`;
}

/** Declares `timers` with one member a reducer, for the entry file. */
export function timers(calls) {
  const members = calls.map(call => `  export const ${camelCase(call.name)}: ${timerName(call)} = changetype<${timerName(call)}>(0);`);
  return `@global namespace timers {\n${members.join("\n")}\n}`;
}

function timerName(call) {
  return `__timer_${call.name}`;
}

export function wrapperName(call) {
  return `__interstice_${call.kind}_${call.name}`;
}

/** The classes behind \`db.<table>\`: the table itself, its indexes and its cursors. */
export function tableClasses(table, codec) {
  return shapeClasses(new TableShape(table, codec));
}

/** The classes behind `old.<table>` and `filled.<table>`: a table of before, and the same one as a migration fills it. */
export function oldTableClasses(table, codec) {
  const { read, filled } = oldIds(table);
  return [
    new TableShape(table, codec, { id: read, name: `${table.name}@old`, isLookedUp: true, isReadOnly: true }),
    new TableShape(table, codec, { id: filled, name: table.name, isLookedUp: true }),
  ].map(shapeClasses).join("\n");
}

// No name of a table has this character.
function oldIds(table) {
  return { read: `old$${table.accessor}`, filled: `filled$${table.accessor}` };
}

function shapeClasses(shape) {
  return [shape.handles(), shape.cursor(), ...shape.ranges(), ...shape.indexes(), shape.accessor()].join("\n");
}

/** Declares `db` with one member a table, for the entry file. */
export function database(tables) {
  return tableNamespace("db", tables, table => table.name);
}

/** Declares `old` and `filled` with one member a table each, for the entry file. */
export function oldDatabases(tables) {
  return [
    tableNamespace("old", tables, table => oldIds(table).read),
    tableNamespace("filled", tables, table => oldIds(table).filled),
  ].join("\n");
}

function tableNamespace(space, tables, idOf) {
  const members = tables.map(table => {
    const name = tableClass(idOf(table));
    return `  export const ${table.accessor}: ${name} = changetype<${name}>(0);`;
  });
  return `@global namespace ${space} {\n${members.join("\n")}\n}`;
}

function tableClass(id) {
  return `__table_${id}`;
}

class TableShape {
  /** A table that is looked up has no handle in the image: it is there in a migration only. */
  constructor(table, codec, { id = table.name, name = table.name, isLookedUp = false, isReadOnly = false } = {}) {
    this.table = table;
    this.codec = codec;
    this.id = id;
    this.name = name;
    this.isLookedUp = isLookedUp;
    this.isReadOnly = isReadOnly;
    this.row = nameOf(table.declaration);
    this.handle = `__handle_${id}${isLookedUp ? "()" : ""}`;
    this.cursorName = `__cursor_${id}`;
    // The primary key is an index like any other for scans; its handle is the table's own.
    this.primary = { name: "", columns: table.primaryKey, unique: true };
  }

  handles() {
    const own = this.#handle(`__handle_${this.id}`, `__interstice_table(${utf8(this.name)})`);
    const others = this.table.indexes.map(index =>
      this.#handle(`__handle_${this.id}_${index.name}`, `__interstice_index(${this.handle}, ${utf8(index.name)})`));
    return [own, ...others].join("\n");
  }

  #handle(name, value) {
    if (!this.isLookedUp) return `@lazy const ${name}: i32 = ${value};`;
    return `let ${name}_kept: i32 = -1;
function ${name}(): i32 { if (${name}_kept < 0) ${name}_kept = ${value}; return ${name}_kept; }`;
  }

  /** Moves over rows; columns are read where they lie, only what is asked for is decoded. */
  cursor() {
    const columns = this.table.columns;
    const anchors = [];
    let anchor = "this.__at";
    let offset = 0;
    const steps = [];
    const getters = columns.map((column, at) => {
      const place = { anchor, offset };
      if (column.type.size !== null) {
        offset += column.type.size;
      } else if (at < columns.length - 1) {
        const next = `this.__after${at}`;
        anchors.push(`private __after${at}: usize = 0;`);
        steps.push(`${next} = ${this.codec.skip(column.type, plus(anchor, offset))};`);
        anchor = next;
        offset = 0;
      }
      if (CURSOR_MEMBERS.has(column.property)) return "";
      return `/** Column ${column.name} of the current row. */
  get ${column.property}(): ${column.type.as} { return ${this.codec.read(column.type, place.offset, place.anchor)}; }`;
    });
    return `
@global class ${this.cursorName} extends __Cursor {
  ${anchors.join("\n  ")}
  /** Moves to the next row; false at the end. */
  next(): bool { if (!this.__advance()) return false; ${steps.join(" ")} return true; }
  /** The current row as an object of its own. */
  get row(): ${this.row} { return ${this.row}.__read(this.__at); }
  /** The first row of the scan, or null; ends the scan. */
  first(): ${this.row} | null {
    if (!this.next()) return null;
    const row = this.row;
    this.close();
    return row;
  }
  /** At most this many of the rows that follow; ends the scan. */
  toArray(limit: i32 = i32.MAX_VALUE): Array<${this.row}> {
    const rows = new Array<${this.row}>();
    while (rows.length < limit && this.next()) rows.push(this.row);
    this.close();
    return rows;
  }
  ${getters.filter(getter => getter !== "").join("\n  ")}
}`;
  }

  /** For each index one class per number of leading columns given, so that every bound is typed. */
  ranges() {
    return this.#scannable().flatMap(index =>
      Array.from({ length: index.columns.length + 1 }, (_, given) => this.#range(index, given)));
  }

  indexes() {
    return this.table.indexes.map(index => `
@global class ${this.#indexClass(index)} {
  ${index.unique ? this.#finders(index) : ""}
  ${this.#scanners(index)}
}`);
  }

  accessor() {
    const key = this.table.kind === "event" ? [] : [this.#keyed(), this.isReadOnly ? "" : this.#changers()];
    const accessors = this.table.indexes.map(index => {
      const name = this.#indexClass(index);
      return `get ${camelCase(index.name)}(): ${name} { return changetype<${name}>(0); }`;
    });
    return `
@global class ${tableClass(this.id)} {
  ${[this.isReadOnly ? "" : this.#inserters(), this.#counter(), ...key, ...accessors].join("\n  ")}
}`;
  }

  #counter() {
    return `/** Rows in the table as this transaction sees it. */
  get count(): i64 { return __interstice_count(${this.handle}); }`;
  }

  #inserters() {
    const write = "let p = __interstice_room(row.__bound()); const n = <i32>(row.__write(p) - p);";
    const generated = this.#readBack();
    return `/** Inserts a row and returns it with its generated columns; a taken key rejects the call. */
  insert(row: ${this.row}): ${this.row} { ${write} __interstice_insert(${this.handle}, p, n); ${generated} return row; }
  /** Inserts a row unless one of its keys is taken. */
  tryInsert(row: ${this.row}): bool {
    ${write}
    if (!__interstice_try_insert(${this.handle}, p, n)) return false;
    ${generated}
    return true;
  }`;
  }

  // The host left the row with its generated columns in the buffer; only those are read back.
  #readBack() {
    const columns = this.table.columns;
    const lines = [];
    let skipped = 0;
    columns.forEach((column, at) => {
      if (!column.autoInc) return;
      const before = columns.slice(skipped, at).map(other => other.type);
      lines.push(`${this.codec.skipAll(before)} row.${column.property} = ${this.codec.read(column.type, 0)};`);
      skipped = at;
    });
    return lines.join(" ");
  }

  #keyed() {
    return `${this.#finders(this.primary)}
  ${this.#scanners(this.primary)}`;
  }

  #changers() {
    const key = this.#parameters(this.table.primaryKey);
    return `/** Replaces the row with this row's primary key; no such row rejects the call. */
  update(row: ${this.row}): void {
    const p = __interstice_room(row.__bound());
    __interstice_update(${this.handle}, p, <i32>(row.__write(p) - p));
  }
  /** Replaces the row with this row's primary key; false when there is none. */
  tryUpdate(row: ${this.row}): bool {
    const p = __interstice_room(row.__bound());
    return __interstice_try_update(${this.handle}, p, <i32>(row.__write(p) - p));
  }
  /** Deletes the row with this primary key; false when there is none. */
  delete(${key}): bool {
    ${this.#writeKey(this.table.primaryKey)}
    return __interstice_delete(${this.handle}, k, <i32>(p - k));
  }`;
  }

  #finders(index) {
    const parameters = this.#parameters(index.columns);
    const names = index.columns.map(column => `key_${column.property}`).join(", ");
    const described = index.columns.map(column => column.name).join(", ");
    return `/** The row with this ${described}, or null. */
  find(${parameters}): ${this.row} | null {
    ${this.#writeKey(index.columns)}
    const at = __interstice_get(${this.#handleOf(index)}, k, <i32>(p - k));
    return at == 0 ? null : ${this.row}.__read(at);
  }
  /** The row with this ${described}; none rejects the call. */
  get(${parameters}): ${this.row} {
    const row = this.find(${names});
    if (row === null) __interstice_missing("${this.table.name}", "${described}");
    return row!;
  }
  /** Whether a row has this ${described}. */
  has(${parameters}): bool {
    ${this.#writeKey(index.columns)}
    return __interstice_get(${this.#handleOf(index)}, k, <i32>(p - k)) != 0;
  }`;
  }

  #scanners(index) {
    const all = this.#rangeClass(index, 0);
    const one = this.#rangeClass(index, 1);
    const first = index.columns[0];
    const single = index.unique && index.columns.length === 1;
    return `/** All rows in the order of this key. */
  scan(): ${all} { const scan = ${create(all)}; scan.__over(${this.#handleOf(index)}); return scan; }
  ${single ? "" : `/** Rows with this ${first.name}. */
  of(value: ${first.type.as}): ${one} { return this.scan().and(value); }`}`;
  }

  #range(index, given) {
    const name = this.#rangeClass(index, given);
    const column = index.columns[given];
    const next = column && this.#rangeClass(index, given + 1);
    const bound = column && this.codec.bound(column.type, "value");
    const write = column && this.codec.writeAll([{ type: column.type, value: "value" }]);
    const limit = (method, text, side, mark, exclusive) => `/** ${text} */
  ${method}(value: ${column.type.as}): ${name} {
    this.__makeable(${mark}, ${mark});
    let p = this.__${side}Room(${bound});
    ${write}
    this.__${side}End(p, ${exclusive});
    return this;
  }`;
    return `
@global class ${name} extends ${this.cursorName} {
  /** The other way round. */
  descending(): ${name} { this.__descending(); return this; }
  ${column ? `/** Only rows with this ${column.name}. */
  and(value: ${column.type.as}): ${next} {
    this.__makeable(${LOWER_SET | UPPER_SET}, 0);
    let p = this.__lowerRoom(${bound});
    ${write}
    this.__both(p);
    return changetype<${next}>(this);
  }
  ${limit("atLeast", `From this ${column.name} on.`, "lower", LOWER_SET, 0)}
  ${limit("above", `Beyond this ${column.name}.`, "lower", LOWER_SET, LOWER_EXCLUSIVE)}
  ${limit("atMost", `Up to and with this ${column.name}.`, "upper", UPPER_SET, 0)}
  ${limit("below", `Below this ${column.name}.`, "upper", UPPER_SET, UPPER_EXCLUSIVE)}` : ""}
}`;
  }

  #scannable() {
    return (this.table.kind === "event" ? [] : [this.primary]).concat(this.table.indexes);
  }

  #parameters(columns) {
    return columns.map(column => `key_${column.property}: ${column.type.as}`).join(", ");
  }

  #writeKey(columns) {
    const fields = columns.map(column => ({ type: column.type, value: `key_${column.property}` }));
    const bound = this.codec.boundOf(columns, column => `key_${column.property}`);
    return `const k = __interstice_room(1 + ${bound});
    store<u8>(k, ${columns.length});
    let p = k + 1;
    ${this.codec.writeAll(fields)}`;
  }

  #handleOf(index) {
    return index === this.primary ? this.handle : `__handle_${this.id}_${index.name}${this.isLookedUp ? "()" : ""}`;
  }

  #indexClass(index) {
    return `__index_${this.id}_${index.name}`;
  }

  #rangeClass(index, given) {
    return `__range_${this.id}_${index.name}_${given}`;
  }
}

function create(name) {
  return `changetype<${name}>(__new(offsetof<${name}>(), idof<${name}>()))`;
}

function plus(anchor, offset) {
  return offset === 0 ? anchor : `${anchor} + ${offset}`;
}

/** A static UTF-8 text as the two arguments address and length. Names of the ABI are ASCII. */
function utf8(text) {
  const bytes = [...Buffer.from(text, "utf8")];
  return `memory.data<u8>([${bytes.join(", ")}]), ${bytes.length}`;
}
