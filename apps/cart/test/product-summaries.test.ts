/** The cache of names and pictures: bounded, never too old, and never older than an event says. */
import { describe, expect, it } from 'vitest';
import { createProductSummaries } from '../src/product-summaries.ts';
import { createNeighbours } from './neighbours-fake.ts';

function opened(maxEntries = 10) {
  const neighbours = createNeighbours();
  for (const sku of ['AAA', 'BBB', 'CCC']) neighbours.sell(sku, 1);
  const clock = { now: new Date(0) };
  const dapr = { invoke: neighbours.invoke } as never;
  const summaries = createProductSummaries({ dapr }, { maxEntries, now: () => clock.now });
  return { neighbours, clock, summaries };
}

describe('product summaries', () => {
  it('are asked for once, and together', async () => {
    const { neighbours, summaries } = opened();
    await summaries.of(['AAA', 'BBB']);
    expect([...(await summaries.of(['BBB', 'AAA'])).keys()]).toEqual(['BBB', 'AAA']);
    expect(neighbours.calls).toEqual(['catalog /internal/variants']);
  });

  it('are asked for again after fifteen minutes', async () => {
    const { neighbours, clock, summaries } = opened();
    await summaries.of(['AAA']);
    clock.now = new Date(15 * 60_000 + 1);
    await summaries.of(['AAA']);
    expect(neighbours.calls).toHaveLength(2);
  });

  it('that are wanted in the second half of their time are asked for along with one that is not there', async () => {
    const { neighbours, clock, summaries } = opened();
    await summaries.of(['AAA', 'BBB']);
    clock.now = new Date(8 * 60_000);
    await summaries.of(['AAA']);
    expect([...(await summaries.of(['CCC'])).keys()]).toEqual(['CCC']);
    expect(neighbours.calls).toHaveLength(2);
    clock.now = new Date(22 * 60_000);
    expect([...(await summaries.of(['AAA', 'CCC'])).keys()]).toEqual(['AAA', 'CCC']);
    expect(neighbours.calls).toHaveLength(2);
    await summaries.of(['BBB']);
    expect(neighbours.calls).toHaveLength(3);
  });

  it('go when catalog, asked along with another, does not sell them any more', async () => {
    const { neighbours, clock, summaries } = opened();
    await summaries.of(['AAA']);
    clock.now = new Date(8 * 60_000);
    await summaries.of(['AAA']);
    neighbours.variants.delete('AAA');
    await summaries.of(['BBB']);
    expect([...(await summaries.of(['AAA'])).keys()]).toEqual([]);
  });

  it('are not kept when an event came while catalog was answering', async () => {
    const { neighbours, summaries } = opened();
    const asked = summaries.of(['AAA']);
    summaries.drop(['AAA']);
    await asked;
    await summaries.of(['AAA']);
    expect(neighbours.calls).toHaveLength(2);
  });

  it('are bounded: the one that was not wanted for longest goes', async () => {
    const { neighbours, summaries } = opened(2);
    await summaries.of(['AAA', 'BBB']);
    await summaries.of(['AAA']);
    await summaries.of(['CCC']);
    await summaries.of(['AAA', 'CCC']);
    expect(neighbours.calls).toHaveLength(2);
    await summaries.of(['BBB']);
    expect(neighbours.calls).toHaveLength(3);
  });
});
