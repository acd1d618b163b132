/** The memory gives what it knows, asks once, and forgets in time. */
import { describe, expect, it } from 'vitest';
import { createMemory } from '../src/memory.ts';

function memoryAt(clock: { ms: number }, maxEntries = 3) {
  return createMemory<number>({ maxEntries, freshMs: 100, staleMs: 200, nowMs: () => clock.ms });
}

/** A loader that counts how often it ran. */
function counter(tags: string[] = []) {
  const state = { runs: 0, load: async () => ({ value: ++state.runs, tags }) };
  return state;
}

describe('a memory', () => {
  it('asks once for all who ask meanwhile', async () => {
    const memory = memoryAt({ ms: 0 });
    const { load } = counter();
    expect(await Promise.all([1, 2, 3].map(() => memory.get('a', load)))).toEqual([1, 1, 1]);
    expect(memory.peek('a')).toBe(1);
  });

  it('gives a stale value once more while it asks again, and none that is older', async () => {
    const clock = { ms: 0 };
    const memory = memoryAt(clock);
    const { load } = counter();
    await memory.get('a', load);
    clock.ms = 150;
    expect(await memory.get('a', load)).toBe(1);
    await new Promise(setImmediate);
    expect(memory.peek('a')).toBe(2);
    clock.ms = 351;
    expect(memory.peek('a')).toBeUndefined();
  });

  it('keeps what is known to be true, but asks again in the end', async () => {
    const clock = { ms: 0 };
    let trueAtMs = 0;
    const memory = createMemory<number>({
      ...{ maxEntries: 1, freshMs: 100, staleMs: 200 },
      ...{ nowMs: () => clock.ms, trueAtMs: () => trueAtMs },
    });
    const { load } = counter();
    await memory.get('a', load);
    clock.ms = 29_000;
    trueAtMs = 28_950;
    expect(await memory.get('a', load)).toBe(1);
    clock.ms = 29_201;
    expect(memory.peek('a')).toBeUndefined();
    await memory.get('a', load);
    clock.ms = trueAtMs = 59_300;
    expect(memory.peek('a')).toBe(2);
    clock.ms = trueAtMs = 59_402;
    expect(memory.peek('a')).toBeUndefined();
  });

  it('does not keep an error', async () => {
    const memory = memoryAt({ ms: 0 });
    const failing = () => Promise.reject(new Error('away'));
    await expect(memory.get('a', failing)).rejects.toThrow('away');
    expect(await memory.get('a', counter().load)).toBe(1);
  });

  it('forgets the least recently used first', async () => {
    const memory = memoryAt({ ms: 0 });
    for (const key of ['a', 'b', 'c']) await memory.get(key, counter().load);
    memory.peek('a');
    await memory.get('d', counter().load);
    expect(['a', 'b', 'c', 'd'].filter((key) => memory.peek(key))).toEqual(['a', 'c', 'd']);
  });

  it('keeps what was on its way when something else was dropped, and only that', async () => {
    const memory = memoryAt({ ms: 0 });
    const lent = Promise.withResolvers<void>();
    const slow = (tags: string[]) => async () => {
      await lent.promise;
      return { value: 7, tags };
    };
    const onTheirWay = [memory.get('a', slow(['x'])), memory.get('b', slow(['y']))];
    memory.drop(new Set(['x', 'z']));
    lent.resolve();
    expect(await Promise.all(onTheirWay)).toEqual([7, 7]);
    expect([memory.peek('a'), memory.peek('b')]).toEqual([undefined, 7]);
  });

  it('keeps nothing that was on its way through more drops than it remembers', async () => {
    const memory = memoryAt({ ms: 0 });
    const lent = Promise.withResolvers<void>();
    const onItsWay = memory.get('a', () => lent.promise.then(() => ({ value: 7, tags: ['a'] })));
    for (let count = 0; count <= 100; count += 1) memory.drop(new Set(['other']));
    lent.resolve();
    await onItsWay;
    expect(memory.peek('a')).toBeUndefined();
    await memory.get('a', counter().load);
    expect(memory.peek('a')).toBe(1);
  });

  it('drops by tag, and all without one', async () => {
    const memory = memoryAt({ ms: 0 });
    await memory.get('a', counter(['x']).load);
    await memory.get('b', counter(['y']).load);
    memory.drop(new Set(['x']));
    expect(['a', 'b'].map((key) => memory.peek(key))).toEqual([undefined, 1]);
    const onItsWay = memory.get('c', counter().load);
    memory.drop();
    await onItsWay;
    expect(['b', 'c'].map((key) => memory.peek(key))).toEqual([undefined, undefined]);
  });
});
