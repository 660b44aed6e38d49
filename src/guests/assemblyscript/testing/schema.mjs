/** The declarations of a module's `interstice.schema` sections, by kind and name. */
export class Schema {
  constructor(text) {
    this.lines = text.split("\n").filter(line => line.trim() !== "").map(line => JSON.parse(line));
    this.module = this.#all("module")[0];
    this.tables = this.#all("table").map(describeTable);
    this.types = this.#byName("type");
    this.reducers = this.#byName("reducer");
    this.queries = this.#byName("query");
    this.events = this.#byName("event");
    this.migrations = new Map(this.#all("migration").filter(({ reducer }) => reducer).map(migration => [migration.reducer, migration]));
  }

  static of(module) {
    const sections = WebAssembly.Module.customSections(module, "interstice.schema");
    return new Schema(sections.map(section => Buffer.from(section).toString("utf8")).join("\n"));
  }

  /** A type name such as `option<list<u64>>` as a tree; names of declared types are looked up. */
  type(name) {
    const generic = /^(option|list)<(.*)>$/.exec(name);
    if (generic) return { kind: generic[1], item: this.type(generic[2]) };
    const map = /^map<(.*)>$/.exec(name);
    if (map) {
      const comma = topLevelComma(map[1]);
      return { kind: "map", key: this.type(map[1].slice(0, comma)), item: this.type(map[1].slice(comma + 1)) };
    }
    const declared = this.types.get(name);
    if (!declared) return { kind: name };
    if (declared.alias) return this.type(declared.alias);
    if (declared.enum) return { kind: "enum", variants: declared.enum };
    return { kind: "struct", fields: declared.struct };
  }

  #all(kind) {
    return this.lines.filter(line => kind in line).map(line => line[kind]);
  }

  #byName(kind) {
    return new Map(this.#all(kind).map(declaration => [declaration.name, declaration]));
  }
}

/** A declaration of a table with its primary key and all its indexes. */
export function describeTable(table) {
  const primaryKey = table.primaryKey ?? table.columns.filter(column => column.primaryKey).map(column => column.name);
  const unique = table.columns.filter(column => column.unique)
    .map(column => ({ name: column.name, columns: [column.name], unique: true }));
  return { ...table, primaryKey, indexes: [...unique, ...(table.indexes ?? [])] };
}

function topLevelComma(text) {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === "<") depth++;
    else if (text[at] === ">") depth--;
    else if (text[at] === "," && depth === 0) return at;
  }
  throw new Error(`map<${text}> has one type argument, not two`);
}
