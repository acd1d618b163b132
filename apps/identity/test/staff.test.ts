/** What staff do: invite and remove colleagues, look customers up and lock them out; every change leaves a row. */
import { firstBrokenRow } from '@souk/back-office/audit';
import { newId } from '@souk/kit/identifier';
import supertest from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureFirstOwner } from '../src/first-owner.ts';
import {
  asOwner,
  type IdentityUnderTest,
  lastLink,
  logInAt,
  newCustomer,
  newEmail,
  openIdentity,
  ownerEmail,
} from './identity-under-test.ts';

let under: IdentityUnderTest;
let owner: { authorization: string };
beforeAll(async () => {
  under = await openIdentity();
  owner = await asOwner(under);
});
afterAll(() => under.close());

const send = async (method: 'get' | 'post' | 'patch', path: string, body?: object, as = owner) =>
  under.check(
    await supertest(under.app)
      [method](path)
      .set({ ...as, 'idempotency-key': newId() })
      .send(body),
  );
const invite = async (roles: string[]) => {
  const email = newEmail();
  const { body } = await send('post', '/admin/staff', { email, name: 'Grace', roles });
  const { token } = await lastLink(under);
  await supertest(under.app).put(`/password-resets/${token}`).send({ password: 'a good long phrase' });
  const session = (await logInAt(under.app, email, 'a good long phrase')).body;
  return { ...body, session, bearer: { authorization: `Bearer ${session.accessToken}` } };
};
const auditOf = (entityId: string) =>
  under
    .db('audit_log')
    .select('action', 'actor', 'change_before', 'change_after')
    .where({ entity_id: entityId });
const myId = async () =>
  (await under.db('accounts').select('id').where({ email: ownerEmail }).first()).id as string;

describe('the first owner', () => {
  it('is made once, also when two processes start at once, and never again', async () => {
    const other = await openIdentity();
    try {
      await other.db('accounts').delete();
      await Promise.all([ensureFirstOwner(other.deps), ensureFirstOwner(other.replica().deps)]);
      expect(await other.db('accounts').select('email', 'roles')).toEqual([
        { email: ownerEmail, roles: 'owner' },
      ]);
      await other.db('accounts').update({ email: 'x@example.test', email_norm: 'x@example.test' });
      await ensureFirstOwner(other.deps);
      expect(await other.db('accounts').select('email')).toHaveLength(1);
    } finally {
      await other.close();
    }
  });
});

describe('colleagues', () => {
  it('are invited by mail and choose their password themselves', async () => {
    const email = newEmail();
    const wish = { email, name: 'Grace', roles: ['support'] };
    const answer = await send('post', '/admin/staff', wish);
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({ email, roles: ['support'], disabled: false, invited: true });
    expect((await logInAt(under.app, email, 'nobody has this password')).status).toBe(401);
    const link = await lastLink(under);
    expect(link).toMatchObject({ email, name: 'Grace', kind: 'staff-invitation' });
    await supertest(under.app)
      .put(`/password-resets/${link.token}`)
      .send({ password: 'a good long phrase' })
      .expect(204);
    expect((await logInAt(under.app, email, 'a good long phrase')).body).toMatchObject({
      kind: 'staff',
      roles: ['support'],
    });
    expect((await send('post', '/admin/staff', wish)).body.code).toBe('already-exists');
    const [row] = await auditOf(answer.body.id);
    expect(row).toMatchObject({ action: 'staff.invited', actor: await myId() });
    expect(JSON.stringify(row)).not.toContain(email);
  });

  it('are invited once for each Idempotency-Key', async () => {
    const wish = { email: newEmail(), name: 'Grace', roles: ['support'] };
    const headers = { ...owner, 'idempotency-key': newId() };
    const post = () => supertest(under.app).post('/admin/staff').set(headers).send(wish);
    const [first, second] = [await post(), await post()];
    expect(second.body).toEqual(first.body);
  });

  it('are listed to those who may see them', async () => {
    const { bearer } = await invite(['support']);
    const page = await send('get', '/admin/staff?limit=1');
    expect(page.body.items).toHaveLength(1);
    const next = await send('get', `/admin/staff?limit=1&cursor=${page.body.nextCursor}`);
    expect(next.body.items[0].id).not.toBe(page.body.items[0].id);
    expect((await send('get', '/admin/staff', undefined, bearer)).status).toBe(403);
    expect((await supertest(under.app).get('/admin/staff')).status).toBe(401);
    const customer = await newCustomer(under);
    expect((await send('get', '/admin/staff', undefined, customer.bearer)).status).toBe(403);
  });

  it('lose their sessions with their roles', async () => {
    const { id, session, bearer } = await invite(['owner']);
    expect((await send('get', '/admin/staff', undefined, bearer)).status).toBe(200);
    const changed = await send('patch', `/admin/staff/${id}`, { roles: ['warehouse'] });
    expect(changed.body.roles).toEqual(['warehouse']);
    expect((await send('get', '/admin/staff', undefined, bearer)).status).toBe(401);
    const { refreshToken } = session;
    expect((await supertest(under.app).post('/sessions/refresh').send({ refreshToken })).status).toBe(401);
    const rows = await auditOf(id);
    expect(rows.at(-1)).toMatchObject({ action: 'staff.changed' });
    expect(JSON.parse(rows.at(-1).change_after)).toEqual({ roles: ['warehouse'], state: 'active' });
    await send('patch', `/admin/staff/${id}`, { roles: ['warehouse'] });
    expect(await auditOf(id)).toHaveLength(rows.length);
  });

  it('who are disabled cannot log in until they are enabled again', async () => {
    const { id, email } = await invite(['support']);
    expect((await send('patch', `/admin/staff/${id}`, { disabled: true })).body.disabled).toBe(true);
    expect((await logInAt(under.app, email, 'a good long phrase')).status).toBe(403);
    expect((await logInAt(under.app, email, 'a wrong password')).status).toBe(401);
    await send('patch', `/admin/staff/${id}`, { disabled: false });
    expect((await logInAt(under.app, email, 'a good long phrase')).status).toBe(201);
  });
});

describe('the last owner', () => {
  it('stays, even if others were invited as owners and have not come yet', async () => {
    const id = await myId();
    await send('post', '/admin/staff', { email: newEmail(), name: 'Late', roles: ['owner'] });
    for (const wish of [{ disabled: true }, { roles: ['support'] }]) {
      const answer = await send('patch', `/admin/staff/${id}`, wish);
      expect([answer.status, answer.body.code]).toEqual([409, 'last-owner']);
    }
  });

  it('stays when two owners remove each other at once', async () => {
    const second = await invite(['owner']);
    const id = await myId();
    const answers = await Promise.all([
      send('patch', `/admin/staff/${second.id}`, { disabled: true }),
      send('patch', `/admin/staff/${id}`, { disabled: true }, second.bearer),
    ]);
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    const active = await under
      .db('accounts')
      .select('id')
      .where({ kind: 'staff', state: 'active', roles: 'owner' })
      .whereNotNull('password_hash');
    expect(active).toHaveLength(1);
    await under.db('accounts').where({ id }).update({ state: 'active' });
    owner = await asOwner(under);
  });
});

describe('customers', () => {
  it('are found by their address, or by how their name begins, and by nothing else', async () => {
    const { email, id } = await newCustomer(under);
    const { bearer, id: namesake } = await newCustomer(under);
    await supertest(under.app).patch('/me').set(bearer).send({ name: '100% Zoë_' });
    const found = async (q: string) =>
      (await send('get', `/admin/customers?q=${encodeURIComponent(q)}&limit=100`)).body.items.map(
        (item: { id: string }) => item.id,
      );
    expect(await found(email.toUpperCase())).toEqual([id]);
    expect(await found('100%')).toEqual([namesake]);
    expect(await found('%')).toEqual([]);
    expect(await found('_')).toEqual([]);
    expect(await found(email.slice(0, -1))).toEqual([]);
    expect(await found('Ada')).toContain(id);
  });

  it('are shown one by one, staff are not among them', async () => {
    const { email, id } = await newCustomer(under);
    expect((await send('get', `/admin/customers/${id}`)).body).toMatchObject({
      ...{ id, email, state: 'active', verified: true },
    });
    expect((await send('get', `/admin/customers/${await myId()}`)).status).toBe(404);
    expect((await send('patch', `/admin/customers/${await myId()}`, { disabled: true })).status).toBe(404);
  });

  it('who are disabled are out at once', async () => {
    const { email, id, bearer, session } = await newCustomer(under);
    const answer = await send('patch', `/admin/customers/${id}`, { disabled: true });
    expect(answer.body.state).toBe('disabled');
    expect((await supertest(under.app).get('/me').set(bearer)).status).toBe(401);
    const { refreshToken } = session;
    expect((await supertest(under.app).post('/sessions/refresh').send({ refreshToken })).status).toBe(401);
    expect((await logInAt(under.app, email)).status).toBe(403);
    expect((await auditOf(id)).map(({ action }) => action)).toEqual(['customer.disabled']);
    await send('patch', `/admin/customers/${id}`, { disabled: false });
    expect((await logInAt(under.app, email)).status).toBe(201);
  });
});

it('the audit log holds after all this, and staff may read it', async () => {
  expect(await firstBrokenRow(under.db)).toBeUndefined();
  expect((await send('get', '/admin/identity/audit?limit=5')).body.items).toHaveLength(5);
  expect((await send('get', '/admin/identity/dead-events')).body.items).toEqual([]);
});
