/** A measurement that is interrupted leaves nothing turned. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { nodeBinary, root } from '../platform/paths.ts';

/** Turns two things, puts one back by itself, and waits to be interrupted. */
const measurement = `
  const { undoneAtEnd } = await import(${JSON.stringify(join(root, 'perf/undo.ts'))});
  const early = undoneAtEnd(async () => console.log('early is back'));
  undoneAtEnd(async () => {
    await new Promise((resolve) => setTimeout(resolve, 50));
    console.log('late is back');
  });
  await early();
  await early();
  console.log('measuring');
  setInterval(() => {}, 1_000);
`;

it.each(['SIGINT', 'SIGTERM'] as const)('what is still turned at %s is put back, once', async (signal) => {
  const child = spawn(nodeBinary, ['--input-type=module', '-e', measurement]);
  let said = '';
  const code = await new Promise((resolve) => {
    child.stdout.on('data', (chunk) => {
      said += chunk;
      if (said.endsWith('measuring\n')) child.kill(signal);
    });
    child.on('close', resolve);
  });
  expect(said.trim().split('\n')).toEqual(['early is back', 'measuring', 'late is back']);
  expect(code).toBe(1);
});
