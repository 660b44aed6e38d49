import { fileURLToPath } from "node:url";
import { buildModule } from "../../build/index.mjs";
import { TestHost } from "../../testing/index.mjs";

const FIXTURES = fileURLToPath(new URL("../fixtures/", import.meta.url));
const MANIFEST = JSON.stringify({ name: "sample", version: "1.2.3" });

/** A host over a fixture module; compiled once a process. */
const compiled = new Map();

export async function hostOf(fixture, options) {
  if (!compiled.has(fixture)) compiled.set(fixture, await buildModule(FIXTURES + fixture));
  const { binary, errors } = compiled.get(fixture);
  if (binary === null) throw new Error(errors);
  return new TestHost(binary, options);
}

/** Compiles one source text. */
export function build(source, others = {}) {
  const sources = { "package.json": MANIFEST, "assembly/index.ts": source, ...others };
  return buildModule(FIXTURES, "assembly/index.ts", sources);
}

/** The compiler's messages for a source that must not compile. */
export async function errorsOf(source, others = {}) {
  const { binary, errors } = await build(source, others);
  if (binary !== null) throw new Error("the source compiles");
  return errors;
}
