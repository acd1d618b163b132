/**
 * A shop on three nodes of MariaDB with Galera and on Redis with Sentinel sells ten orders a second while the database that
 * writes is killed, and then the primary of Redis. Nothing acknowledged is lost or doubled, orders flow again within 15 s,
 * and both come back.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { firstPorts, nodes } from '../../tools/ha/addresses.ts';
import { nodeStatus, writerNode } from '../../tools/ha/galera-status.ts';
import { isReplicaInStep, primaryPort } from '../../tools/ha/redis-sentinel.ts';
import { command } from '../../tools/runner/control.ts';
import { beginExperiment, type Experiment } from '../chaos/experiment.ts';
import { closeBackRoom, schema, untilShopIsUp } from '../support/back-room.ts';
import { eventually } from '../support/shop.ts';
import { fillCarts, longestGapMs, type Outcome, startLoad } from './steady-load.ts';

const perSecond = 10;
const pieces = 2_000;
const calmMs = 10_000;
const afterKillMs = 25_000;
const flowsAgainMs = 15_000;
const rejoinMs = 90_000;

let killedNode: number;
let killedRedis: number;

beforeAll(() => untilShopIsUp());
afterAll(() => closeBackRoom());

/** Time passes under load: what is waited for is the load itself. */
const goOn = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function killWriter(): Promise<number> {
  killedNode = await writerNode();
  const atMs = Date.now();
  await command('kill', `mariadb-${killedNode}`);
  return atMs;
}

async function killPrimary(): Promise<number> {
  killedRedis = (await primaryPort()) - firstPorts.redis;
  const atMs = Date.now();
  await command('kill', `redis-${killedRedis}`);
  return atMs;
}

async function confirmationsOf(orderIds: string[]): Promise<number[]> {
  const rows = await schema('orders')('order_history')
    .select('created_at')
    .where({ state: 'confirmed' })
    .whereIn('order_id', orderIds);
  return rows.map(({ created_at }) => new Date(created_at).getTime());
}

function countOf(outcomes: readonly Outcome[]) {
  const count = (wanted: Outcome) => outcomes.filter((outcome) => outcome === wanted).length;
  return { acknowledged: count('acknowledged'), unknown: count('unknown'), failed: count('failed') };
}

async function sellSome(experiment: Experiment, count: number): Promise<string[]> {
  const bought: string[] = [];
  while (bought.length < count) {
    const { status, body } = await experiment.buy(await experiment.cart());
    expect([201, 202]).toContain(status);
    bought.push(body.id);
  }
  return bought;
}

describe('the shop on replicated stores', () => {
  it('loses and doubles nothing when the writer is killed, then the Redis primary, and flows again', async () => {
    const experiment = await beginExperiment(pieces);
    const carts = await fillCarts(experiment, (perSecond * (calmMs + 2 * afterKillMs)) / 1_000);
    const load = startLoad(experiment, carts, perSecond);
    const startMs = Date.now();
    await goOn(calmMs);
    const writerKilledMs = await killWriter();
    await goOn(afterKillMs);
    const primaryKilledMs = await killPrimary();
    await goOn(afterKillMs);
    const endMs = Date.now();
    const outcomes = countOf(await load.stop());
    const facts = await experiment.conclude({ mayRepeatMail: true, withinMs: 90_000 });

    const confirmed = await confirmationsOf(facts.orders.map(({ id }) => id));
    const calmRate =
      confirmed.filter((ms) => ms < writerKilledMs).length / ((writerKilledMs - startMs) / 1_000);
    const afterWriterMs = longestGapMs(confirmed, writerKilledMs, primaryKilledMs);
    const afterPrimaryMs = longestGapMs(confirmed, primaryKilledMs, endMs);
    console.log(`
orders: ${outcomes.acknowledged} acknowledged, ${outcomes.unknown} unknown, ${outcomes.failed} failed, of ${perSecond} a second
before the first kill: ${calmRate.toFixed(1)} orders confirmed a second
longest time without a confirmed order after mariadb-${killedNode} (the writer) was killed: ${afterWriterMs / 1_000} s
longest time without a confirmed order after redis-${killedRedis} (the primary) was killed: ${afterPrimaryMs / 1_000} s
checker: ${facts.orders.length} orders in the tables, none lost, none doubled, stock and money conserved`);
    expect(calmRate, 'this machine is too busy to tell').toBeGreaterThan(perSecond / 4);
    expect(afterWriterMs).toBeLessThan(flowsAgainMs);
    expect(afterPrimaryMs).toBeLessThan(flowsAgainMs);
    expect(outcomes.acknowledged).toBeGreaterThan(carts.length / 2);
  });

  it('goes on with two nodes of the database and a new primary of Redis', async () => {
    expect(await writerNode()).not.toBe(killedNode);
    expect(await primaryPort()).not.toBe(firstPorts.redis + killedRedis);
    const left = nodes.filter((node) => node !== killedNode);
    for (const node of left) expect(await nodeStatus(node)).toMatchObject({ state: 'Synced', size: 2 });
  });

  it('takes the killed node of the database back: in step, with what was sold meanwhile', async () => {
    const experiment = await beginExperiment(100);
    const [missed] = await sellSome(experiment, 3);
    await command('start', `mariadb-${killedNode}`);
    await eventually(async () => {
      for (const node of nodes) expect(await nodeStatus(node)).toMatchObject({ state: 'Synced', size: 3 });
      return true;
    }, rejoinMs);
    // The first node that is well writes again.
    await eventually(async () => (await writerNode()) === killedNode, rejoinMs);
    const row = await schema('orders')('orders').select('id').where({ id: missed }).first();
    expect(row?.id).toBe(missed);
    await sellSome(experiment, 3);
    const facts = await experiment.conclude({ mayRepeatMail: true, withinMs: 60_000 });
    expect(facts.orders).toHaveLength(6);
  });

  it('takes the killed Redis back as a replica of the new primary', async () => {
    await command('start', `redis-${killedRedis}`);
    await eventually(() => isReplicaInStep(killedRedis), rejoinMs);
    expect(await primaryPort()).not.toBe(firstPorts.redis + killedRedis);
  });
});
