/** No request costs more hops, statements or bytes than the committed baseline says. */
import { expect, it } from 'vitest';
import { readBaseline, regressions } from './baseline.ts';
import { countCosts } from './gate-figures.ts';

it('a guest’s way from the list to the order costs what it cost before, request by request', async () => {
  const costs = await countCosts(3);
  expect(Object.keys(costs).toSorted()).toEqual(Object.keys(readBaseline()).toSorted());
  expect(regressions(costs, readBaseline())).toEqual([]);
}, 120_000);
