import { NodeKind } from "assemblyscript";
import { nameOf, walk } from "./syntax.mjs";

/**
 * Which remote reducers a reducer may call: all that its code names, directly or over functions of the module. Names are
 * followed without types, so that it may be more than are ever called, and never less.
 */
export class Reach {
  #named = new Map();
  #remotes;

  constructor(sources, remotes) {
    this.#remotes = new Map(remotes.map(remote => [nameOf(remote.declaration), remote.reference]));
    if (remotes.length === 0) return;
    for (const source of sources) for (const statement of source.statements) this.#read(statement);
  }

  /** What the function behind a reducer or query may call, as `module.reducer`, sorted. */
  remotesOf(call) {
    const seen = new Set([nameOf(call.declaration)]);
    for (const name of seen) for (const next of this.#named.get(name) ?? []) seen.add(next);
    return [...this.#remotes].filter(([name]) => seen.has(name)).map(([, reference]) => reference).sort();
  }

  #read(statement) {
    if (statement.kind === NodeKind.Import) {
      for (const member of statement.declarations ?? []) this.#add(member.name.text, member.foreignName.text);
      return;
    }
    walk(statement, (node, owner) => {
      switch (node.kind) {
        case NodeKind.FunctionDeclaration:
        case NodeKind.MethodDeclaration:
          return node.name.text === "" ? owner : node.name.text;
        case NodeKind.Identifier:
          if (owner !== null && owner !== node.text) this.#add(owner, node.text);
      }
      return owner;
    }, ownerOf(statement));
  }

  #add(owner, name) {
    if (!this.#named.has(owner)) this.#named.set(owner, new Set());
    this.#named.get(owner).add(name);
  }
}

// A variable may hold a function: who names the variable may call it.
function ownerOf(statement) {
  return statement.kind === NodeKind.Variable ? nameOf(statement.declarations[0]) : null;
}
