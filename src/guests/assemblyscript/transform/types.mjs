import { CommonFlags, NodeKind } from "assemblyscript";
import { isName, isTypeName, snakeCase } from "./names.mjs";
import { nameOf, textOf } from "./syntax.mjs";

// A resolved type: { kind, schema (its name in the schema section), as (its name in source), size (encoded bytes, or
// null when they vary), key (may stand in keys) } and, by kind, item, keyType, fields, declaration.

const NUMBERS = {
  i8: 1, u8: 1, i16: 2, u16: 2, i32: 4, u32: 4, i64: 8, u64: 8, f32: 4, f64: 8,
};
const BYTES_OF_CLASS = { Identity: 32, Uuid: 16, U128: 16, I128: 16 };
const HINTS = {
  number: "f64, or an integer type such as i64",
  boolean: "bool",
  usize: "u32 or u64", isize: "i32 or i64",
  Date: "Timestamp", any: "a type of its own", Set: "Array",
  StaticArray: "Array", ArrayBuffer: "Uint8Array",
};

/** Reads type annotations into resolved types and collects the structs, enums and wrappers they need declared. */
export class Types {
  /** Declared types in the order in which they were first met. */
  declared = new Map();

  constructor(scope, diagnostics) {
    this.scope = scope;
    this.diagnostics = diagnostics;
  }

  /** The resolved type of an annotation, or null after reporting why there is none. */
  resolve(node, source) {
    if (!node || node.kind !== NodeKind.NamedType || node.name.identifier.text === "") {
      return this.#refuse(node, "a type that can be stored is expected here, such as u64 or string");
    }
    const inner = node.isNullable ? this.#behind(() => this.#named(node, source)) : this.#named(node, source);
    if (!inner || !node.isNullable) return inner;
    if (!inner.reference) {
      return this.#refuse(node, `${inner.as} cannot be null; write Option<${inner.as}>`);
    }
    if (inner.kind === "option") return this.#refuse(node, `write Option<${inner.as}> for an option of an option`);
    return option(inner, true);
  }

  /** The struct that a class is, registered as a declared type unless it is the row of a table alone. */
  struct(declaration, source, declare) {
    const known = declaration.intersticeStruct;
    const struct = known ?? { kind: "struct", declaration, source, reference: true, key: false, fields: null };
    if (!known) {
      declaration.intersticeStruct = struct;
      struct.schema = struct.as = nameOf(declaration);
      struct.indirection = this.#indirection;
      this.#fields(struct);
    }
    if (declare) this.#declare(struct, declaration);
    return struct;
  }

  #named(node, source) {
    const name = node.name.next ? textOf(node) : node.name.identifier.text;
    const found = this.scope.resolve(source, name);
    if (!found) return this.#refuse(node, `type ${name} is not found in this module's sources`);
    if (found.builtin) return this.#builtin(node, found.builtin, name, source);
    if (found.kind === NodeKind.EnumDeclaration) return this.#enumeration(found, name);
    if (found.kind === NodeKind.TypeDeclaration) return this.#wrapper(found, name, node);
    if (found.isGeneric) {
      return this.#refuse(node, `generic class ${name} cannot be stored; write a class without type parameters`);
    }
    const struct = this.struct(found, found.range.source, true);
    if (struct.fields === null) return this.#recursive(node, struct, name);
    return { ...struct, as: name };
  }

  // A class that is met again while its own fields are being read contains itself, which is fine behind an option, list
  // or map only: when more of these have been entered than when the class was.
  #recursive(node, struct, name) {
    if (this.#indirection > struct.indirection) return { ...struct, as: name, size: null };
    return this.#refuse(node, `${name} contains itself; put it behind "| null", an Array or a Map`);
  }

  #indirection = 0;

  #behind(resolve) {
    this.#indirection++;
    try {
      return resolve();
    } finally {
      this.#indirection--;
    }
  }

  #builtin(node, builtin, as, source) {
    if (NUMBERS[builtin]) return number(builtin, as);
    switch (builtin) {
      case "bool": return { kind: "bool", schema: "bool", as, size: 1, key: true };
      case "string": case "String": return counted("string", as);
      case "Uint8Array": return counted("bytes", as);
      case "Timestamp": case "Duration":
        return { ...number("i64", as), schema: builtin.toLowerCase() };
      case "Identity": case "Uuid": case "U128": case "I128":
        return {
          kind: "block", schema: builtin.toLowerCase(), as, size: BYTES_OF_CLASS[builtin], key: true, reference: true,
        };
      case "Array": return this.#list(node, source);
      case "Map": return this.#map(node, source);
      case "Option": return this.#option(node, source);
      default: {
        const hint = HINTS[builtin];
        return this.#refuse(node, `type ${as} cannot be stored${hint ? `; use ${hint}` : ""}`);
      }
    }
  }

  #argument(node, at, source) {
    const argument = node.typeArguments?.[at];
    return this.#behind(() => this.resolve(argument ?? node, source));
  }

  #list(node, source) {
    if (!node.hasTypeArguments) return this.#refuse(node, "write the type of the items: Array<u64>");
    const item = this.#argument(node, 0, source);
    return item && {
      kind: "list", item, schema: `list<${item.schema}>`, as: `Array<${item.as}>`, size: null, key: false,
      reference: true,
    };
  }

  #option(node, source) {
    if (!node.hasTypeArguments) return this.#refuse(node, "write the type of the value: Option<u64>");
    const item = this.#argument(node, 0, source);
    return item && option(item, false);
  }

  #map(node, source) {
    if (node.typeArguments?.length !== 2) return this.#refuse(node, "write both types: Map<string, u64>");
    const keyType = this.#argument(node, 0, source);
    const item = this.#argument(node, 1, source);
    if (!keyType || !item) return null;
    if (!keyType.key || keyType.kind === "option") {
      return this.#refuse(node.typeArguments[0], `${keyType.as} cannot be the key of a map`);
    }
    if (keyType.kind === "block" || keyType.kind === "bytes") {
      return this.#refuse(node.typeArguments[0], `${keyType.as} cannot be the key of a Map in AssemblyScript, which `
        + "compares objects by address; use an integer or a string, or an Array of a class");
    }
    return {
      kind: "map", keyType, item, schema: `map<${keyType.schema},${item.schema}>`,
      as: `Map<${keyType.as},${item.as}>`, size: null, key: false, reference: true,
    };
  }

  #enumeration(declaration, as) {
    const variants = declaration.values.map(value => snakeCase(nameOf(value)));
    declaration.values.forEach((value, at) => {
      if (value.initializer && Number(textOf(value.initializer)) !== at) {
        this.#error(value, `variant ${nameOf(value)} must be number ${at}: variants count from 0 without gaps`);
      }
    });
    if (variants.length === 0 || variants.length > 256) {
      this.#error(declaration, `enum ${as} needs 1 to 256 variants`);
    }
    const type = { kind: "enum", schema: nameOf(declaration), as, size: 1, key: true, variants };
    this.#declare(type, declaration);
    return type;
  }

  #wrapper(declaration, as, node) {
    if (declaration.typeParameters?.length) return this.#refuse(node, `generic type ${as} cannot be stored`);
    const wrapped = this.resolve(declaration.type, declaration.range.source);
    if (!wrapped) return null;
    const type = { ...wrapped, as, schema: nameOf(declaration), wrapped: wrapped.schema };
    this.#declare(type, declaration);
    return type;
  }

  #fields(struct) {
    const { declaration, source } = struct;
    if (declaration.extendsType) {
      this.#error(declaration, `class ${struct.as} extends another class; write all its fields in one class`);
    }
    const fields = [];
    const seen = new Set();
    for (const member of declaration.members) {
      if (member.kind !== NodeKind.FieldDeclaration || isStatic(member)) continue;
      const name = snakeCase(nameOf(member));
      if (!isName(name)) this.#error(member, `field ${nameOf(member)} must begin with a letter`);
      if (seen.has(name)) this.#error(member, `field ${name} stands twice in class ${struct.as}`);
      seen.add(name);
      if (!member.type) {
        this.#error(member, `field ${nameOf(member)} needs a type: ${nameOf(member)}: u64`);
        continue;
      }
      const type = this.resolve(member.type, source);
      if (type) fields.push({ name, property: nameOf(member), type, node: member });
    }
    if (fields.length === 0) this.#error(declaration, `class ${struct.as} has no field that can be stored`);
    struct.fields = fields;
    const sizes = fields.map(field => field.type.size);
    struct.size = sizes.includes(null) ? null : sizes.reduce((sum, size) => sum + size, 0);
  }

  #declare(type, declaration) {
    const known = this.declared.get(type.schema);
    if (known && known.declaration !== declaration) {
      this.#error(declaration, `two types are named ${type.schema}; rename one, a module's type names are unique`);
    }
    if (!isTypeName(type.schema)) this.#error(declaration, `type name ${type.schema} must begin with a letter`);
    if (!known) this.declared.set(type.schema, { type, declaration });
  }

  #refuse(node, message) {
    this.#error(node, message);
    return null;
  }

  #error(node, message) {
    this.diagnostics.error(node, message);
  }
}

function number(name, as) {
  const float = name.startsWith("f");
  return { kind: "number", number: name, schema: name, as, size: NUMBERS[name], key: !float, float };
}

function counted(kind, as) {
  return { kind, schema: kind, as, size: null, key: true, reference: true };
}

function option(item, nullable) {
  return {
    kind: "option", item, nullable, schema: `option<${item.schema}>`,
    as: nullable ? `${item.as} | null` : `Option<${item.as}>`, size: null, key: item.key, reference: true,
  };
}

function isStatic(member) {
  return (member.flags & CommonFlags.Static) !== 0;
}
