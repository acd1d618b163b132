/** Secrets are exchanged while the shop sells: nobody loses an order, old proofs hold for one more round and no longer. */
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { ports, portsOf } from '@souk/contracts/ports';
import { signToken } from '@souk/kit/token';
import { decodeProtectedHeader } from 'jose';
import { createConnection } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rotateSecrets } from '../../tools/platform/rotate.ts';
import { ensureSecrets, valuesOf } from '../../tools/platform/secrets.ts';
import { signature } from '../../tools/psp-simulator/webhook-sender.ts';
import { supervisorStatus } from '../../tools/runner/control.ts';
import { newArticle, schema, untilShopIsUp } from '../support/back-room.ts';
import { newCustomer, newStaff, type Person } from '../support/live-tokens.ts';
import { closeBelongings, livingKey } from '../support/sample-requests.ts';
import {
  eventually,
  type Json,
  orderIn,
  type PlacedOrder,
  placing,
  type ReadyCart,
  readyCart,
  send,
  sendSafely,
} from '../support/shop.ts';

const rotationLimitMs = 240_000;
/** All that services compare with or send, and one password. */
const rotated = [
  'cart-token-key',
  'order-token-key',
  'psp-webhook-secret',
  'psp-api-key',
  'identity-key',
  'database-inventory',
];

let sku: string;
let cart: ReadyCart;
let order: PlacedOrder;
let before: Record<string, string>;
let accounts: { customer: Person & { email: string }; password: string; device: string };

beforeAll(async () => {
  await untilShopIsUp();
  sku = (await newArticle({ stock: 1_000 })).sku;
  cart = await readyCart({ lines: [{ sku, quantity: 1 }] });
  order = await buyOne();
  before = Object.fromEntries(rotated.map((name) => [name, valuesOf(name)[0]!]));
  accounts = await customerWithPassword();
});
afterAll(() => closeBelongings());

/** One order by a careful client; whatever the shop is doing, it ends with a definite answer. */
async function buyOne(): Promise<PlacedOrder> {
  const wanted = await readyCart({ lines: [{ sku, quantity: 1 }] });
  const placed = await sendSafely('POST', '/orders', placing(wanted), 60_000);
  expect([201, 202]).toContain(placed.status);
  return { id: placed.body.id, token: placed.body.token };
}

async function customerWithPassword(): Promise<typeof accounts> {
  const { hash } = await import('@node-rs/argon2');
  const customer = await newCustomer(await livingKey());
  const password = `correct horse ${randomUUID()}`;
  const change = { password_hash: await hash(password) };
  await schema('identity')('accounts').where({ id: customer.id }).update(change);
  const session = await sendSafely('POST', '/sessions', { body: { email: customer.email, password } });
  expect(session.status).toBe(201);
  return { customer, password, device: session.body.deviceToken };
}

/** Rotates while two guests buy; answers their orders. */
async function rotateWhileSelling(): Promise<PlacedOrder[]> {
  const placed: PlacedOrder[] = [];
  let rotating = true;
  const buyer = async () => {
    while (rotating) {
      placed.push(await buyOne());
      await pause(500);
    }
  };
  const buyers = Promise.all([buyer(), buyer()]);
  await rotateSecrets(rotated).finally(() => {
    rotating = false;
  });
  await buyers;
  return placed;
}

const readsCart = async ({ id, token }: { id: string; token: string }) =>
  (await sendSafely('GET', `/carts/${id}`, { headers: { 'cart-token': token } })).status;
const readsOrder = async ({ id, token }: PlacedOrder) =>
  (await sendSafely('GET', `/orders/${id}`, { headers: { 'order-token': token } })).status;

/** A webhook of nothing that we know: 401 unless the key is one that payments accepts. */
async function webhookBy(secret: string): Promise<number> {
  const body = '{}';
  const headers = {
    'content-type': 'application/json',
    'psp-signature': signature(secret, body, Date.now()),
  };
  return (await sendSafely('POST', '/payments/webhooks/simulator', { body, headers })).status;
}

async function providerBy(key: string): Promise<number> {
  const url = `http://127.0.0.1:${ports.pspSimulator}/v1/ledger?after=0&limit=1`;
  return (await fetch(url, { headers: { authorization: `Bearer ${key}` } })).status;
}

/** Whether inventory's account is opened by this password. */
async function opensInventory(password: string): Promise<boolean> {
  const settings = { host: '127.0.0.1', port: ports.mariadb, user: 'inventory', password };
  const connection = await createConnection(settings).catch(() => undefined);
  await connection?.end();
  return connection !== undefined;
}

describe('the first exchange', () => {
  let sold: PlacedOrder[];

  it(
    'loses no order: each that was placed meanwhile is confirmed',
    async () => {
      sold = await rotateWhileSelling();
      expect(sold.length).toBeGreaterThanOrEqual(2);
      for (const one of sold) await orderIn(one, 'confirmed', 60_000);
      for (const name of rotated) expect(valuesOf(name)[0]).not.toBe(before[name]);
    },
    rotationLimitMs,
  );

  it('leaves proofs of before in force, and signs with the new keys', async () => {
    expect([await readsCart(cart), await readsOrder(order)]).toEqual([200, 200]);
    const items = [{ sku, quantity: 1 }];
    const { id, token } = (await sendSafely('POST', '/carts', { body: { currency: 'EUR', items } })).body;
    expect(token).toBe(signToken(valuesOf('cart-token-key')[0]!, 'cart', id));
    expect(token).not.toBe(signToken(before['cart-token-key']!, 'cart', id));
    const latest = await buyOne();
    expect(latest.token).toBe(signToken(valuesOf('order-token-key')[0]!, 'order', latest.id));
  });

  it('lets the provider sign with either key, and asks it with the new one', async () => {
    const fresh = valuesOf('psp-webhook-secret')[0]!;
    expect(await webhookBy(fresh)).not.toBe(401);
    expect(await webhookBy(before['psp-webhook-secret']!)).not.toBe(401);
    expect(await webhookBy('a key that nobody has')).toBe(401);
    expect(await providerBy(valuesOf('psp-api-key')[0]!)).toBe(200);
    expect(await providerBy(before['psp-api-key']!)).toBe(200);
    // A success that only a webhook brings, signed with the new key.
    const late = placing(await readyCart({ lines: [{ sku, quantity: 1 }] }), { card: 'tok_late' });
    const placed = await sendSafely('POST', '/orders', late);
    await orderIn(placed.body, 'confirmed', 30_000);
  });

  it('keeps customers logged in, and devices known', async () => {
    const { customer, password, device } = accounts;
    expect((await sendSafely('GET', '/me', { headers: customer.headers })).status).toBe(200);
    const body = { email: customer.email, password };
    const again = await sendSafely('POST', '/sessions', { body, headers: { 'device-token': device } });
    expect(again.status).toBe(201);
  });

  it('closes the account of the database to the old password', async () => {
    expect(await opensInventory(before['database-inventory']!)).toBe(false);
    expect(await opensInventory(valuesOf('database-inventory')[0]!)).toBe(true);
  });
});

describe('the next exchange', () => {
  it(
    'ends the oldest proofs, and leaves those of the last round in force',
    async () => {
      const middle = { cart: await readyCart({ lines: [{ sku, quantity: 1 }] }), order: await buyOne() };
      const sold = await rotateWhileSelling();
      for (const one of sold) await orderIn(one, 'confirmed', 60_000);
      expect([await readsCart(middle.cart), await readsOrder(middle.order)]).toEqual([200, 200]);
      expect([await readsCart(cart), await readsOrder(order)]).toEqual([404, 404]);
      expect(await webhookBy(before['psp-webhook-secret']!)).toBe(401);
      expect(await providerBy(before['psp-api-key']!)).toBe(401);
      expect(ensureSecrets().served['cart-token-key']!.split(',')).toHaveLength(2);
    },
    rotationLimitMs,
  );
});

describe('signing keys', () => {
  const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });

  async function logIn(): Promise<Json> {
    const { customer, password } = accounts;
    const body = { email: customer.email, password };
    return (await sendSafely('POST', '/sessions', { body }, 90_000)).body;
  }
  const pidsOf = async () => {
    const { units } = await supervisorStatus();
    return units.filter(({ name }) => /^(identity|cart|orders)$/.test(name)).map(({ pid }) => pid);
  };
  async function published(): Promise<string[]> {
    const url = `http://127.0.0.1:${portsOf('catalog').daprHttp}/v1.0/invoke/identity/method/internal/jwks`;
    const headers = { 'dapr-api-token': ensureSecrets().platform['dapr-api-token'] };
    const { keys } = (await (await fetch(url, { headers })).json()) as { keys: { kid: string }[] };
    return keys.map(({ kid }) => kid);
  }

  it('a new signing key takes over without a restart, and tokens of the old one stay good', async () => {
    const pids = await pidsOf();
    const old = await logIn();
    const oldKid = decodeProtectedHeader(old.accessToken).kid;
    const owner = await newStaff(await livingKey(), ['owner']);
    const headers = { ...owner.headers, 'idempotency-key': randomUUID() };
    const made = await send('POST', '/admin/signing-keys/rotation', { headers });
    expect(made.status).toBe(201);
    const { kid } = made.body;
    await eventually(async () => (await published()).includes(kid));
    // It is published well before it signs, so that everybody knows it; the test moves its hour.
    expect(Date.parse(made.body.signsFrom)).toBeGreaterThan(Date.now() + 30_000);
    expect(decodeProtectedHeader((await logIn()).accessToken).kid).toBe(oldKid);
    await schema('identity')('signing_keys').where({ kid }).update({ signs_from: new Date() });
    let { refreshToken } = old;
    const fresh = await eventually(async () => {
      const { body } = await send('POST', '/sessions/refresh', { body: { refreshToken } });
      refreshToken = body.refreshToken;
      return decodeProtectedHeader(body.accessToken).kid === kid && body;
    }, 15_000);
    expect(await published()).toEqual(expect.arrayContaining([oldKid, kid]));
    for (const { accessToken } of [old, fresh])
      for (const path of ['/me', '/orders'])
        expect([path, (await sendSafely('GET', path, bearer(accessToken))).status]).toEqual([path, 200]);
    expect(await pidsOf()).toEqual(pids);
  });
});
