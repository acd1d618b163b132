/** What catches mails keeps the newest of them and is bounded by number and by weight. */
import { expect, it } from 'vitest';
import { createNewest } from '../smtp-catcher/newest.ts';

const mail = (name: string, bytes = 1) => ({ name, source: Buffer.alloc(bytes) });

function kept(limits: { maxItems: number; maxBytes: number }, mails: ReturnType<typeof mail>[]) {
  const newest = createNewest<ReturnType<typeof mail>>(limits);
  for (const one of mails) newest.add(one);
  return { newest, names: newest.all().map(({ name }) => name) };
}

it('the oldest goes when there are too many', () => {
  const { names } = kept({ maxItems: 2, maxBytes: 100 }, [mail('a'), mail('b'), mail('c')]);
  expect(names).toEqual(['b', 'c']);
});

it('as many go as a heavy one needs, and it stays even if it is too heavy by itself', () => {
  const limits = { maxItems: 10, maxBytes: 10 };
  expect(kept(limits, [mail('a', 4), mail('b', 4), mail('c', 5)]).names).toEqual(['b', 'c']);
  expect(kept(limits, [mail('a', 4), mail('b', 4), mail('c', 50)]).names).toEqual(['c']);
});

it('what has gone, by number, by weight or all at once, weighs nothing any more', () => {
  const { newest } = kept({ maxItems: 2, maxBytes: 10 }, [mail('a', 4), mail('b', 4), mail('c', 4)]);
  newest.add(mail('d', 6));
  expect(newest.all().map(({ name }) => name)).toEqual(['c', 'd']);
  newest.clear();
  for (const name of ['e', 'f']) newest.add(mail(name, 5));
  expect(newest.all().map(({ name }) => name)).toEqual(['e', 'f']);
});
