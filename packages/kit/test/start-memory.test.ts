import { expect, test } from 'vitest';
import { releaseStartMemory } from '../src/start-memory.ts';

test('garbage of the start is given back', () => {
  let rubbish: number[][] | undefined = Array.from({ length: 200 }, () => new Array(10_000).fill(1.5));
  const before = process.memoryUsage().heapUsed;
  rubbish = undefined;
  releaseStartMemory();
  expect(rubbish).toBeUndefined();
  expect(process.memoryUsage().heapUsed).toBeLessThan(before - 10_000_000);
});
