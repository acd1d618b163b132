/** The memory of failures: the last reason of each event, bounded, and never the reason of another. */
import { expect, it } from 'vitest';
import { rememberFailures, unknownReason } from '../src/failure-reasons.ts';

it('tells the last reason of an event, and none of one that it does not know or has forgotten', () => {
  const reasons = rememberFailures();
  reasons.note('a', 'first');
  reasons.note('a', 'last');
  expect([reasons.of('a'), reasons.of('b')]).toEqual(['last', unknownReason]);
  reasons.forget('a');
  expect(reasons.of('a')).toBe(unknownReason);
  reasons.note('a', 'x'.repeat(600));
  expect(reasons.of('a')).toHaveLength(500);
});

it('keeps a thousand reasons, the newest', () => {
  const reasons = rememberFailures();
  for (let index = 0; index <= 1_000; index += 1) reasons.note(index, `reason ${index}`);
  expect([reasons.of(0), reasons.of(1), reasons.of(1_000)]).toEqual([
    unknownReason,
    'reason 1',
    'reason 1000',
  ]);
});
