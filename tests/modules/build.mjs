// Turns every .wat file below this folder into the .wasm beside it. Lines that begin with ";;!" are declarations of the
// schema; they become one custom section. `--check` writes nothing and fails when committed bytes differ.
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import loadWabt from "wabt";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const SECTION = "interstice.schema";
const FEATURES = {
  bulk_memory: true, multi_value: true, mutable_globals: true, reference_types: true, sign_extension: true, simd: true,
};

/** All modules as `{ file, binary }`, in the order of their names. */
export async function buildAll() {
  const wabt = await loadWabt();
  const sources = ["conformance", "engine", "hostile", "plain", "refused"].flatMap(folder =>
    readdirSync(join(HERE, folder)).filter(name => name.endsWith(".wat")).sort().map(name => `${folder}/${name}`));
  return sources.map(source =>
    ({ file: source.replace(/\.wat$/, ".wasm"), binary: assemble(wabt, join(HERE, source)) }));
}

function assemble(wabt, path) {
  const text = readFileSync(path, "utf8");
  const module = wabt.parseWat(path, text, FEATURES);
  module.resolveNames();
  const { buffer } = module.toBinary({ write_debug_names: true });
  module.destroy();
  const binary = Buffer.concat([Buffer.from(buffer), schemaSection(text)]);
  const cut = /^;;cut (\d+)$/m.exec(text);
  return cut ? binary.subarray(0, Number(cut[1])) : binary;
}

function schemaSection(text) {
  const lines = [...text.matchAll(/^;;! ?(.*)$/gm)].map(match => `${match[1]}\n`);
  if (lines.length === 0) return Buffer.alloc(0);
  // `\xHH` in a declaration stands for a byte, for sections that are not UTF-8.
  const content = Buffer.concat(lines.join("").split(/(\\x[0-9a-f]{2})/).map(part =>
    /^\\x[0-9a-f]{2}$/.test(part) ? Buffer.from(part.slice(2), "hex") : Buffer.from(part, "utf8")));
  const name = Buffer.from(SECTION, "utf8");
  const body = Buffer.concat([leb(name.length), name, content]);
  return Buffer.concat([Buffer.from([0]), leb(body.length), body]);
}

function leb(value) {
  const bytes = [];
  do {
    bytes.push((value & 0x7F) | (value > 0x7F ? 0x80 : 0));
    value >>>= 7;
  } while (value > 0);
  return Buffer.from(bytes);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const check = process.argv.includes("--check");
  for (const { file, binary } of await buildAll()) {
    const path = join(HERE, file);
    if (!check) {
      writeFileSync(path, binary);
    } else if (!readFileSync(path).equals(binary)) {
      process.stderr.write(`tests/modules/${file} differs from its build; run npm run build and commit the result\n`);
      process.exitCode = 1;
    }
  }
}
