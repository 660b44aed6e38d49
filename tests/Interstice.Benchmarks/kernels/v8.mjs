// The other side of the engine benchmark: runs the same modules in V8. One JSON request a line on standard input, one
// JSON answer a line on standard output; nothing runs between two requests. Started by Engine/V8Process.cs.
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const loaded = new Map();
const hostAdd = (a, b) => (a + b) | 0;

const operations = {
  load({ name, path }) {
    const started = performance.now();
    const module = new WebAssembly.Module(readFileSync(path));
    const compiled = performance.now();
    const { exports } = new WebAssembly.Instance(module, { bench: { host: hostAdd } });
    exports._initialize?.();
    loaded.set(name, exports);
    return { compileMs: compiled - started };
  },

  // Runs for a time, at least once; the runs' times and the result of the last.
  run({ name, argument, seconds }) {
    const { run } = loaded.get(name);
    const times = [];
    const deadline = performance.now() + seconds * 1000;
    let result;
    let now;
    do {
      const started = performance.now();
      result = run(argument);
      now = performance.now();
      times.push(now - started);
    } while (now < deadline);
    return { times, result: BigInt.asUintN(64, result).toString() };
  },

  // Nanoseconds of one call in (JavaScript to WebAssembly) and out (WebAssembly to JavaScript).
  border({ name, calls }) {
    const { call, callHost, callNobody } = loaded.get(name);
    let started = performance.now();
    let sum = 0;
    for (let i = 0; i < calls; i++) sum = call(sum, i);
    const inward = performance.now() - started;
    started = performance.now();
    sum ^= callHost(calls);
    const outward = performance.now() - started;
    started = performance.now();
    sum ^= callNobody(calls);
    const nobody = performance.now() - started;
    return { inNs: (inward * 1e6) / calls, outNs: ((outward - nobody) * 1e6) / calls, result: String(sum) };
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  let answer;
  try {
    answer = operations[request.operation](request);
  } catch (error) {
    answer = { error: `${request.operation} ${request.name}: ${error.message}` };
  }

  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
