import { readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";
import IntersticeTransform from "../transform/index.mjs";

const SDK = fileURLToPath(new URL("..", import.meta.url));
const PACKAGE = /(?:^|[\\/])node_modules[\\/]@interstice[\\/]assemblyscript[\\/](.*)$/;
// Small before inlined: a module runs for a microsecond and is reset, so its pages and its compilation count. Function
// names stay, because traps name the function.
const FLAGS = ["--runtime", "stub", "-O3", "--shrinkLevel", "1", "--debug"];
const USAGE = `usage: interstice-asc [ENTRY] [-o FILE] [--check]

Compiles a module with AssemblyScript. ENTRY is assembly/index.ts unless given, FILE is <module>.wasm.
--check builds again and compares with FILE: exit code 1 when the bytes differ.
`;

/**
 * Compiles the module in a folder: `{ binary, errors }`, with `binary` null when it does not compile. `sources` maps
 * paths in the folder to texts that stand in for files.
 */
export async function buildModule(folder, entry = "assembly/index.ts", sources = {}) {
  const baseDir = resolve(folder);
  const files = new Map();
  let errors = "";
  const options = [...FLAGS, "--outFile", "module.wasm", "--baseDir", baseDir];
  const { error } = await asc.main([entry, ...options], {
    stdout: { write: () => {} },
    stderr: { write: chunk => { errors += chunk; } },
    readFile: (name, base) => sources[name] ?? readSource(name, base),
    writeFile: (name, contents) => void files.set(name, contents),
    listFiles: () => [],
    transforms: [IntersticeTransform],
  });
  if (error && errors === "") errors = `${error.message}\n`;
  return { binary: error ? null : Buffer.from(files.get("module.wasm")), errors };
}

/** The command line; returns the exit code. */
export async function runBuild(argv) {
  const options = readArguments(argv);
  if (options === null) {
    process.stderr.write(USAGE);
    return 2;
  }
  const { binary, errors } = await buildModule(".", options.entry);
  process.stderr.write(errors);
  if (binary === null) return 1;
  const output = options.output ?? await defaultOutput();
  if (options.check) return compare(output, binary);
  await writeFile(output, binary);
  process.stdout.write(`${output}: ${binary.length} bytes\n`);
  return 0;
}

async function compare(output, binary) {
  const committed = await readFile(output).catch(() => null);
  if (committed !== null && committed.equals(binary)) {
    process.stdout.write(`${output}: the build gives the same ${binary.length} bytes\n`);
    return 0;
  }
  const found = committed === null ? "there is no such file" : `it differs from the build (${binary.length} bytes)`;
  process.stderr.write(`${output}: ${found}; run interstice-asc without --check and commit the result\n`);
  return 1;
}

function readArguments(argv) {
  const options = { entry: "assembly/index.ts", output: null, check: false };
  for (let at = 0; at < argv.length; at++) {
    if (argv[at] === "--check") options.check = true;
    else if (argv[at] === "-o" && at + 1 < argv.length) options.output = argv[++at];
    else if (argv[at].startsWith("-")) return null;
    else options.entry = argv[at];
  }
  return options;
}

async function defaultOutput() {
  const manifest = JSON.parse(await readFile("package.json", "utf8"));
  return `${manifest.interstice?.module ?? manifest.name.replace(/^.*\//, "").replace(/-/g, "_")}.wasm`;
}

// The SDK's sources always come from the SDK that runs, however npm linked it.
async function readSource(name, base) {
  const path = resolve(base, name);
  const own = PACKAGE.exec(path);
  return readFile(own ? join(SDK, own[1]) : path, "utf8").catch(() => null);
}
