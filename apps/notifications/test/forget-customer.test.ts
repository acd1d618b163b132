/** A customer who is erased leaves nothing here; one who asks gets a list of their mails. */
import { newId } from '@souk/kit/identifier';
import supertest from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openApiChecker } from '../../../test/support/openapi-check.ts';
import { sidecarHeaders } from '../../../test/support/service-under-test.ts';
import { asStaff } from '../../../test/support/tokens.ts';
import { sendDueMails } from '../src/send-due-mails.ts';
import { type MailUnderTest, openMail, orderFacts } from './mail-under-test.ts';

let mail: MailUnderTest;
beforeAll(async () => {
  mail = await openMail();
});
afterAll(() => mail.close());
beforeEach(async () => {
  mail.server.away = false;
  mail.sent.length = 0;
  for (const table of ['mails', 'outbox', 'dead_events', 'inbox']) await mail.db(table).delete();
});

const tables = ['mails', 'outbox', 'inbox', 'dead_events', 'idempotency_keys', 'audit_log'];
const everything = async () =>
  JSON.stringify(await Promise.all(tables.map((table) => mail.db(table).select('*'))));
const published = async () =>
  (await mail.db('outbox').select('data').orderBy('id')).map(({ data }) => JSON.parse(data));

/** What the sidecar brings after the retries. */
function bury(payload: object) {
  const data = { id: newId(), type: 'order.confirmed', at: '', subject: 'O1', version: 1, payload };
  return supertest(mail.app)
    .post('/events/dead-letters')
    .set(sidecarHeaders())
    .send({ id: data.id, data })
    .expect(200);
}

describe('customer.erased', () => {
  it('leaves nothing personal in any table, sends nothing any more, and says so', async () => {
    const customerId = newId();
    const eventId = newId();
    const facts = orderFacts({ customerId });
    await mail.deliver('order.confirmed', facts, newId()).expect(200);
    mail.server.away = true;
    await mail.deliver('order.cancelled', facts, eventId).expect(200);
    await mail.deliver('export.requested', { customerId, exportId: newId() }).expect(200);
    await bury(facts);
    await mail.deliver('customer.erased', { customerId, round: 3 }).expect(200);
    const [answer, ...more] = await published();
    expect(answer).toMatchObject({
      ...{ type: 'erasure.completed', version: 3 },
      payload: { customerId, round: 3, service: 'notifications', openCount: 0 },
    });
    expect(more).toEqual([]);
    await mail.db('outbox').delete();
    expect(await everything()).not.toMatch(new RegExp(`${customerId}|Ada|example.org|Hauptstr`, 'i'));
    mail.server.away = false;
    await mail.later();
    await sendDueMails(mail.deps);
    await mail.deliver('order.cancelled', facts, eventId).expect(200);
    expect(mail.sent.map(({ subject }) => subject)).toEqual(['Your order S-1001']);
    expect(await mail.mailOf(eventId)).toMatchObject({ state: 'ended' });
  });

  it('touches nobody else, and answers an event once and every round', async () => {
    const [customerId, otherId] = [newId(), newId()];
    await bury(orderFacts({ customerId: otherId }));
    await mail.deliver('order.confirmed', orderFacts({ customerId: otherId })).expect(200);
    const eventId = newId();
    for (let times = 0; times < 2; times += 1)
      await mail.deliver('customer.erased', { customerId, round: 1 }, eventId).expect(200);
    await mail.deliver('customer.erased', { customerId, round: 2 }).expect(200);
    expect((await published()).map(({ payload }) => payload.round)).toEqual([1, 2]);
    const counts = await Promise.all(
      ['mails', 'dead_events'].map((table) => mail.db(table).count({ count: '*' }).first()),
    );
    expect(counts).toMatchObject([{ count: 1 }, { count: 1 }]);
    expect(await mail.db('mails').select('customer_id')).toEqual([{ customer_id: otherId }]);
  });
});

describe('export.requested', () => {
  it('lists which mails were sent when, a hundred a part', async () => {
    const [customerId, exportId] = [newId(), newId()];
    for (let count = 0; count < 101; count += 1)
      await mail.deliver('order.confirmed', orderFacts({ customerId }));
    await mail.deliver('export.requested', { customerId, exportId }).expect(200);
    const parts = (await published()).map(({ payload }) => payload);
    expect(parts.map(({ part, parts: of, data }) => [part, of, data.mails.length])).toEqual([
      [1, 2, 100],
      [2, 2, 1],
    ]);
    expect(parts[0]).toMatchObject({ customerId, exportId, service: 'notifications' });
    expect(parts[1].data.mails[0]).toMatchObject({ kind: 'confirmation', state: 'sent' });
    expect(parts[1].data.mails[0].sentAt).toMatch(/Z$/);
  });

  it('is answered with an empty part for somebody without mails', async () => {
    await mail.deliver('export.requested', { customerId: newId(), exportId: newId() }).expect(200);
    expect((await published())[0].payload).toMatchObject({ part: 1, parts: 1, data: { mails: [] } });
  });
});

describe('staff', () => {
  it('sees a dead event with its reason, sends it again, and finds that in the audit log', async () => {
    const documented = await openApiChecker(mail.app);
    const owner = await asStaff(['owner']);
    const eventId = newId();
    const facts = orderFacts({ email: 'not one@address' });
    await mail.deliver('order.confirmed', facts, eventId).expect(500);
    const data = { id: eventId, type: 'order.confirmed', at: '', subject: 'O1', version: 1 };
    await supertest(mail.app)
      .post('/events/dead-letters')
      .set(sidecarHeaders())
      .send({ id: eventId, data: { ...data, payload: facts } })
      .expect(200);
    const path = '/admin/notifications/dead-events';
    const listed = documented(await supertest(mail.app).get(path).set(owner)).body;
    expect(listed.items[0]).toMatchObject({ id: eventId, reason: 'not an address that one mail can go to' });
    const redrive = () =>
      supertest(mail.app)
        .post(`${path}/${eventId}/redrive`)
        .set({ ...owner, 'idempotency-key': eventId });
    expect(documented(await redrive()).body.code).toBe('still-failing');
    const mended = JSON.stringify({ ...data, payload: { ...facts, email: 'ada@example.org' } });
    await mail.db('dead_events').update({ event: mended });
    expect(documented(await redrive()).body).toEqual({ id: eventId });
    expect(documented(await redrive()).body).toEqual({ id: eventId });
    expect(mail.sent).toHaveLength(1);
    const audit = documented(await supertest(mail.app).get('/admin/notifications/audit').set(owner)).body;
    expect(audit.items).toMatchObject([{ action: 'event.redriven', entityId: eventId }]);
    await supertest(mail.app)
      .get(path)
      .set(await asStaff(['warehouse']))
      .expect(403);
  });
});
