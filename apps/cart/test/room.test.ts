/** A process that is behind takes in nobody new, and serves whoever is there already. */
import { afterEach, expect, it, vi } from 'vitest';
import { type Guest, openCarts } from './cart-under-test.ts';

const add = { body: { sku: 'CUP-1', quantity: 1 } };

/** A shop in which `adds` of as many guests hang at pricing; the last guest of all has `more` adds beside. */
async function busyShop(adds: number, more = 0) {
  const shop = await openCarts();
  const guests: Guest[] = [];
  for (let count = 0; count < adds; count += 1) guests.push(await shop.guest());
  const held = Promise.withResolvers<void>();
  const allThere = Promise.withResolvers<void>();
  let there = 0;
  shop.neighbours.beforePricing = () => {
    there += 1;
    if (there === adds) allThere.resolve();
    return held.promise;
  };
  const adding = guests.map(({ send }) => send('post', '/items', add));
  for (let count = 0; count < more; count += 1) adding.push(guests.at(-1)!.send('post', '/items', add));
  await allThere.promise;
  const begin = () => shop.send('post', '/carts', { body: { currency: 'EUR' } });
  return { shop, guests, adding, begin, finish: () => held.resolve() };
}

afterEach(() => void vi.restoreAllMocks());

it('new carts wait while too much is in hand, and changes of others go on; the first that may not wait is refused', async () => {
  const { adding, begin, finish } = await busyShop(10);
  // However slow the machine, nobody waits for too long here.
  const { setTimeout: later } = globalThis;
  vi.spyOn(globalThis, 'setTimeout').mockImplementation(((work: () => void, ms: number) =>
    later(work, ms < 2_000 ? ms : 60_000)) as typeof setTimeout);
  const beginning = Array.from({ length: 33 }, begin);
  const { status, body, headers } = await Promise.race(beginning);
  expect([status, body.code, headers['retry-after']]).toEqual([429, 'too-many-requests', '1']);
  finish();
  expect((await Promise.all(adding)).map((answer) => answer.status)).toEqual(Array(10).fill(200));
  const statuses = (await Promise.all(beginning)).map((answer) => answer.status);
  expect(statuses.toSorted()).toEqual([...Array(32).fill(201), 429]);
});

it('a new cart that has waited for two seconds is refused, and takes no place any more', async () => {
  const { adding, begin, finish } = await busyShop(10);
  const waiting = Array.from({ length: 32 }, begin);
  expect((await Promise.all(waiting)).map((answer) => answer.status)).toEqual(Array(32).fill(429));
  const next = begin();
  finish();
  expect((await next).status).toBe(201);
  await Promise.all(adding);
});

it('one below that, carts begin, also when one client sends many changes of one cart', async () => {
  const { adding, begin, finish } = await busyShop(9, 30);
  expect((await begin()).status).toBe(201);
  finish();
  await Promise.all(adding);
});

it('a customer who has a cart already goes on', async () => {
  const { shop, adding, finish } = await busyShop(10);
  const customer = await shop.customer();
  const began = customer.send('post', '/carts', { body: { currency: 'EUR' } });
  finish();
  expect((await began).status).toBe(201);
  await Promise.all(adding);
});
