import { NodeKind } from "assemblyscript";
import { camelCase, isAccessor, isName, snakeCase } from "./names.mjs";
import { decorator, decoratorName, literal, nameOf, textOf, walk } from "./syntax.mjs";
import { isVersion } from "./versions.mjs";

const TABLE_OPTIONS = { kind: ["logged", "ephemeral", "event"], visibility: ["public", "private"], version: null };
const REDUCER_OPTIONS = { visibility: ["public", "private"], calls: null };
const QUERY_OPTIONS = { visibility: REDUCER_OPTIONS.visibility };
const SUBSCRIPTION_OPTIONS = { from: ["beginning", "now"], depth: null };
const OLD_OPTIONS = { as: null, visibility: TABLE_OPTIONS.visibility, version: null };
const MIGRATION_OPTIONS = { tables: null, drops: null };
const OPERATIONS = ["insert", "update", "delete", "event"];
const LIFECYCLES = ["init", "upgrade", "connected", "disconnected"];
const AUTO_INC = new Set(["i32", "u32", "i64", "u64"]);
const KEY_KINDS = "bool, integers, strings, bytes, times, identities, uuids, enums and options of these";

/** The names that a cursor, table or index keeps for itself; a column called like this is reached through `row`. */
export const CURSOR_MEMBERS = new Set([
  "next", "row", "close", "first", "descending", "atLeast", "above", "atMost", "below", "and", "toArray",
]);

/** What a table has besides its indexes, which therefore cannot be called so. */
const TABLE_MEMBERS = new Set([
  "insert", "tryInsert", "update", "tryUpdate", "delete", "find", "get", "has", "scan", "of", "count",
]);

/** Reads the decorated declarations of all sources into tables, events, reducers, queries, subscriptions, remote reducers and migrations. */
export class Model {
  tables = [];
  events = [];
  calls = [];
  subscriptions = [];
  remotes = [];
  /** Tables as versions before this one declared them. */
  olds = [];
  migrations = [];
  /** The reducers that the code names as `timers.<reducer>`. */
  timed = [];
  #tableNames = new Map();
  #callNames = new Map();
  #oldNames = new Map();
  #migrationNames = new Map();

  constructor(types, diagnostics) {
    this.types = types;
    this.diagnostics = diagnostics;
  }

  /** Everything that the host calls by an export. */
  get exported() {
    return [...this.calls, ...this.migrations];
  }

  read(source) {
    for (const statement of source.statements) {
      if (statement.kind === NodeKind.ClassDeclaration) this.#class(statement, source);
      else if (statement.kind === NodeKind.FunctionDeclaration) this.#function(statement, source);
    }
  }

  /** Finds the timers that the code of all sources names; after the last `read`. */
  readTimers(sources) {
    const visit = node => {
      const isTimer = node.kind === NodeKind.PropertyAccess && node.expression.kind === NodeKind.Identifier
        && node.expression.text === "timers";
      if (isTimer) this.#timer(node.property);
      return null;
    };
    for (const source of sources) for (const statement of source.statements) walk(statement, visit, null);
  }

  #timer(node) {
    const reducers = this.calls.filter(call => call.kind === "reducer" && !call.lifecycle);
    const call = reducers.find(candidate => camelCase(candidate.name) === node.text);
    if (!call) {
      const known = reducers.map(candidate => camelCase(candidate.name)).join(", ") || "none";
      this.#error(node, `timers call reducers of this module, and there is no ${node.text}; there is ${known}`);
    } else if (!this.timed.includes(call)) {
      this.timed.push(call);
    }
  }

  #class(declaration, source) {
    const table = decorator(declaration, "table");
    const event = decorator(declaration, "event");
    const old = decorator(declaration, "old");
    if (old && (table ?? event)) {
      this.#error(old, "@old declares a table as an earlier version had it; write a class of its own for that");
    } else if (old) {
      this.#old(declaration, source, old);
    } else if (table && event) {
      this.#error(declaration, "a class is a table or an event, not both; an event table is "
        + "@table({ kind: \"event\" })");
    } else if (table) {
      this.#table(declaration, source, table);
    } else if (event) {
      this.#event(declaration, source, event);
    } else {
      this.#columnDecoratorsOutsideTables(declaration);
    }
  }

  #columnDecoratorsOutsideTables(declaration) {
    for (const member of declaration.members) {
      const stray = member.decorators?.find(node => ["primaryKey", "autoInc", "unique"].includes(decoratorName(node)));
      if (!stray) continue;
      const mark = `mark class ${nameOf(declaration)} with @table`;
      this.#error(stray, `@${decoratorName(stray)} has no meaning here; ${mark}`);
    }
  }

  #table(declaration, source, node) {
    const { name, options } = this.#nameAndOptions(node, declaration, TABLE_OPTIONS);
    this.#unique(this.#tableNames, name, node, "table or event");
    this.tables.push(this.#describe(declaration, source, node, name, options));
  }

  #old(declaration, source, node) {
    const { name, options } = this.#nameAndOptions(node, declaration, OLD_OPTIONS);
    const accessor = options.as ?? camelCase(name);
    if (!isAccessor(accessor)) this.#error(node, `option as is a name such as ${camelCase(name)}1`);
    if (this.#oldNames.has(accessor)) {
      this.#error(node, `old.${accessor} is declared twice; give one another name: @old("${name}", { as: "${accessor}2" })`);
    }
    this.#oldNames.set(accessor, node);
    this.olds.push({ ...this.#describe(declaration, source, node, name, options), accessor });
  }

  #describe(declaration, source, node, name, options) {
    const struct = this.types.struct(declaration, source, false);
    const table = {
      name, accessor: camelCase(name), declaration, source, struct, kind: options.kind ?? "logged", options,
      columns: struct.fields.map(field => this.#column(field)), indexes: [], primaryKey: [],
    };
    this.#primaryKey(table, declaration, node);
    for (const column of table.columns) this.#columnIndexes(table, column);
    for (const index of declaration.decorators) {
      if (["index", "uniqueIndex"].includes(decoratorName(index))) this.#index(table, index);
    }
    for (const index of table.indexes) this.#indexAccessor(table, index);
    return table;
  }

  #indexAccessor(table, index) {
    const accessor = camelCase(index.name);
    if (!TABLE_MEMBERS.has(accessor)) return;
    const better = `@${index.unique ? "uniqueIndex" : "index"}("by_${index.name}", ...)`;
    this.#error(index.node, `an index cannot be called ${accessor}, which is a method of every table; `
      + `write ${better} on class ${nameOf(table.declaration)}`);
  }

  #column(field) {
    const { node, type, name } = field;
    const column = {
      ...field,
      primaryKey: decorator(node, "primaryKey") !== undefined,
      autoInc: decorator(node, "autoInc") !== undefined,
      unique: decorator(node, "unique") !== undefined,
      indexed: decorator(node, "index") !== undefined,
    };
    if (column.autoInc && (type.kind !== "number" || !AUTO_INC.has(type.number) || type.schema === "timestamp")) {
      this.#error(node, `@autoInc needs an integer column of 32 or 64 bits; ${name} is ${type.schema}`);
    }
    if ((column.primaryKey || column.unique) && !type.key) this.#notAKey(node, column);
    if (column.indexed && !type.key && !type.float) this.#notAKey(node, column);
    const fallback = decorator(node, "defaultValue");
    if (fallback) {
      column.default = this.#default(fallback, type);
      if (column.default !== undefined) this.#initial(node, fallback.args[0], column);
    }
    return column;
  }

  #notAKey(node, column) {
    this.#error(node, `column ${column.name} (${column.type.schema}) cannot be a key: keys are ${KEY_KINDS}`);
  }

  // A row made without the column holds the field's initial value: it is the default, whoever writes it.
  #initial(node, argument, column) {
    const { type } = column;
    if (!node.initializer) {
      column.initial = type.kind === "option" && !type.nullable ? `Option.none<${type.item.as}>()` : textOf(argument);
      return;
    }
    const written = literal(node.initializer);
    if (written === undefined) return;
    const same = type.float ? Number(written) === Number(literal(argument)) : written === literal(argument);
    if (same) return;
    this.#error(node, `column ${column.name} begins with ${textOf(node.initializer)} and has the default ${textOf(argument)}; `
      + "remove the initial value, which is the default then");
  }

  #default(node, type) {
    const value = node.args?.length === 1 ? literal(node.args[0]) : undefined;
    const wide = type.number === "i64" || type.number === "u64";
    if (type.kind === "number" && typeof value === "bigint") return wide ? `${value}` : Number(value);
    if (type.float && typeof value === "number") return value;
    if (type.kind === "string" && typeof value === "string") return value;
    if (type.kind === "bool" && typeof value === "boolean") return value;
    if (type.kind === "option" && value === null) return null;
    this.#error(node, `@defaultValue needs one literal of type ${type.schema}`);
    return undefined;
  }

  #primaryKey(table, declaration, node) {
    const composite = decorator(declaration, "primaryKey");
    const marked = table.columns.filter(column => column.primaryKey);
    if (composite) {
      table.primaryKey = this.#columnList(table, composite, composite.args ?? []);
      for (const column of marked) {
        this.#error(column.node, "the class names its primary key already; remove one of the two");
      }
      table.compositeKey = true;
    } else if (marked.length === 1) {
      table.primaryKey = marked;
    } else if (marked.length > 1) {
      const names = marked.map(column => `"${column.property}"`).join(", ");
      this.#error(marked[1].node, `two columns are marked @primaryKey; for a key of several columns write `
        + `@primaryKey(${names}) on class ${nameOf(declaration)}`);
    } else if (table.kind !== "event") {
      this.#error(node, `table ${table.name} has no primary key; mark one field of class `
        + `${nameOf(declaration)} with @primaryKey`);
    }
  }

  #columnIndexes(table, column) {
    const index = { name: column.name, columns: [column], unique: column.unique, node: column.node };
    if (column.unique) table.indexes.push({ ...index, implied: true });
    else if (column.indexed) table.indexes.push(index);
  }

  #index(table, node) {
    const [first, ...rest] = node.args ?? [];
    const name = first === undefined ? undefined : literal(first);
    if (typeof name !== "string" || rest.length === 0) {
      this.#error(node, `write the index's name and its columns: @${decoratorName(node)}("by_owner", "owner", "id")`);
      return;
    }
    const columns = this.#columnList(table, node, rest);
    const index = { name: snakeCase(name), columns, unique: decoratorName(node) === "uniqueIndex", node };
    if (!isName(index.name)) this.#error(first, `index name ${name} must begin with a letter`);
    if (columns.length > 16) this.#error(node, `index ${name} has more than 16 columns`);
    if (table.indexes.some(other => other.name === index.name)) {
      this.#error(node, `index ${index.name} stands twice on table ${table.name}`);
    }
    for (const column of columns) {
      if (!column.type.key && (index.unique || !column.type.float)) this.#notAKey(node, column);
    }
    table.indexes.push(index);
  }

  #columnList(table, node, args) {
    const columns = [];
    for (const argument of args) {
      const wanted = literal(argument);
      const column = table.columns.find(candidate => candidate.property === wanted || candidate.name === wanted);
      if (!column) {
        const known = table.columns.map(candidate => candidate.property).join(", ");
        this.#error(argument, `table ${table.name} has no column ${wanted}; it has ${known}`);
      } else if (columns.includes(column)) {
        this.#error(argument, `column ${wanted} stands twice here`);
      } else {
        columns.push(column);
        if (decoratorName(node) === "primaryKey" && !column.type.key) this.#notAKey(argument, column);
      }
    }
    if (columns.length === 0) this.#error(node, "name at least one column");
    return columns;
  }

  #event(declaration, source, node) {
    const { name } = this.#nameAndOptions(node, declaration, {});
    this.#unique(this.#tableNames, name, node, "table or event");
    const struct = this.types.struct(declaration, source, true);
    this.events.push({ name, declaration, source, struct });
  }

  #function(declaration, source) {
    const remote = decorator(declaration, "remote");
    const subscriptions = declaration.decorators?.filter(node => decoratorName(node) === "subscription") ?? [];
    const lifecycle = LIFECYCLES.find(name => decorator(declaration, name));
    const reducer = decorator(declaration, "reducer") ?? (lifecycle && decorator(declaration, lifecycle));
    const query = decorator(declaration, "query");
    const migration = decorator(declaration, "migration");
    if (migration && (reducer ?? query ?? remote ?? subscriptions[0])) {
      this.#error(migration, `${nameOf(declaration)} runs at a publication and at no other time; remove its other decorators`);
      return;
    }
    if (migration) this.#migration(declaration, source, migration);
    if (remote) this.#remote(declaration, source, remote);
    if (!reducer && !query && subscriptions.length === 0) return;
    if (remote) {
      this.#error(remote, `${nameOf(declaration)} stands for a reducer of another module; remove its other decorators`);
      return;
    }
    if (reducer && query) {
      this.#error(declaration, "a function is a reducer or a query, not both");
      return;
    }
    const node = reducer ?? query;
    const { name, options } = node
      ? this.#nameAndOptions(node, declaration, reducer ? REDUCER_OPTIONS : QUERY_OPTIONS)
      : { name: snakeCase(nameOf(declaration)), options: { visibility: "private" } };
    this.#unique(this.#callNames, name, node ?? subscriptions[0], "reducer or query");
    const call = {
      kind: query ? "query" : "reducer", name, declaration, source, lifecycle, options,
      parameters: this.#parameters(declaration, source), result: this.#result(declaration, source, query),
    };
    if (declaration.isGeneric) this.#error(declaration, `${call.kind} ${name} cannot have type parameters`);
    if (lifecycle && call.parameters.length > 0) {
      this.#error(declaration.signature.parameters[0], `the host calls @${lifecycle} without arguments`);
    }
    this.calls.push(call);
    for (const subscription of subscriptions) this.#subscription(subscription, call);
  }

  #migration(declaration, source, node) {
    const [from, to, options] = (node.args ?? []).map(literal);
    const name = snakeCase(nameOf(declaration));
    const isWhole = isVersion(from) && isVersion(to) && node.args.length <= 3
      && (node.args.length < 3 || (options !== null && typeof options === "object" && !Array.isArray(options)));
    if (!isWhole) {
      this.#error(node, "write the versions that it leads from and to: @migration(\"1.0.0\", \"2.0.0\")");
      return;
    }
    for (const [option, value] of Object.entries(options ?? {})) {
      this.#option(node, MIGRATION_OPTIONS, option, value);
      if (!isTexts(value)) this.#error(node, `option ${option} is a list of texts`);
    }
    if (Object.values(options ?? {}).some(value => !isTexts(value))) return;
    if (!isName(name)) this.#error(node, `name ${name} must consist of a-z, 0-9 and _ and begin with a letter`);
    this.#unique(this.#migrationNames, name, node, "migration");
    if (declaration.isGeneric) this.#error(declaration.name, `migration ${name} cannot have type parameters`);
    if (declaration.signature.parameters.length > 0 || textOf(declaration.signature.returnType) !== "void") {
      this.#error(declaration.name, `the host calls a migration without arguments and takes no result: function ${nameOf(declaration)}(): void`);
    }
    this.migrations.push({
      kind: "migration", name, from, to, drops: options?.drops ?? [], tables: options?.tables ?? null, declaration, source, node,
      parameters: [], result: null, reads: [], fills: [],
    });
  }

  #subscription(node, handler) {
    const [source, operation, options] = (node.args ?? []).map(literal);
    const name = nameOf(handler.declaration);
    if (handler.kind === "query") this.#error(node, `query ${name} cannot handle a subscription: it changes nothing`);
    if (!isReference(source) || !OPERATIONS.includes(operation) || node.args.length > 3) {
      this.#error(node, `write what is listened to and the operation, one of ${OPERATIONS.join(", ")}: `
        + "@subscription(\"stock.items\", \"insert\")");
      return;
    }
    for (const [option, value] of Object.entries(options ?? {})) this.#option(node, SUBSCRIPTION_OPTIONS, option, value);
    this.subscriptions.push({ source, operation, handler: handler.name, ...options });
  }

  #remote(declaration, source, node) {
    const reference = node.args?.length === 1 ? literal(node.args[0]) : undefined;
    const name = nameOf(declaration);
    if (!isReference(reference)) {
      this.#error(node, `name the module and the reducer that ${name} stands for: @remote("stock.reserve")`);
      return;
    }
    if (declaration.body) this.#error(declaration.name, `${name} runs in another module; declare it without a body`);
    if (declaration.isGeneric) this.#error(declaration, `${name} cannot have type parameters`);
    const { catches, value } = outcomeOf(declaration.signature.returnType);
    this.remotes.push({
      reference, declaration, source, catches, parameters: this.#parameters(declaration, source),
      result: catches ? value && this.types.resolve(value, source) : this.#result(declaration, source, false),
    });
  }

  #parameters(declaration, source) {
    const parameters = [];
    for (const parameter of declaration.signature.parameters) {
      const property = parameter.name.text;
      const name = snakeCase(property);
      if (parameter.initializer) {
        this.#error(parameter, `parameter ${property} cannot have a default: callers pass all arguments`);
      }
      if (!isName(name)) this.#error(parameter, `parameter ${property} must begin with a letter`);
      if (parameters.some(other => other.name === name)) this.#error(parameter, `parameter ${name} stands twice`);
      if (textOf(parameter.type) === "") {
        this.#error(parameter, `parameter ${property} needs a type: ${property}: u64`);
        continue;
      }
      const type = this.types.resolve(parameter.type, source);
      if (type) parameters.push({ name, property, type });
    }
    if (parameters.length > 64) this.#error(declaration, `${nameOf(declaration)} has more than 64 parameters`);
    return parameters;
  }

  #result(declaration, source, query) {
    const annotation = declaration.signature.returnType;
    const text = textOf(annotation);
    if (text === "") {
      this.#error(declaration.name, `${nameOf(declaration)} needs a result type; write ": void" for none`);
      return null;
    }
    if (text !== "void") return this.types.resolve(annotation, source);
    if (query) this.#error(annotation, `query ${nameOf(declaration)} must return something`);
    return null;
  }

  #nameAndOptions(node, declaration, known) {
    const args = (node.args ?? []).map(argument => ({ argument, value: literal(argument) }));
    const named = args.length > 0 && typeof args[0].value === "string" ? args.shift() : null;
    const name = named ? named.value : snakeCase(nameOf(declaration));
    if (!isName(name)) {
      this.#error(node, `name ${name} must consist of a-z, 0-9 and _ and begin with a letter`);
    }
    const options = args.length > 0 && args[0].value !== null && typeof args[0].value === "object" ? args[0].value : {};
    if (args.length > 1 || (args.length === 1 && options !== args[0].value)) {
      this.#error(node, `@${decoratorName(node)} takes a name and an object of options`);
    }
    for (const [option, value] of Object.entries(options)) this.#option(node, known, option, value);
    return { name, options };
  }

  #option(node, known, option, value) {
    if (!(option in known)) {
      const list = Object.keys(known).join(", ") || "none";
      this.#error(node, `@${decoratorName(node)} has no option ${option}; there is ${list}`);
    } else if (known[option] && !known[option].includes(value)) {
      this.#error(node, `option ${option} is one of ${known[option].join(", ")}`);
    }
  }

  #unique(names, name, node, kind) {
    if (names.has(name)) this.#error(node, `${kind} ${name} is declared twice; give one another name`);
    names.set(name, node);
  }

  #error(node, message) {
    this.diagnostics.error(node, message);
  }
}

function isTexts(value) {
  return Array.isArray(value) && value.every(item => typeof item === "string");
}

function isReference(value) {
  return typeof value === "string" && value.split(".").length === 2 && value.split(".").every(isName);
}

// Whether a remote function gives failures back: as an Attempt, or with the value of an Outcome<T>.
function outcomeOf(type) {
  const name = type?.name?.identifier?.text;
  if (name === "Attempt") return { catches: "end", value: null };
  return name === "Outcome" && type.typeArguments?.length === 1
    ? { catches: "value", value: type.typeArguments[0] }
    : { catches: null, value: null };
}
