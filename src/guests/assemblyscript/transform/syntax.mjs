import { NodeKind } from "assemblyscript";

/** The source text of a node. */
export function textOf(node) {
  return node.range.source.text.substring(node.range.start, node.range.end);
}

export function nameOf(declaration) {
  return declaration.name.text;
}

/** The decorator of this name on a declaration, or undefined. */
export function decorator(declaration, name) {
  return declaration.decorators?.find(candidate => decoratorName(candidate) === name);
}

export function decoratorName(node) {
  return node.name.kind === NodeKind.Identifier ? node.name.text : "";
}

/**
 * The value of a literal expression: string, number (as bigint or number), boolean, list, object of these; undefined
 * for anything that is not a literal.
 */
export function literal(expression) {
  const text = textOf(expression).trim();
  switch (expression.kind) {
    case NodeKind.True: return true;
    case NodeKind.False: return false;
    case NodeKind.Null: return null;
    case NodeKind.UnaryPrefix: {
      const value = text.startsWith("-") ? literal(expression.operand) : undefined;
      return typeof value === "bigint" || typeof value === "number" ? -value : undefined;
    }
    case NodeKind.Literal: return literalValue(expression, text);
    default: return undefined;
  }
}

function literalValue(expression, text) {
  if (typeof expression.value === "string") return expression.value;
  if (expression.elementExpressions) return expression.elementExpressions.map(literal);
  if (expression.names) {
    const entries = expression.names.map((name, at) => [name.text, literal(expression.values[at])]);
    return Object.fromEntries(entries);
  }
  const plain = text.replace(/_/g, "");
  if (/^(0x[0-9a-f]+|0b[01]+|0o[0-7]+|[0-9]+)$/i.test(plain)) return BigInt(plain);
  if (/^[0-9.]+(e[+-]?[0-9]+)?$/i.test(plain)) return Number(plain);
  return undefined;
}

/** Visits a node and everything below it; `visit` returns false to stay out of a subtree. */
export function walk(node, visit, context) {
  const next = visit(node, context);
  if (next === false) return;
  for (const key of Object.keys(node)) {
    if (key === "range" || key === "implicitFieldDeclaration") continue;
    const child = node[key];
    if (Array.isArray(child)) {
      for (const item of child) if (isNode(item)) walk(item, visit, next);
    } else if (isNode(child)) {
      walk(child, visit, next);
    }
  }
}

function isNode(value) {
  return value !== null && typeof value === "object" && typeof value.kind === "number" && value.range !== undefined;
}
