/** What customers have: themselves, an address book, an export, and the right to be forgotten. */
import { events } from '@souk/contracts/events';
import type { ReceivedEvent } from '@souk/kit/dapr-subscribe';
import { newId } from '@souk/kit/identifier';
import supertest from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { beginErasure, beginRound, readErasure } from '../src/erasure.ts';
import {
  asOwner,
  eventsOf,
  type IdentityUnderTest,
  logInAt,
  newCustomer,
  openIdentity,
} from './identity-under-test.ts';

let under: IdentityUnderTest;
beforeAll(async () => {
  under = await openIdentity();
});
afterAll(() => under.close());

const home = { name: 'Ada Byron', line1: 'Lane 1', city: 'Hill', postalCode: '12345', country: 'DE' };
type Bearer = { authorization: string };
const get = async (path: string, bearer: Bearer) =>
  under.check(await supertest(under.app).get(path).set(bearer));
const keepers = events['erasure.completed'].publishers;

const eventOf = (type: ReceivedEvent['type'], payload: object): ReceivedEvent => ({
  ...{ id: newId(), type, at: new Date().toISOString(), subject: 'x', version: 1, payload },
  traceparent: undefined,
});
const hear = (event: ReceivedEvent) => under.built.events![event.type]!(event);
const answer = (customerId: string, service: string, openCount = 0, round = 1) =>
  hear(eventOf('erasure.completed', { customerId, round, service, openCount }));

describe('me', () => {
  it('is shown to me, and my name is mine to change', async () => {
    const { email, id, bearer } = await newCustomer(under);
    expect((await get('/me', bearer)).body).toMatchObject({ id, email, name: 'Ada' });
    const changed = under.check(await supertest(under.app).patch('/me').set(bearer).send({ name: 'Ada B.' }));
    expect(changed.body.name).toBe('Ada B.');
  });

  it('is for customers only', async () => {
    expect((await supertest(under.app).get('/me')).status).toBe(401);
    expect(
      (
        await supertest(under.app)
          .get('/me')
          .set(await asOwner(under))
      ).status,
    ).toBe(403);
  });
});

describe('the address book', () => {
  it('keeps, replaces and drops addresses', async () => {
    const { bearer } = await newCustomer(under);
    const { app, check } = under;
    const added = check(await supertest(app).post('/me/addresses').set(bearer).send(home));
    expect(added.status).toBe(201);
    expect(added.get('location')).toBe(`/api/v1/me/addresses/${added.body.id}`);
    const path = `/me/addresses/${added.body.id}`;
    const moved = { ...home, city: 'Dale' };
    expect(check(await supertest(app).put(path).set(bearer).send(moved)).status).toBe(200);
    expect((await get('/me/addresses', bearer)).body.items).toEqual([{ id: added.body.id, address: moved }]);
    expect(check(await supertest(app).delete(path).set(bearer)).status).toBe(204);
    expect(check(await supertest(app).delete(path).set(bearer)).status).toBe(404);
  });

  it('takes the same address again without a complaint', async () => {
    const { bearer } = await newCustomer(under);
    const { body } = await supertest(under.app).post('/me/addresses').set(bearer).send(home);
    const again = await supertest(under.app).put(`/me/addresses/${body.id}`).set(bearer).send(home);
    expect(again.status).toBe(200);
  });

  it("is nobody else's", async () => {
    const [ada, eve] = [await newCustomer(under), await newCustomer(under)];
    const { body } = await supertest(under.app).post('/me/addresses').set(ada.bearer).send(home);
    const path = `/me/addresses/${body.id}`;
    expect((await supertest(under.app).put(path).set(eve.bearer).send(home)).status).toBe(404);
    expect((await supertest(under.app).delete(path).set(eve.bearer)).status).toBe(404);
    expect((await get('/me/addresses', ada.bearer)).body.items).toHaveLength(1);
  });

  it('holds 20, however many come at once', async () => {
    const { bearer } = await newCustomer(under);
    const answers = await Promise.all(
      Array.from({ length: 24 }, () => supertest(under.app).post('/me/addresses').set(bearer).send(home)),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(20);
    const refused = answers.filter(({ status }) => status === 409);
    expect(refused.map(({ body }) => body.code)).toEqual(Array(4).fill('address-book-full'));
  });
});

describe('an erasure', () => {
  it('closes the account and ends its sessions at once, and asks the others', async () => {
    const { email, id, bearer, session } = await newCustomer(under);
    const gone = under.check(await supertest(under.app).delete('/me').set(bearer));
    expect(gone.status).toBe(202);
    expect((await supertest(under.app).get('/me').set(bearer)).status).toBe(401);
    expect((await logInAt(under.app, email)).status).toBe(401);
    const { refreshToken } = session;
    expect((await supertest(under.app).post('/sessions/refresh').send({ refreshToken })).status).toBe(401);
    const asked = (await eventsOf(under, 'customer.erased')).filter(({ subject }) => subject === id);
    expect(asked.map(({ payload }) => payload)).toEqual([{ customerId: id, round: 1 }]);
    await beginErasure(under.deps, id);
    expect((await eventsOf(under, 'customer.erased')).filter(({ subject }) => subject === id)).toHaveLength(
      1,
    );
  });

  it('lets the address be used again at once', async () => {
    const { email, bearer } = await newCustomer(under);
    await supertest(under.app).delete('/me').set(bearer);
    expect((await newCustomer(under, email)).session.accessToken).toBeDefined();
  });

  it('forgets the account when every keeper keeps nothing, however often and in whatever order they answer', async () => {
    const { email, id, bearer } = await newCustomer(under);
    await supertest(under.app).post('/me/addresses').set(bearer).send(home);
    await supertest(under.app)
      .post('/me/exports')
      .set({ ...bearer, 'idempotency-key': 'my-export-key' });
    await supertest(under.app).delete('/me').set(bearer);
    const [late, ...others] = keepers;
    for (const keeper of others) await answer(id, keeper);
    for (const keeper of others) await answer(id, keeper);
    await answer(id, late!, 2);
    expect(await readErasure(under.deps, id)).toEqual({
      ...{ round: 1, completed: false, missing: [], openCount: 2 },
    });
    await beginRound(under.deps, id, 2);
    await beginRound(under.deps, id, 2);
    expect((await readErasure(under.deps, id))?.missing).toEqual(keepers);
    const asked = (await eventsOf(under, 'customer.erased')).filter(({ subject }) => subject === id);
    expect(asked.map(({ payload }) => payload.round)).toEqual([1, 2]);
    const row = () => under.db('accounts').select('*').where({ id }).first();
    expect((await row()).email).toBe(email);
    await answer(id, late!, 0, 2);
    await answer(id, late!, 3, 1);
    expect(await row()).toMatchObject({ state: 'erased', email: null, email_norm: null, name: null });
    expect((await row()).erased_at).toBeInstanceOf(Date);
    for (const table of ['addresses', 'sessions', 'account_links']) {
      expect(await under.db(table).select('id').where({ account_id: id })).toEqual([]);
    }
    expect(await under.db('exports').select('id').where({ customer_id: id })).toEqual([]);
    expect(await under.db('idempotency_keys').where({ scope: `customer:${id}` })).toEqual([]);
    expect((await readErasure(under.deps, id))?.completed).toBe(false);
    await beginRound(under.deps, id, 3);
    // An order that was being placed meanwhile.
    await answer(id, late!, 1, 3);
    for (const keeper of others) await answer(id, keeper, 0, 3);
    expect((await readErasure(under.deps, id))?.completed).toBe(false);
    await beginRound(under.deps, id, 4);
    for (const keeper of keepers) await answer(id, keeper, 0, 4);
    expect((await readErasure(under.deps, id))?.completed).toBe(true);
    await beginRound(under.deps, id, 5);
    expect((await readErasure(under.deps, id))?.round).toBe(4);
  });

  it('is complete when the last answers come all at once', async () => {
    const { id, bearer } = await newCustomer(under);
    await supertest(under.app).delete('/me').set(bearer);
    await Promise.all(keepers.map((keeper) => answer(id, keeper)));
    expect((await under.db('accounts').select('state').where({ id }).first()).state).toBe('erased');
    await beginRound(under.deps, id, 2);
    await Promise.all(keepers.map((keeper) => answer(id, keeper, 0, 2)));
    expect((await readErasure(under.deps, id))?.completed).toBe(true);
  });

  it('lets nothing in that was on its way when it began', async () => {
    const { id, bearer } = await newCustomer(under);
    const { app, db } = under;
    const waiting = async () => {
      const [rows] = await db.raw('SHOW FULL PROCESSLIST');
      return rows.filter(({ Info }: { Info: string | null }) => /accounts.*for update/is.test(Info ?? ''))
        .length;
    };
    const late: Promise<number>[] = [];
    await db.transaction(async (tx) => {
      await tx('accounts').where({ id }).update({ state: 'closed' });
      const key = { ...bearer, 'idempotency-key': 'late-export-key' };
      // Their sessions live until this transaction ends.
      late.push(
        supertest(app)
          .post('/me/addresses')
          .set(bearer)
          .send(home)
          .then(({ status }) => status),
      );
      late.push(
        supertest(app)
          .post('/me/exports')
          .set(key)
          .then(({ status }) => status),
      );
      await expect.poll(waiting, { timeout: 2_500, interval: 20 }).toBeGreaterThanOrEqual(2);
    });
    expect(await Promise.all(late)).toEqual([401, 401]);
    expect(await db('addresses').where({ account_id: id })).toEqual([]);
    expect(await db('exports').where({ customer_id: id })).toEqual([]);
  });

  it('counts no service that is not asked, and no customer who did not ask', async () => {
    const [gone, stays] = [await newCustomer(under), await newCustomer(under)];
    await supertest(under.app).delete('/me').set(gone.bearer);
    for (const service of ['catalog', 'pricing', 'inventory', 'x', 'y']) await answer(gone.id, service);
    for (const keeper of keepers) await answer(stays.id, keeper);
    expect((await readErasure(under.deps, gone.id))?.completed).toBe(false);
    expect((await get('/me', stays.bearer)).body.name).toBe('Ada');
  });
});

describe('an export', () => {
  const request = (bearer: Bearer, key: string) =>
    supertest(under.app)
      .post('/me/exports')
      .set({ ...bearer, 'idempotency-key': key });
  const part = (
    customerId: string,
    exportId: string,
    own: { service: string; part?: number; parts?: number },
  ) =>
    hear(
      eventOf('export.completed', {
        ...{ customerId, exportId, part: 1, parts: 1, data: { from: own.service } },
        ...own,
      }),
    );

  it('is complete when every keeper has handed out all parts', async () => {
    const { id: customerId, email, bearer } = await newCustomer(under);
    const { body } = under.check(await request(bearer, 'export-key-1'));
    expect(body).toEqual({ id: body.id, state: 'pending' });
    expect((await request(bearer, 'export-key-1')).body).toEqual(body);
    const [asked] = (await eventsOf(under, 'export.requested')).slice(-1);
    expect(asked.payload).toEqual({ customerId, exportId: body.id });
    const [first, ...others] = keepers;
    for (const service of others) await part(customerId, body.id, { service });
    await part(customerId, body.id, { service: first!, part: 2, parts: 2 });
    const path = `/me/exports/${body.id}`;
    expect((await get(path, bearer)).body.state).toBe('pending');
    await part(customerId, body.id, { service: first!, part: 1, parts: 2 });
    await part(customerId, body.id, { service: first!, part: 1, parts: 2 });
    const complete = (await get(path, bearer)).body;
    expect(complete.state).toBe('complete');
    expect(complete.parts).toHaveLength(keepers.length + 2);
    const own = complete.parts.find(({ service }: { service: string }) => service === 'identity');
    expect(own.data.account.email).toBe(email);
  });

  it("is nobody else's, and takes nobody else's parts", async () => {
    const [ada, eve] = [await newCustomer(under), await newCustomer(under)];
    const { body } = await request(ada.bearer, 'export-key-2');
    await part(eve.id, body.id, { service: keepers[0]! });
    expect((await get(`/me/exports/${body.id}`, eve.bearer)).status).toBe(404);
    expect((await get(`/me/exports/${body.id}`, ada.bearer)).body.parts).toHaveLength(1);
    expect((await request(eve.bearer, 'export-key-2')).body.id).not.toBe(body.id);
  });

  it('needs a key', async () => {
    const { bearer } = await newCustomer(under);
    const refused = under.check(await supertest(under.app).post('/me/exports').set(bearer));
    expect(refused.body.code).toBe('idempotency-key-required');
  });
});
