namespace Interstice.Wasm.Tests.Fuzzing;

/// <summary>The program for node that does in V8 what <see cref="V8ComparisonTests"/> does in the engine.</summary>
internal static class V8Script
{
    /// <summary>Reads a plan (JSON, first argument) and writes one line for each observation.</summary>
    public const string Text = """
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
        const traps = [
          ['unreachable', 'unreachable'], ['memory access out of bounds', 'memory'], ['data segment', 'memory'],
          ['divide by zero', 'zero'], ['remainder by zero', 'zero'], ['unrepresentable', 'integer'],
          ['table index is out of bounds', 'table'], ['element segment', 'table'], ['null function', 'call'],
          ['signature mismatch', 'call'], ['table access out of bounds', 'table'], ['table.grow', 'table'],
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
        const lines = [];
        for (const module of JSON.parse(fs.readFileSync(process.argv[2], 'utf8'))) {
          const binary = Buffer.from(module.binary, 'base64');
          const exports = new WebAssembly.Instance(new WebAssembly.Module(binary), {}).exports;
          for (const call of module.calls) {
            exports.budget.value = module.budget;
            let line;
            try {
              const result = exports[call.name](...call.arguments.map(a => read[a.kind](a.bits)));
              const results = call.results.length === 1 ? [result] : call.results.length === 0 ? [] : [...result];
              line = call.results.map((kind, i) => write[kind](results[i])).join(' ');
            } catch (error) {
              line = trap(error);
            }
            const globals = module.globals.map((kind, i) => write[kind](exports['g' + i].value)).join(' ');
            lines.push(`${line} | ${globals} | ${exports.budget.value}`);
          }
          const memory = new Uint8Array(exports.memory.buffer);
          lines.push(`memory ${memory.length} ${hash(memory)}`);
        }
        fs.writeFileSync(process.argv[3], lines.join('\n'));
        """;
}
