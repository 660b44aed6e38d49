import { NodeKind } from "assemblyscript";
import { textOf, walk } from "./syntax.mjs";

const PACKAGE = "~lib/@interstice/assemblyscript";

/**
 * Names of functions that the module's own code calls or passes on. A reducer among them must not answer a rejection by
 * its return value, or its caller would go on.
 */
export function calledNames(sources) {
  const names = new Set();
  const add = expression => {
    if (expression?.kind === NodeKind.Identifier) names.add(expression.text);
  };
  const visit = node => {
    if (node.kind === NodeKind.Call) [node.expression, ...node.args].forEach(add);
    else if (node.kind === NodeKind.VariableDeclaration) add(node.initializer);
    return null;
  };
  for (const source of sources) for (const statement of source.statements) walk(statement, visit, null);
  return names;
}

/**
 * Rewrites `fail(text)`, `throw new Error(text)` and `ensure(condition, text)`. In the body of a reducer or query they
 * become a return, which costs the host nothing; elsewhere a marked `throw`, because AssemblyScript has no exceptions
 * to carry the text up. Either way nothing after them runs, the compiler knows it, and a text is built only when it
 * is needed.
 */
export function rewriteRejections(source, entryFunctions, edits) {
  const text = source.text;
  const imported = importedNames(source);
  const isCall = (expression, name, count) => expression.kind === NodeKind.Call
    && expression.expression.kind === NodeKind.Identifier
    && imported.get(expression.expression.text) === name
    && expression.args.length === count;

  const visit = (node, context) => {
    switch (node.kind) {
      case NodeKind.FunctionDeclaration:
      case NodeKind.MethodDeclaration:
        return { result: entryFunctions.has(node) ? textOf(node.signature.returnType) : null };
      case NodeKind.Expression:
        if (isCall(node.expression, "fail", 1)) rewriteFail(node.expression, node, context);
        else if (isCall(node.expression, "ensure", 2)) rewriteEnsure(node.expression, node, context);
        break;
      case NodeKind.Return:
        if (node.value && isCall(node.value, "fail", 1)) rewriteFail(node.value, node, context);
        break;
      case NodeKind.Throw:
        if (node.value.kind === NodeKind.New && node.value.args.length > 0) rewriteThrow(node, context);
        break;
    }
    return context;
  };

  const open = context => context?.result
    ? { before: `return __interstice_reject<${context.result}>(`, after: ")" }
    : { before: "throw new Error(__interstice_rejection(", after: "))" };

  const rewriteFail = (call, statement, context) => {
    const shape = open(context);
    const argument = call.args[0].range;
    edits.replace(statement.range.start, argument.start, shape.before);
    edits.replace(argument.end, call.range.end, shape.after);
  };

  const rewriteThrow = (statement, context) => {
    const shape = open(context);
    const argument = statement.value.args[0].range;
    edits.replace(statement.range.start, argument.start, shape.before);
    edits.replace(argument.end, statement.value.range.end, shape.after);
  };

  const rewriteEnsure = (call, statement, context) => {
    const shape = open(context);
    const [condition, reason] = call.args;
    const end = /^\s*;/.exec(text.substring(call.range.end));
    edits.replace(statement.range.start, condition.range.start, "{ if (!(");
    edits.replace(condition.range.end, reason.range.start, `)) ${shape.before}`);
    edits.replace(reason.range.end, call.range.end + (end ? end[0].length : 0), `${shape.after}; }`);
  };

  for (const statement of source.statements) walk(statement, visit, null);
}

// What the file calls the functions of the SDK; its own functions of these names are left alone.
function importedNames(source) {
  const names = new Map();
  for (const statement of source.statements) {
    if (statement.kind !== NodeKind.Import || !statement.internalPath.startsWith(PACKAGE)) continue;
    for (const member of statement.declarations ?? []) names.set(member.name.text, member.foreignName.text);
  }
  return names;
}
