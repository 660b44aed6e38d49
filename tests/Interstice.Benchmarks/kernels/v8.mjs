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

  // Nanoseconds of one call in (JavaScript to WebAssembly) and out (WebAssembly to JavaScript), of the fast batches.
  border({ name, calls, batches }) {
    const { call, callHost, callNobody } = loaded.get(name);
    const inward = [];
    const outward = [];
    const nobody = [];
    let sum = 0;
    for (let batch = 0; batch < batches; batch++) {
      const started = performance.now();
      for (let i = 0; i < calls; i++) sum = call(sum, i);
      const between = performance.now();
      sum ^= callHost(calls);
      const then = performance.now();
      sum ^= callNobody(calls);
      nobody.push(performance.now() - then);
      outward.push(then - between);
      inward.push(between - started);
    }

    const perCall = 1e6 / calls;
    return { inNs: fast(inward) * perCall, outNs: (fast(outward) - fast(nobody)) * perCall, result: String(sum) };
  },
};

// What a tenth of the times stays below.
function fast(times) {
  times.sort((a, b) => a - b);
  return times[Math.floor(times.length / 10)];
}

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
