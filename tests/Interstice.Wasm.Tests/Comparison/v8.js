// Does in V8 what EngineSide does in the engine. node v8.js PLAN OUTPUT: reads modules and calls (JSON), writes one line for
// each observation. node v8.js --validate BINARIES OUTPUT: reads binaries, each behind its length, and writes 1 or 0 for each.
const fs = require('fs');
const view = new DataView(new ArrayBuffer(8));
const read = {
  i32: bits => Number(BigInt.asIntN(32, BigInt(bits))),
  i64: bits => BigInt.asIntN(64, BigInt(bits)),
  f32: bits => (view.setUint32(0, Number(bits)), view.getFloat32(0)),
  f64: bits => (view.setBigUint64(0, BigInt(bits)), view.getFloat64(0)),
};
const write = {
  i32: value => String(value >>> 0),
  i64: value => String(BigInt.asUintN(64, value)),
  f32: value => Number.isNaN(value) ? 'nan' : (view.setFloat32(0, value), String(view.getUint32(0))),
  f64: value => Number.isNaN(value) ? 'nan' : (view.setFloat64(0, value), String(view.getBigUint64(0))),
};
const made = {
  i32: n => n * 7 + 3,
  i64: n => BigInt(n) * 1000000007n,
  f32: n => n * 0.5,
  f64: n => n * -0.25,
};
const traps = [
  ['unreachable', 'unreachable'], ['memory access out of bounds', 'memory'], ['data segment', 'memory'],
  ['divide by zero', 'zero'], ['remainder by zero', 'zero'], ['unrepresentable', 'integer'],
  ['table index is out of bounds', 'table'], ['element segment', 'table'], ['null function', 'call'],
  ['signature mismatch', 'call'], ['table access out of bounds', 'table'], ['table.grow', 'table'],
  ['table initializer', 'table'],
];
function trap(error) {
  if (!(error instanceof WebAssembly.RuntimeError)) throw error;
  const found = traps.find(([words]) => error.message.includes(words));
  return 'trap ' + (found ? found[1] : error.message);
}
function hash(bytes) {
  let h = 0x811c9dc5;
  for (const byte of bytes) h = Math.imul(h ^ byte, 0x01000193);
  return h >>> 0;
}
class Run {
  constructor(module) {
    this.module = module;
    this.log = [];
    const imports = {};
    for (const wanted of module.imports) {
      const name = wanted.name;
      (imports[wanted.module] ??= {})[name] = (...values) => {
        this.log.push(`${name}(${wanted.parameters.map((kind, i) => write[kind](values[i])).join(' ')})`);
        const results = wanted.results.map((kind, i) => made[kind](this.log.length + i));
        return results.length > 1 ? results : results[0];
      };
    }
    this.imports = imports;
  }
  start(compiled) {
    this.exports = new WebAssembly.Instance(compiled, this.imports).exports;
  }
  call(call) {
    if (this.module.budget !== null) this.exports.budget.value = this.module.budget;
    let line;
    try {
      const result = this.exports[call.name](...call.arguments.map(a => read[a.kind](a.bits)));
      const results = call.results.length === 1 ? [result] : call.results.length === 0 ? [] : [...result];
      line = call.results.map((kind, i) => write[kind](results[i])).join(' ');
    } catch (error) {
      line = trap(error);
    }
    return `${line} | ${this.globals()} | ${this.log.length} ${hash(Buffer.from(this.log.join(';')))}`;
  }
  globals() {
    return this.module.globals.map(g => write[g.kind](this.exports[g.name].value)).join(' ');
  }
  memory() {
    if (this.module.memory === null) return 'no memory';
    const memory = new Uint8Array(this.exports[this.module.memory].buffer);
    return `memory ${memory.length} ${hash(memory)}`;
  }
}
function compare(plan, output) {
  const lines = [];
  for (const module of JSON.parse(fs.readFileSync(plan, 'utf8'))) {
    const compiled = new WebAssembly.Module(Buffer.from(module.binary, 'base64'));
    let run = null;
    const begin = () => {
      run = new Run(module);
      try {
        run.start(compiled);
        return true;
      } catch (error) {
        lines.push(`start ${trap(error)}`);
        return false;
      }
    };
    for (const call of module.calls) {
      if ((run === null || module.isFresh) && !begin()) break;
      lines.push(run.call(call));
      if (module.isFresh) lines.push(run.memory());
    }
    if (!module.isFresh && run !== null && run.exports) lines.push(run.memory());
  }
  fs.writeFileSync(output, lines.join('\n'));
}
function validate(binaries, output) {
  const bytes = fs.readFileSync(binaries);
  let found = '';
  for (let at = 0; at < bytes.length;) {
    const length = bytes.readUInt32LE(at);
    found += WebAssembly.validate(bytes.subarray(at + 4, at + 4 + length)) ? '1' : '0';
    at += 4 + length;
  }
  fs.writeFileSync(output, found);
}
const [first, second, third] = process.argv.slice(2);
if (first === '--validate') validate(second, third);
else compare(first, second);
