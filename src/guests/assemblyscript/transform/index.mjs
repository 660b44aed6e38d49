import { SourceKind } from "assemblyscript";
import { Codec } from "./codec.mjs";
import { Diagnostics } from "./diagnostics.mjs";
import { Edits } from "./edits.mjs";
import {
  database, eventMember, oldDatabases, oldTableClasses, remoteFunction, structMembers, tableClasses, timerClass, timers, wrapper, wrapperName,
} from "./generate.mjs";
import { readMigrations } from "./migrations.mjs";
import { Model } from "./model.mjs";
import { isName } from "./names.mjs";
import { Reach } from "./reach.mjs";
import { calledNames, rewriteRejections } from "./rejections.mjs";
import { schemaLines } from "./schema.mjs";
import { Scope } from "./scope.mjs";
import { nameOf } from "./syntax.mjs";
import { Types } from "./types.mjs";

const SECTION = "interstice.schema";
const RUNTIME_STUB = 0;
const KEPT_EXPORTS = new Set(["memory", "interstice_init", "interstice_alloc"]);
const ALIASES = { abort: "__interstice_abort", seed: "__interstice_seed", "Date.now": "__interstice_now" };

/**
 * The compiler transform: reads the decorated classes and functions, writes encoders, table handles and exported
 * wrappers into the sources before they are compiled, and the schema section into the binary afterwards.
 */
export default class IntersticeTransform {
  async afterParse(parser) {
    const options = this.program.options;
    if (options.runtime !== RUNTIME_STUB) {
      throw new Error("build with --runtime stub: the host resets memory between calls, collecting costs only time");
    }
    options.exportStart = "interstice_init";
    options.globalAliases ??= new Map();
    for (const [name, target] of Object.entries(ALIASES)) options.globalAliases.set(name, target);

    const module = await readModule(this);
    const sources = parser.sources.filter(source => !source.normalizedPath.startsWith("~lib/"));
    const diagnostics = new Diagnostics(parser);
    const types = new Types(new Scope(sources), diagnostics);
    const model = new Model(types, diagnostics);
    for (const source of sources) model.read(source);
    model.readTimers(sources);
    readMigrations(model, sources, module.version, diagnostics);
    if (diagnostics.count > 0) return;

    this.schema = schemaLines(module, model, types, new Reach(sources, model.remotes));
    this.exports = new Map(model.exported.map(call => [wrapperName(call), `${call.kind}:${call.name}`]));
    const entry = sources.find(source => source.sourceKind === SourceKind.UserEntry);
    const called = calledNames(sources);
    for (const source of sources) rewrite(parser, source, entry, model, types, called);
  }

  afterCompile(module) {
    refuseForeignImports(module, this.binaryen);
    for (let at = module.getNumExports() - 1; at >= 0; at--) {
      const { name, value } = this.binaryen.getExportInfo(module.getExportByIndex(at));
      if (KEPT_EXPORTS.has(name)) continue;
      module.removeExport(name);
      const exported = this.exports.get(name);
      if (exported) module.addFunctionExport(value, exported);
    }
    module.addCustomSection(SECTION, Buffer.from(this.schema.map(line => `${line}\n`).join(""), "utf8"));
  }
}

// The name and version of a module are those of its package; `"interstice": { "module": ... }` overrides the name.
async function readModule(transform) {
  const text = await transform.readFile("package.json", transform.baseDir);
  if (text === null) throw new Error("package.json not found: it names the module and its version");
  const manifest = JSON.parse(text);
  const name = manifest.interstice?.module ?? String(manifest.name ?? "").replace(/^.*\//, "").replace(/-/g, "_");
  if (!isName(name)) {
    throw new Error(`package.json: module name "${name}" must consist of a-z, 0-9 and _ and begin with a letter; `
      + "set \"interstice\": { \"module\": \"...\" }");
  }
  if (!/^\d+\.\d+\.\d+/.test(manifest.version ?? "")) {
    throw new Error("package.json: \"version\" must be a semantic version such as 1.0.0; it is the module's");
  }
  return { name, version: manifest.version };
}

// A changed source is parsed anew from its text, so that the compiler sees nothing but ordinary source.
function rewrite(parser, source, entry, model, types, called) {
  const codec = new Codec();
  const edits = new Edits();
  const calls = model.exported.filter(call => call.source === source);
  const tables = model.tables.filter(table => table.source === source);
  const olds = model.olds.filter(table => table.source === source);
  const outermost = calls.map(call => call.declaration).filter(declaration => !called.has(nameOf(declaration)));
  rewriteRejections(source, new Set(outermost), edits);

  for (const struct of structsOf(source, model, types)) {
    const event = model.events.find(candidate => candidate.struct.declaration === struct.declaration);
    const members = structMembers(struct, codec) + (event ? eventMember(event) : "");
    edits.insert(struct.declaration.range.end - 1, oneLine(members));
  }
  for (const table of [...tables, ...olds]) {
    edits.insert(table.declaration.decorators[0].range.start, "@global ");
    for (const { node, initial } of table.columns) if (initial) edits.insert(node.type.range.end, ` = ${initial}`);
  }
  for (const remote of model.remotes.filter(candidate => candidate.source === source)) {
    const { start, end } = remote.declaration.range;
    edits.replace(start, end, oneLine(remoteFunction(remote, codec)));
  }

  const generated = [
    ...tables.map(table => tableClasses(table, codec)),
    ...olds.map(table => oldTableClasses(table, codec)),
    ...calls.map(call => wrapper(call, codec)),
    ...calls.filter(call => model.timed.includes(call)).map(call => timerClass(call, codec)),
  ];
  if (source === entry) generated.push(...entryCode(model, entry));
  const text = `${edits.apply(source.text)}\n${generated.join("\n")}\n${codec.helpers()}\n`;

  parser.sources.splice(parser.sources.indexOf(source), 1);
  parser.donelog.delete(source.internalPath);
  parser.parseFile(text, source.normalizedPath, source.sourceKind === SourceKind.UserEntry);
}

function entryCode(model, entry) {
  const forwards = model.exported.filter(call => call.source !== entry).map(call =>
    `export { ${wrapperName(call)} } from "${relative(entry.internalPath, call.source.internalPath)}";`);
  return [
    "import \"@interstice/assemblyscript\";",
    database(model.tables),
    ...(model.olds.length > 0 ? [oldDatabases(model.olds)] : []),
    ...(model.timed.length > 0 ? [timers(model.timed)] : []),
    "export function interstice_alloc(size: i32): i32 { return <i32>heap.alloc(size); }",
    ...forwards,
  ];
}

function structsOf(source, model, types) {
  const structs = new Map();
  const found = [
    ...[...model.tables, ...model.olds].map(table => table.struct),
    ...[...types.declared.values()].map(({ type }) => type).filter(type => type.kind === "struct" && !type.wrapped),
  ];
  for (const struct of found) {
    const { declaration } = struct;
    if (declaration.range.source === source) structs.set(declaration, declaration.intersticeStruct);
  }
  return structs.values();
}

function oneLine(text) {
  return text.replace(/\/\*\*.*?\*\//g, "").replace(/\s*\n\s*/g, " ");
}

function relative(from, to) {
  const base = from.split("/").slice(0, -1);
  const target = to.split("/");
  let common = 0;
  while (common < base.length && common < target.length - 1 && base[common] === target[common]) common++;
  const up = base.slice(common).map(() => "..");
  return [...(up.length > 0 ? up : ["."]), ...target.slice(common)].join("/");
}

function refuseForeignImports(module, binaryen) {
  const foreign = [];
  for (let at = 0; at < module.getNumFunctions(); at++) {
    const { module: from, base } = binaryen.getFunctionInfo(module.getFunctionByIndex(at));
    if (from !== "" && from !== "interstice") foreign.push(`${from}.${base}`);
  }
  if (foreign.length > 0) {
    throw new Error(`a module may import nothing but the Interstice host; this one asks for ${foreign.join(", ")} `
      + "(for output use log.info, for time now(), for chance random())");
  }
}
