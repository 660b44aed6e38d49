import { NodeKind } from "assemblyscript";
import { isName } from "./names.mjs";
import { decorator, nameOf } from "./syntax.mjs";
import { Units } from "./units.mjs";
import { compareVersions } from "./versions.mjs";

const SPACES = new Set(["db", "old", "filled", "timers"]);
const WRITING = new Set(["insert", "tryInsert", "update", "tryUpdate", "delete"]);
// What a migration may not do, by the name of the SDK's function.
const FORBIDDEN = { emit: "emit an event", cancel: "take out a timer" };

/**
 * Finds the tables that each migration reads and fills, and reports what a migration may not do, as the host would at the
 * publication (docs/migrations.md). Which tables begin without rows follows from it, so that it must be certain: where only
 * the type of an object tells whether a function runs, the author is asked.
 */
export function readMigrations(model, sources, version, diagnostics) {
  if (model.migrations.length === 0 && model.olds.length === 0) return;
  const reading = new Reading(model, new Units(sources, SPACES), diagnostics);
  reading.checkVersions(version);
  reading.checkOldTables();
  for (const call of model.calls) reading.checkCall(call);
  for (const migration of model.migrations) reading.readTables(migration);
}

class Reading {
  #model;
  #units;
  #diagnostics;

  constructor(model, units, diagnostics) {
    this.#model = model;
    this.#units = units;
    this.#diagnostics = diagnostics;
  }

  checkVersions(version) {
    const seen = new Map();
    for (const { from, to, node } of this.#model.migrations) {
      if (compareVersions(from, to) >= 0) this.#error(node, `a migration leads to a later version, and ${to} is not later than ${from}`);
      if (compareVersions(to, version) > 0) {
        this.#error(node, `the migration leads to ${to}, and the module has version ${version}; set "version" in package.json`);
      }
      if (seen.has(from)) this.#error(node, `migrations from ${from} lead to ${seen.get(from)} and ${to}; only one may leave a version`);
      seen.set(from, to);
    }
  }

  checkOldTables() {
    const known = new Set(this.#model.olds.map(table => table.accessor));
    for (const { space, member, node, used } of this.#units.all.flatMap(unit => unit.mentions)) {
      if (space !== "old" && space !== "filled") continue;
      if (!known.has(member)) {
        this.#error(node, `there is no ${space}.${member}; there is ${[...known].join(", ") || "none"} (classes marked with @old)`);
      } else if (space === "old" && WRITING.has(used)) {
        this.#error(node, `old.${member} is the table of before, and can only be read; fill db.<table>, or filled.${member}`);
      }
    }
  }

  /** A reducer or query has no old tables. */
  checkCall(call) {
    const { certain } = this.#units.reach(call.declaration, call.source);
    for (const { space, member, node } of mentionsOf(certain)) {
      if (space !== "old" && space !== "filled") continue;
      this.#error(node, `${space}.${member} is there in migrations only, and ${call.kind} ${call.name} comes here`);
    }
  }

  readTables(migration) {
    const { certain, possible, sdk } = this.#units.reach(migration.declaration, migration.source);
    for (const { name, node } of sdk) if (FORBIDDEN[name]) this.#forbid(migration, node, FORBIDDEN[name]);
    for (const unit of certain) {
      const isRemote = unit.declaration.kind === NodeKind.FunctionDeclaration && decorator(unit.declaration, "remote");
      if (isRemote) this.#forbid(migration, unit.declaration.name, `call another module (${nameOf(unit.declaration)})`);
    }
    for (const { space, node } of mentionsOf(certain)) if (space === "timers") this.#forbid(migration, node, "make a timer");

    const found = tablesOf(certain);
    const doubtful = [...tablesOf(possible)].filter(([name]) => !found.has(name));
    if (!migration.tables && doubtful.length > 0) {
      this.#ask(migration, found, doubtful.map(([name]) => name));
      return;
    }
    if (migration.tables) this.#take(migration, found);
    else for (const [name, node] of found) this.#use(migration, name, node);
    this.#checkTables(migration);
  }

  // The list of the author is what counts; it may leave out nothing that the code certainly uses.
  #take(migration, found) {
    for (const [name, node] of found) {
      if (!migration.tables.includes(name)) this.#error(node, `migration ${migration.name} uses ${name}, which its option tables does not list`);
    }
    for (const name of migration.tables) this.#use(migration, name, migration.node);
  }

  #ask(migration, found, doubtful) {
    const list = [...found.keys()].map(name => `"${name}"`).join(", ");
    this.#error(migration.node, `whether migration ${migration.name} uses ${doubtful.join(" and ")} depends on which method is called; `
      + `list what it uses: @migration("${migration.from}", "${migration.to}", { tables: [${list}] })`);
  }

  #use(migration, name, node) {
    const [space, member] = name.split(".");
    const table = space === "db"
      ? this.#model.tables.find(candidate => candidate.accessor === member)
      : this.#model.olds.find(candidate => candidate.accessor === member);
    if (!table || !["db", "old", "filled"].includes(space)) {
      this.#error(node, `there is no table ${name}; write db.<table>, old.<table> or filled.<table>`);
    } else if (space === "old") {
      migration.reads.push(table);
    } else {
      if (table.kind !== "logged") this.#error(node, `a migration fills logged tables only, and ${name} is ${table.kind}`);
      migration.fills.push({ table, isOld: space === "filled", as: name, node });
    }
  }

  #checkTables(migration) {
    const { name, node, reads, fills, drops } = migration;
    const twice = (tables, what) => {
      const seen = new Set();
      for (const table of tables) {
        if (seen.has(table.name)) this.#error(node, `migration ${name} ${what} table ${table.name} by two declarations; use one of them`);
        seen.add(table.name);
      }
    };
    twice(reads, "reads");
    twice(fills.map(({ table }) => table), "fills");
    if (fills.length === 0) {
      this.#error(node, `migration ${name} fills no table; a migration is code that fills db.<table>, or filled.<table>`);
    }
    drops.forEach((drop, at) => {
      if (!isName(drop)) this.#error(node, `option drops names tables, and ${drop} is none; in the schema names are in snake_case`);
      if (drops.indexOf(drop) !== at) this.#error(node, `option drops names ${drop} twice`);
      if (fills.some(({ table }) => table.name === drop)) {
        this.#error(node, `table ${drop} is both filled and dropped; a table that is filled begins without rows, take it out of drops`);
      }
    });
  }

  #forbid(migration, node, what) {
    this.#error(node, `migration ${migration.name} cannot ${what}: it fills tables and does nothing else`);
  }

  #error(node, message) {
    this.#diagnostics.error(node, message);
  }
}

function mentionsOf(units) {
  return [...units].flatMap(unit => unit.mentions);
}

// By how the code names them, with the place of one mention.
function tablesOf(units) {
  const tables = mentionsOf(units).filter(({ space }) => space !== "timers");
  return new Map(tables.map(({ space, member, node }) => [`${space}.${member}`, node]));
}
