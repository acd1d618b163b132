/** What an operator turns while the shop is open: checkout, and faults planted to see how the rest bears them. */
import { faultFlags } from '@souk/contracts/flags';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { setFlag } from '../../tools/platform/flag.ts';
import { supervisorStatus } from '../../tools/runner/control.ts';
import { closeBackRoom, newArticle, untilShopIsUp } from '../support/back-room.ts';
import { expectProblem } from '../support/problem-check.ts';
import { type Answer, eventually, place, type ReadyCart, readyCart, send } from '../support/shop.ts';

/** A flag is looked at every two seconds; twice that, and the asking itself. */
const seenWithinMs = 6_000;
const ofCatalog = faultFlags('catalog');
const turned = ['checkout-open', ...Object.values(ofCatalog)];
let cart: ReadyCart;
let pidsBefore: Record<string, number>;

async function pids(): Promise<Record<string, number>> {
  const { units } = await supervisorStatus();
  const own = units.filter(({ name }) => /^(catalog|orders)(-dapr)?$/.test(name));
  return Object.fromEntries(own.map(({ name, pid }) => [name, pid]));
}

async function restore(): Promise<void> {
  for (const name of turned) await setFlag(name, undefined);
}

beforeAll(async () => {
  await untilShopIsUp();
  await restore();
  const { sku } = await newArticle({ stock: 5 });
  cart = await readyCart({ lines: [{ sku, quantity: 1 }] });
  pidsBefore = await pids();
});
afterEach(restore);
afterAll(async () => {
  await restore();
  await closeBackRoom();
});

/** Sends until the answer is as wanted; a flag comes to each service at its own moment. */
const untilAnswer = (ask: () => Promise<Answer>, wanted: (answer: Answer) => boolean): Promise<Answer> =>
  eventually(async () => {
    const answer = await ask();
    return wanted(answer) && answer;
  }, seenWithinMs);

describe('checkout', () => {
  it('is closed by a flag, while carts stay open, and the same cart is ordered once it is open again', async () => {
    await setFlag('checkout-open', 'false');
    // A quote that nobody made: until the flag is seen the answer is price-changed, and nothing is ordered.
    const probe = () => place(cart, { quoteHash: '0'.repeat(64) });
    const refused = await untilAnswer(probe, ({ status }) => status === 503);
    expectProblem(refused, 'shop-closed');
    expectProblem(await place(cart), 'shop-closed');
    const headers = { 'cart-token': cart.token };
    expect((await send('GET', `/carts/${cart.id}/quote`, { headers })).status).toBe(200);
    await setFlag('checkout-open', 'true');
    await untilAnswer(probe, ({ body }) => body.code === 'price-changed');
    expect((await place(cart)).body).toMatchObject({ state: 'confirmed' });
  });
});

describe('a planted fault', () => {
  it('makes the given share of answers fail as a real one would, in that service only, and goes away', async () => {
    const read = () => send('GET', '/categories');
    await setFlag(ofCatalog.failPercent, '100');
    expectProblem(await untilAnswer(read, ({ status }) => status === 503), 'unavailable');
    expectProblem(await read(), 'unavailable');
    expect((await send('GET', '/payment-methods')).status).toBe(200);
    await setFlag(ofCatalog.failPercent, undefined);
    await untilAnswer(read, ({ status }) => status === 200);
    for (let n = 0; n < 20; n += 1) expect((await read()).status).toBe(200);
  });

  it('makes answers late, and past the patience of the ingress they are its own', async () => {
    const timed = async () => {
      const beganMs = performance.now();
      const answer = await send('GET', '/categories');
      return { ...answer, tookMs: performance.now() - beganMs };
    };
    await setFlag(ofCatalog.delayMs, '600');
    await untilAnswer(timed, (answer) => (answer as Awaited<ReturnType<typeof timed>>).tookMs >= 590);
    const late = await timed();
    expect([late.status, late.tookMs >= 590, late.tookMs < 2_000]).toEqual([200, true, true]);
    await setFlag(ofCatalog.delayMs, '4000');
    expectProblem(await untilAnswer(timed, ({ status }) => status === 504), 'timeout');
    await setFlag(ofCatalog.delayMs, '0');
    await untilAnswer(timed, (answer) => (answer as Awaited<ReturnType<typeof timed>>).tookMs < 300);
  });

  it('that is no number, or is out of bounds, is refused by the command', async () => {
    for (const value of ['x', '-1', '1e3', '5001', '0.5'])
      await expect(setFlag(ofCatalog.delayMs, value)).rejects.toThrow(value);
    await expect(setFlag(ofCatalog.failPercent, '101')).rejects.toThrow('101');
    await expect(setFlag('checkout-open', 'yes')).rejects.toThrow('yes');
    await expect(setFlag('checkout-opne', 'true')).rejects.toThrow('no flag');
  });
});

it('no process was restarted for any of it', async () => {
  expect(await pids()).toEqual(pidsBefore);
});
