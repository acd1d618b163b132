/** The gate's scale: bytes that a running process allocates are weighed from outside, and its inspector is closed again. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sampled } from '../../perf/allocations.ts';
import { openInspector } from '../../perf/inspector.ts';
import { nodeBinary } from '../platform/paths.ts';

const times = 500;
let process_: ChildProcess;

beforeAll(async () => {
  process_ = spawn(nodeBinary, ['-e', 'setInterval(() => {}, 1_000); console.log("runs")'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await once(process_.stdout!, 'data');
});
afterAll(() => void process_.kill());

it('an array of 20 KB, made 500 times, weighs 20 KB each; one that has been collected counts too', async () => {
  const inspector = await openInspector(process_.pid!);
  const make = `for (let i = 0; i < ${times}; i += 1) globalThis.last = new Array(2_500).fill(i); 1`;
  const work = () => inspector.ask('Runtime.evaluate', { expression: make });
  try {
    await work();
    const { bytes, by } = await sampled(inspector, work, async () => {});
    expect(bytes / times).toBeGreaterThan(20_000 * 0.97);
    expect(bytes / times).toBeLessThan(20_000 * 1.05);
    expect(by.size).toBeGreaterThan(0);
  } finally {
    await inspector.close();
  }
  // Whoever comes next finds the port free.
  await (await openInspector(process_.pid!)).close();
});
