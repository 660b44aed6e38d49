import { CommonFlags, NodeKind } from "assemblyscript";
import { nameOf, walk } from "./syntax.mjs";

const PACKAGE = "~lib/@interstice/assemblyscript";

/** A function, a variable that holds one, or what runs when a class is made: what its code mentions. */
class Unit {
  /** Edges to others: `{ name, owner, isNew, node }`, with `owner` for a member that is named behind a class. */
  edges = [];
  /** Names of members that are used of who knows what. */
  members = new Set();
  /** Members of the generated namespaces: `{ space, member, node, used }`; `used` is the member behind these, or null. */
  mentions = [];

  constructor(declaration, file) {
    this.declaration = declaration;
    this.file = file;
  }

  read(nodes, parameters, spaces) {
    const locals = localsOf(nodes, parameters);
    const isSpace = node => node.kind === NodeKind.Identifier && spaces.has(node.text) && !locals.has(node.text) && !this.file.names(node.text);
    const mention = (node, used) => this.mentions.push({ space: node.expression.text, member: node.property.text, node, used });
    const visit = node => {
      switch (node.kind) {
        case NodeKind.NamedType: case NodeKind.FunctionType:
          return false;
        case NodeKind.Identifier:
          if (!locals.has(node.text)) this.edges.push({ name: node.text, node });
          return false;
        case NodeKind.New:
          this.edges.push({ name: node.typeName.identifier.text, isNew: true, node });
          for (const argument of node.args) walk(argument, visit, null);
          return false;
        case NodeKind.Literal:
          // Names of fields are no names of functions.
          if (!node.names) return null;
          for (const value of node.values) walk(value, visit, null);
          return false;
        case NodeKind.PropertyAccess: {
          const { expression, property } = node;
          if (isSpace(expression)) {
            mention(node, null);
          } else if (expression.kind === NodeKind.PropertyAccess && isSpace(expression.expression)) {
            mention(expression, property.text);
          } else if (expression.kind === NodeKind.Identifier && !locals.has(expression.text)) {
            this.edges.push({ name: property.text, owner: expression.text, node }, { name: expression.text, node });
          } else {
            this.members.add(property.text);
            walk(expression, visit, null);
          }
          return false;
        }
      }
      return null;
    };
    for (const node of nodes) walk(node, visit, null);
  }
}

/** The functions, variables and classes of one source. */
class File {
  functions = new Map();
  /** By the name of the class and of its member; what runs when it is made has the name "new". */
  classes = new Map();
  imports = new Map();
  /** Members of classes and namespaces. */
  members = [];

  constructor(source, spaces) {
    this.source = source;
    this.spaces = spaces;
    this.declared = new Set(source.statements.flatMap(namesOf));
    // What a name means depends on the imports, wherever they stand.
    for (const statement of source.statements) if (statement.kind === NodeKind.Import) this.#import(statement);
    for (const statement of source.statements) this.#read(statement, true);
  }

  names(name) {
    return this.declared.has(name) || this.imports.has(name);
  }

  #read(statement, isTop) {
    switch (statement.kind) {
      case NodeKind.FunctionDeclaration:
        this.#add(isTop, nameOf(statement), this.#function(statement));
        break;
      case NodeKind.Variable:
        for (const declaration of statement.declarations) {
          if (declaration.initializer) this.#add(isTop, nameOf(declaration), this.#unit(declaration, [declaration.initializer]));
        }
        break;
      case NodeKind.ClassDeclaration:
        this.#class(statement);
        break;
      case NodeKind.NamespaceDeclaration:
        for (const member of statement.members) this.#read(member, false);
        break;
    }
  }

  #import(statement) {
    for (const member of statement.declarations ?? []) {
      this.imports.set(nameOf(member), { path: statement.internalPath, name: member.foreignName.text });
    }
  }

  #class(declaration) {
    const own = new Map();
    const made = [];
    for (const member of declaration.members) {
      if (member.kind === NodeKind.FieldDeclaration) {
        if (member.initializer) made.push(member.initializer);
      } else if (member.kind === NodeKind.MethodDeclaration && member.is(CommonFlags.Constructor)) {
        if (member.body) made.push(member.body);
      } else if (member.kind === NodeKind.MethodDeclaration) {
        const unit = this.#function(member);
        this.members.push({ name: nameOf(member), unit });
        if (member.is(CommonFlags.Static)) own.set(nameOf(member), unit);
      }
    }
    own.set("new", this.#unit(declaration, made));
    this.classes.set(nameOf(declaration), own);
  }

  #function(declaration) {
    return this.#unit(declaration, declaration.body ? [declaration.body] : [], declaration.signature.parameters);
  }

  #unit(declaration, nodes, parameters = []) {
    const unit = new Unit(declaration, this);
    unit.read(nodes, parameters, this.spaces);
    return unit;
  }

  #add(isTop, name, unit) {
    if (isTop) this.functions.set(name, unit);
    else this.members.push({ name, unit });
  }
}

/**
 * Which code a function runs: what is certain, by the functions, constructors and static methods that it names, and what is
 * possible, by methods that only a type could tell apart.
 */
export class Units {
  #files;
  #members = new Map();

  /** `spaces` are the names of the generated namespaces whose members are noted. */
  constructor(sources, spaces) {
    this.#files = new Map();
    for (const source of sources) this.#files.set(source.internalPath, new File(source, spaces));
    for (const file of this.#files.values()) {
      for (const { name, unit } of file.members) {
        if (!this.#members.has(name)) this.#members.set(name, []);
        this.#members.get(name).push(unit);
      }
    }
  }

  /** Every one of them. */
  get all() {
    return [...this.#files.values()].flatMap(file =>
      [...file.functions.values(), ...[...file.classes.values()].map(own => own.get("new")), ...file.members.map(({ unit }) => unit)]);
  }

  /** `{ certain, possible, sdk }`: units, and what is used of the SDK as `{ name, node }`. */
  reach(declaration, source) {
    const root = this.#files.get(source.internalPath).functions.get(nameOf(declaration));
    const certain = new Set([root]);
    const sdk = [];
    for (const unit of certain) {
      for (const edge of unit.edges) {
        const { units, builtin } = this.#resolve(unit.file, edge);
        if (builtin) sdk.push({ name: builtin, node: edge.node });
        units.forEach(next => certain.add(next));
      }
    }
    const seen = new Set(certain);
    for (const unit of seen) {
      const named = unit.edges.flatMap(edge => this.#resolve(unit.file, edge).members);
      for (const name of [...unit.members, ...named]) this.#members.get(name)?.forEach(next => seen.add(next));
      if (certain.has(unit)) continue;
      for (const edge of unit.edges) this.#resolve(unit.file, edge).units.forEach(next => seen.add(next));
    }
    return { certain, possible: new Set([...seen].filter(unit => !certain.has(unit))), sdk };
  }

  #resolve(file, { name, owner, isNew }) {
    const outcome = (unit, members = []) => ({ units: unit ? [unit] : [], members, builtin: null });
    if (owner !== undefined) {
      const found = this.#find(file, owner, new Set());
      const method = found?.file.classes.get(found.name)?.get(name);
      return method ? outcome(method) : outcome(null, [name]);
    }
    const imported = file.imports.get(name);
    if (imported?.path.startsWith(PACKAGE)) return { units: [], members: [], builtin: imported.name };
    const found = this.#find(file, name, new Set());
    if (!found) return outcome(null);
    return outcome(isNew ? found.file.classes.get(found.name)?.get("new") : found.file.functions.get(found.name));
  }

  // Where a name of a file is declared, through imports and re-exports.
  #find(file, name, seen) {
    if (!file || seen.has(file)) return null;
    seen.add(file);
    if (file.functions.has(name) || file.classes.has(name)) return { file, name };
    const imported = file.imports.get(name);
    if (imported) return this.#find(this.#fileOf(imported.path), imported.name, seen);
    for (const statement of file.source.statements) {
      if (statement.kind !== NodeKind.Export || !statement.internalPath) continue;
      const member = statement.members?.find(candidate => candidate.exportedName.text === name);
      if (statement.members && !member) continue;
      const found = this.#find(this.#fileOf(statement.internalPath), member?.localName.text ?? name, seen);
      if (found) return found;
    }
    return null;
  }

  #fileOf(path) {
    return this.#files.get(path) ?? this.#files.get(`${path}/index`);
  }
}

function namesOf(statement) {
  if (statement.kind === NodeKind.Variable) return statement.declarations.map(nameOf);
  return statement.name ? [nameOf(statement)] : [];
}

function localsOf(nodes, parameters) {
  const locals = new Set(parameters.map(parameter => parameter.name.text));
  const visit = node => {
    if (node.kind === NodeKind.VariableDeclaration) locals.add(nameOf(node));
    else if (node.kind === NodeKind.Parameter) locals.add(node.name.text);
    return null;
  };
  for (const node of nodes) walk(node, visit, null);
  return locals;
}
