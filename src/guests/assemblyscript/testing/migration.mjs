import { Misuse } from "./misuse.mjs";
import { describeTable } from "./schema.mjs";
import { Table } from "./table.mjs";
import { encodeFields } from "./values.mjs";

const FORBIDDEN = new Set(["emit", "call", "schedule", "schedule_each", "cancel"]);

/** The tables that a migration sees: those that it fills, the old ones with their rows, and the others, which it may not use. */
export class MigrationTables {
  #name;
  #filled = new Map();
  #old = new Set();

  constructor(schema, declaration, oldRows) {
    this.#name = declaration.reducer;
    const before = new Map((declaration.reads ?? []).map(table => [table.name, oldTable(schema, table, oldRows[table.name] ?? [])]));
    for (const name of Object.keys(oldRows)) {
      if (!before.has(name)) throw new Error(`migration ${this.#name} reads no table ${name}`);
    }
    for (const written of declaration.writes) {
      const isDeclared = typeof written === "object";
      const description = isDeclared ? describeTable(written) : schema.tables.find(table => table.name === written);
      const table = new Table(schema, description);
      if (before.has(description.name)) table.continueCounters(before.get(description.name));
      this.#filled.set(description.name, { table, isDeclared });
    }
    const others = schema.tables.filter(table => !this.#filled.has(table.name)).map(table => new Table(schema, table));
    this.#old = new Set(before.values());
    this.tables = [...[...this.#filled.values()].map(({ table }) => table), ...others, ...this.#old];
  }

  expectAllowed(name) {
    if (FORBIDDEN.has(name)) throw new Misuse(`${name} was called in the migration ${this.#name}, which fills tables and does nothing else`);
  }

  expectWritable(table) {
    const { name } = table.description;
    if (this.#old.has(table)) throw new Misuse(`table ${name} is what was there before the migration, and can only be read`);
    if (this.#filled.get(name)?.table !== table) throw new Misuse(`the migration does not fill table ${name}`);
  }

  expectReadable(table) {
    const { name } = table.description;
    const isKnown = this.#old.has(table) || this.#filled.get(name)?.table === table;
    if (!isKnown) throw new Misuse(`the migration neither reads nor fills table ${name}`);
  }

  /** The table that took the place of one of the module; undefined where the migration fills none, or one of a version before. */
  filledInPlaceOf(table) {
    const filled = this.#filled.get(table.description.name);
    return filled && !filled.isDeclared ? filled.table : undefined;
  }

  /** What was filled, by table. */
  rows() {
    return Object.fromEntries([...this.#filled].map(([name, { table }]) => [name, table.rows()]));
  }
}

function oldTable(schema, declaration, rows) {
  const description = describeTable(declaration);
  const table = new Table(schema, { ...description, name: `${description.name}@old` });
  for (const row of rows) {
    const { refused, text } = table.insert(encodeFields(schema, description.columns, { ...table.defaults, ...row }));
    if (refused) throw new Error(text);
  }
  return table;
}
