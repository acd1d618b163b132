/** Turns: changes of one cart wait for each other, those of two carts do not. */
import { describe, expect, it } from 'vitest';
import { createTurns } from '../src/turns.ts';

describe('turns', () => {
  it('come one after another for one id, also after a failure, and at once for two', async () => {
    const turns = createTurns();
    const seen: string[] = [];
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    const first = turns.take('a', async () => {
      await gate;
      seen.push('first');
      throw new Error('failed');
    });
    const second = turns.take('a', async () => void seen.push('second'));
    await turns.take('b', async () => void seen.push('other'));
    open();
    await expect(first).rejects.toThrow('failed');
    await second;
    expect(seen).toEqual(['other', 'first', 'second']);
  });

  it('are refused when too many wait, and free again afterwards', async () => {
    const turns = createTurns();
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    const waiting = Array.from({ length: 64 }, () => turns.take('a', () => gate));
    await expect(turns.take('a', () => gate)).rejects.toMatchObject({ code: 'too-many-requests' });
    open();
    await Promise.all(waiting);
    expect(await turns.take('a', async () => 'free')).toBe('free');
  });
});
