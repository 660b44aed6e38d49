import { NodeKind } from "assemblyscript";
import { nameOf } from "./syntax.mjs";

const DECLARATIONS = new Set([NodeKind.ClassDeclaration, NodeKind.EnumDeclaration, NodeKind.TypeDeclaration]);
const PACKAGE = "~lib/@interstice/assemblyscript";

/** Finds the class, enum or type alias that a name means in a file, through imports and re-exports. */
export class Scope {
  #files = new Map();

  constructor(sources) {
    for (const source of sources) this.#files.set(source.internalPath, new File(source));
  }

  /** The declaration, `{ builtin: name }` for a type of the SDK or the language, or undefined. */
  resolve(source, name) {
    const file = this.#files.get(source.internalPath);
    const own = file.declarations.get(name);
    if (own) return own;
    const imported = file.imports.get(name);
    if (!imported) return { builtin: name };
    if (imported.path.startsWith(PACKAGE)) return { builtin: imported.name };
    return this.#exported(imported.path, imported.name, new Set()) ?? undefined;
  }

  #exported(path, name, seen) {
    const file = this.#files.get(path) ?? this.#files.get(`${path}/index`);
    if (!file || seen.has(file)) return null;
    seen.add(file);
    const own = file.declarations.get(name);
    if (own) return own;
    for (const forward of file.exports) {
      const foreign = forward.all ? name : forward.names.get(name);
      const found = foreign && this.#exported(forward.path, foreign, seen);
      if (found) return found;
    }
    const imported = file.imports.get(name);
    return imported ? this.#exported(imported.path, imported.name, seen) : null;
  }
}

class File {
  constructor(source) {
    this.declarations = new Map();
    this.imports = new Map();
    this.exports = [];
    for (const statement of source.statements) {
      if (DECLARATIONS.has(statement.kind)) this.declarations.set(nameOf(statement), statement);
      else if (statement.kind === NodeKind.Import) this.#import(statement);
      else if (statement.kind === NodeKind.Export && statement.internalPath) this.#export(statement);
    }
  }

  #import(statement) {
    for (const member of statement.declarations ?? []) {
      this.imports.set(nameOf(member), { path: statement.internalPath, name: member.foreignName.text });
    }
  }

  #export(statement) {
    const names = new Map((statement.members ?? []).map(member => [member.exportedName.text, member.localName.text]));
    this.exports.push({ path: statement.internalPath, all: statement.members === null, names });
  }
}
