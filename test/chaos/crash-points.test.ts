/**
 * Every crash point of the sources: in each round one point of every service is armed, the shop sells, the processes
 * kill themselves there and are restarted. At the end the checker finds nothing lost, doubled or left behind.
 */
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { portsOf } from '@souk/contracts/ports';
import { inTransaction } from '@souk/kit/db';
import { newId } from '@souk/kit/identifier';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { changePrice } from '../../apps/pricing/src/change-price.ts';
import { ensureSecrets } from '../../tools/platform/secrets.ts';
import { command, supervisorStatus } from '../../tools/runner/control.ts';
import { closeBackRoom, schema, untilShopIsUp } from '../support/back-room.ts';
import { type Answer, eventually, orderIn, readOrder, sendSafely } from '../support/shop.ts';
import { beginExperiment, type Experiment } from './experiment.ts';

const root = join(import.meta.dirname, '../..');
/** Services whose relay has something to send in these journeys. */
const relaying = ['orders', 'inventory', 'payments', 'pricing'];

/** The points as they stand in the sources: one that is added there is tried here without being listed. */
function pointsInSources(): string[] {
  const files = execFileSync('git', ['ls-files', 'apps', 'packages/kit/src'], {
    cwd: root,
    encoding: 'utf8',
  });
  const texts = files
    .split('\n')
    .filter((path) => path.endsWith('.ts'))
    .map((path) => readFileSync(join(root, path), 'utf8'));
  const literal = texts.flatMap((text) =>
    [...text.matchAll(/crashPoint\(\s*'([^']+)'/g)].map((match) => match[1]!),
  );
  const relays = texts.flatMap((text) =>
    [...text.matchAll(/crashPoint\(`\$\{service\}\.([^`]+)`/g)].flatMap((match) =>
      relaying.map((s) => `${s}.${match[1]}`),
    ),
  );
  return [...new Set([...literal, ...relays])].sort();
}

const points = pointsInSources();
const perService = [...Map.groupBy(points, (point) => point.split('.')[0]!).values()];
const rounds = Array.from({ length: Math.max(...perService.map((own) => own.length)) }, (_, i) =>
  perService.flatMap((own) => own.slice(i, i + 1)),
);

/** Fewer than one may ask for, so that somebody is refused. */
const pieces = 50;
const numbered = rounds.map((armed, i) => [i + 1, armed] as const);
const serviceOf = (point: string) => point.split('.')[0]!;
/** The rounds follow each other at once, so that one's recovery meets the next one's deaths; they are judged at the end. */
const experiments = new Map<number, Experiment>();

beforeAll(() => untilShopIsUp());
afterAll(async () => {
  for (const service of new Set(points.map((point) => point.split('.')[0]!)))
    await command('restart', service);
  await untilShopIsUp();
  await closeBackRoom();
}, 120_000);

const pidOf = async (name: string) =>
  (await supervisorStatus()).units.find((unit) => unit.name === name)?.pid;

async function ownSidecarPost(path: string, body: unknown, method = 'POST'): Promise<void> {
  const token = ensureSecrets().platform['app-api-token'];
  const headers = {
    'content-type': 'application/json',
    'dapr-api-token': token,
    'dapr-caller-app-id': 'orders',
  };
  await eventually(async () => {
    const url = `http://127.0.0.1:${portsOf('payments').app}${path}`;
    const response = await fetch(url, {
      method,
      headers,
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(5_000),
    });
    return response.ok;
  }, 30_000);
}

/** Once it is confirmed, so that there is something to void and to restock. */
async function cancelSafely({ body }: Answer): Promise<void> {
  await orderIn(body, 'confirmed', 30_000);
  const headers = { 'order-token': body.token, 'idempotency-key': randomUUID() };
  const answer = await sendSafely('POST', `/orders/${body.id}/cancellation`, { headers });
  expect([200, 202]).toContain(answer.status);
}

/** Everything that a round sells, so that every point is passed by somebody. */
async function sell(experiment: Experiment): Promise<void> {
  const bought = experiment.buy(await experiment.cart());
  const declined = experiment.buy(await experiment.cart(), 'tok_declined');
  const tooMany = experiment.buy(await experiment.cart(pieces + 1));
  const cancelled = experiment.buy(await experiment.cart(2)).then(cancelSafely);
  const challenged = experiment.buy(await experiment.cart(), 'tok_3ds').then(approve);
  const captured = experiment.buy(await experiment.cart()).then(captureAndRefund);
  const prices = [{ amount: 1_100, currency: 'USD' as const }];
  const repriced = inTransaction(schema('pricing'), (tx) =>
    changePrice(tx, { sku: experiment.article.sku, prices }),
  );
  await Promise.all([bought, declined, tooMany, cancelled, challenged, captured, repriced]);
}

/** The buyer reads their order until it says where to go, as after a 202 `pending`. */
async function approve({ body }: Answer): Promise<void> {
  const url = await eventually(async () => {
    const order = await readOrder(body);
    return order.state === 'requires-action' && order.action.url;
  }, 30_000);
  await fetch(url, { method: 'POST', redirect: 'manual', body: new URLSearchParams({ outcome: 'approve' }) });
}

/** Shipping does not exist yet: its event and orders' call come from here, by the same doors. */
async function captureAndRefund({ body }: Answer): Promise<void> {
  const orderId = body.id;
  const at = new Date().toISOString();
  const data = {
    id: newId(),
    type: 'shipment.dispatched',
    at,
    subject: orderId,
    version: 1,
    payload: { orderId },
  };
  await eventually(async () => {
    const row = await schema('payments')('payments').select('state').where({ order_id: orderId }).first();
    return row?.state === 'authorised';
  }, 30_000);
  await ownSidecarPost('/events/shipment.dispatched', {
    specversion: '1.0',
    id: data.id,
    type: data.type,
    data,
  });
  await eventually(async () => {
    const row = await schema('payments')('payments').select('state').where({ order_id: orderId }).first();
    return row?.state === 'captured';
  }, 30_000);
  const refund = { orderId, amount: 100, currency: 'EUR' };
  await ownSidecarPost(`/internal/refunds/${newId()}`, refund, 'PUT');
}

/** The one who died with it held each mail for seconds: nobody does any more. */
async function sendMailsNow(): Promise<void> {
  const pending = () => schema('notifications')('mails').where({ state: 'pending' });
  await pending().update({ due_at: new Date(0) });
  await eventually(async () => {
    const [row] = await pending().count({ n: '*' });
    return Number(row?.n) === 0;
  }, 40_000);
}

describe('a process that dies', () => {
  it('is tried at every point that the sources name', () => {
    expect(points.length).toBeGreaterThanOrEqual(30);
    expect(rounds.flat().sort()).toEqual(points);
  });

  it.each(numbered)('round %i: %j: each process dies there while the shop sells', async (round, armed) => {
    const experiment = await beginExperiment(pieces);
    experiments.set(round, experiment);
    const before = new Map<string, number | undefined>();
    await Promise.all(
      armed.map(async (point) => {
        const service = serviceOf(point);
        await command('restart', service, { env: { SOUK_CRASH_POINT: point } });
        before.set(point, await pidOf(service));
      }),
    );
    await untilShopIsUp();
    await sell(experiment);
    await eventually(async () => {
      const survivors = [];
      for (const point of armed)
        if ((await pidOf(serviceOf(point))) === before.get(point)) survivors.push(point);
      if (survivors.length > 0) throw new Error(`never passed: ${survivors}`);
      return true;
    }, 20_000);
    // One death may repeat a mail once; the next round's death must not meet the same mail.
    if (armed.some((point) => point.startsWith('notifications.'))) await sendMailsNow();
  });

  it.each(numbered)('round %i: %j: nothing is lost, doubled or left behind', async (round, armed) => {
    const mayRepeatMail = armed.some((point) => point.startsWith('notifications.'));
    const facts = await experiments.get(round)!.conclude({ mayRepeatMail });
    expect(facts.orders).toHaveLength(6);
  });
});
