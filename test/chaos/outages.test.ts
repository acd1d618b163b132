/** Parts that go away: the database, the broker's memory, any one process. The shop loses nothing and comes back. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { layOutFlags } from '../../tools/platform/flag.ts';
import { command, supervisorStatus } from '../../tools/runner/control.ts';
import { closeBackRoom, untilShopIsUp } from '../support/back-room.ts';
import { eventually, place, readyCart, send } from '../support/shop.ts';
import { beginExperiment, type Experiment } from './experiment.ts';
import { emptyRedis } from './redis.ts';

beforeAll(() => untilShopIsUp());
afterAll(async () => {
  await command('start', 'mariadb');
  await layOutFlags();
  await untilShopIsUp();
  await closeBackRoom();
}, 120_000);

const outageMs = 20_000;

/** What is answered 202 has been taken on and is confirmed later; how it ends is judged at the end. */
async function buyMany(experiment: Experiment, count: number): Promise<void> {
  for (let i = 0; i < count; i += 1)
    expect([201, 202]).toContain((await experiment.buy(await experiment.cart())).status);
}

describe('the shop', () => {
  it('survives 20 s without its database: honest answers meanwhile, no order and no event lost', async () => {
    const experiment = await beginExperiment(50);
    await buyMany(experiment, 3);
    const carts = [await experiment.cart(), await experiment.cart()];
    await command('stop', 'mariadb');
    const endMs = Date.now() + outageMs;
    const during = carts.map(async (cart) => {
      const answer = await place(cart);
      expect([503, 504]).toContain(answer.status);
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
      expect(answer.headers.get('retry-after')).not.toBeNull();
    });
    await Promise.all(during);
    await eventually(async () => Date.now() > endMs, outageMs + 1_000);
    await command('start', 'mariadb');
    await untilShopIsUp();
    // Parts come back one by one: an order may be accepted before the last of them is there.
    for (const cart of carts) expect([201, 202]).toContain((await experiment.buy(cart)).status);
    // A mail that went out while the database left could not be noted: one repeat is what is promised then.
    const facts = await experiment.conclude({ withinMs: 60_000, mayRepeatMail: true });
    expect(facts.orders).toHaveLength(5);
  });

  it('survives a Redis that forgets everything: carts may go, orders and events do not', async () => {
    const experiment = await beginExperiment(50);
    await buyMany(experiment, 5);
    await emptyRedis();
    await buyMany(experiment, 3);
    const facts = await experiment.conclude({ withinMs: 60_000 });
    expect(facts.orders).toHaveLength(8);
    expect(facts.orders.every(({ state }) => state === 'confirmed')).toBe(true);
  });
});

describe('kill -9 of any one process', async () => {
  const { units } = await supervisorStatus().catch(() => ({ units: [] as { name: string }[] }));

  it('finds the processes of the shop', () => {
    expect(units.length).toBeGreaterThanOrEqual(20);
  });

  it.each(units.map(({ name }) => name))('%s: ten seconds later the shop sells', async (name) => {
    // Orders that are answered 202 meanwhile hold their piece: there must be enough for all tries.
    const experiment = await beginExperiment(500);
    const pid = (await supervisorStatus()).units.find((unit) => unit.name === name)!.pid;
    process.kill(pid, 'SIGKILL');
    const startedMs = Date.now();
    await eventually(async () => {
      const cart = await readyCart({ lines: [{ sku: experiment.article.sku, quantity: 1 }] });
      const listed = await send('GET', '/categories');
      return listed.status === 200 && (await place(cart)).status === 201;
    }, 10_000);
    expect(Date.now() - startedMs).toBeLessThan(10_000);
    await eventually(async () => {
      const unit = (await supervisorStatus()).units.find((candidate) => candidate.name === name);
      return unit?.running && unit.pid !== pid;
    });
  });
});
