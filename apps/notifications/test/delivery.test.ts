/** Each event becomes one mail, whatever is delivered twice, dies or is away. */
import type { EventType } from '@souk/contracts/events';
import { newId } from '@souk/kit/identifier';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { insertMail } from '../src/mail-store.ts';
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
  await mail.db('mails').delete();
});

const deliver = (type: EventType, payload: object = orderFacts(), eventId = newId()) =>
  mail.deliver(type, payload, eventId);

/** A mail that was written by a process that died before it sent it. */
async function leftBehind(): Promise<string> {
  const eventId = newId();
  await insertMail(mail.db, {
    ...{ id: newId(), eventId, orderId: newId(), customerId: null, requestId: null, kind: 'confirmation' },
    ...{ recipient: 'ada@example.org', subject: 'Your order S-1', body: `Reference: ${eventId}` },
  });
  return eventId;
}

describe('an event of an order', () => {
  it('becomes one mail to the buyer, of which no text is kept', async () => {
    const eventId = newId();
    await deliver('order.confirmed', orderFacts(), eventId).expect(200);
    expect(mail.sent).toHaveLength(1);
    expect(mail.sent[0]).toMatchObject({ emailTo: 'ada@example.org', subject: 'Your order S-1001' });
    expect(mail.sent[0]!.body).toContain(`Reference: ${eventId}`);
    const nothing = { recipient: null, subject: null, body: null };
    expect(await mail.mailOf(eventId)).toMatchObject({ state: 'sent', kind: 'confirmation', ...nothing });
  });

  it('is one mail when it is delivered many times at once', async () => {
    const eventId = newId();
    const payload = orderFacts();
    await Promise.all(
      Array.from({ length: 8 }, () => deliver('order.confirmed', payload, eventId).expect(200)),
    );
    await mail.later();
    await sendDueMails(mail.deps);
    expect(mail.sent).toHaveLength(1);
  });

  it('goes to its own buyer, however many are written at once', async () => {
    const numbers = Array.from({ length: 30 }, (_, i) => `S-${i}`);
    const write = (number: string) =>
      deliver('order.confirmed', orderFacts({ number, email: `${number}@example.org` })).expect(200);
    await Promise.all(numbers.map(write));
    const reached = mail.sent.map(({ emailTo, subject }) => `${subject} to ${emailTo}`);
    const wanted = numbers.map((number) => `Your order ${number} to ${number}@example.org`);
    expect(reached.toSorted()).toEqual(wanted.toSorted());
  });

  it('has a mail of its own: a cancelled order was confirmed before', async () => {
    const payload = orderFacts();
    await deliver('order.cancelled', payload).expect(200);
    await deliver('order.confirmed', payload).expect(200);
    expect(mail.sent.map(({ subject }) => subject)).toEqual([
      'Your order S-1001 is cancelled',
      'Your order S-1001',
    ]);
  });

  it.each([
    ['order.dispatched', 'dispatch', 'Your order S-1001 is on its way'],
    ['order.delivered', 'delivery', 'Your order S-1001 has arrived'],
    ['order.refunded', 'refund', 'Money back for your order S-1001'],
  ] as const)('%s is told by one mail', async (type, kind, subject) => {
    const more = { carrier: 'Dove Post', trackingNumber: 'D-1', amount: { amount: 500, currency: 'EUR' } };
    const payload = { ...orderFacts(), ...more };
    const eventId = newId();
    await Promise.all([1, 2, 3].map(() => deliver(type, payload, eventId).expect(200)));
    expect(mail.sent.map((sent) => sent.subject)).toEqual([subject]);
    expect(await mail.mailOf(eventId)).toMatchObject({ state: 'sent', kind });
  });

  it.each(['a@b.c;d@e.f', 'a@b.c, d@e.f', 'a@b.c\r\nBcc: d@e.f', '<a@b.c>'])(
    'goes to one address and no other: not to %j',
    async (email) => {
      await deliver('order.confirmed', orderFacts({ email })).expect(500);
      expect(mail.sent).toEqual([]);
    },
  );
});

describe('a mail that was not sent', () => {
  it('is sent later when the mail server was away', async () => {
    mail.server.away = true;
    const eventId = newId();
    await deliver('order.confirmed', orderFacts(), eventId).expect(200);
    expect(await mail.mailOf(eventId)).toMatchObject({ state: 'pending', attempts: 1 });
    mail.server.away = false;
    expect(await sendDueMails(mail.deps)).toBe(0);
    await mail.later();
    expect(await sendDueMails(mail.deps)).toBe(1);
    expect(mail.sent).toHaveLength(1);
    expect(await mail.mailOf(eventId)).toMatchObject({ state: 'sent', attempts: 2 });
  });

  it('is sent once when its process died and two others look', async () => {
    const eventIds = await Promise.all([leftBehind(), leftBehind(), leftBehind()]);
    await mail.later();
    await Promise.all([sendDueMails(mail.deps), sendDueMails(mail.deps)]);
    expect(mail.sent.map(({ body }) => body).sort()).toEqual(eventIds.map((id) => `Reference: ${id}`).sort());
  });

  it('is left to a person after 15 attempts, with its text', async () => {
    mail.server.away = true;
    const eventId = await leftBehind();
    for (let attempt = 0; attempt < 20; attempt += 1) {
      await mail.later();
      await sendDueMails(mail.deps);
    }
    expect(await mail.mailOf(eventId)).toMatchObject({ state: 'failed', attempts: 15 });
    expect((await mail.mailOf(eventId))!.body).toContain('Reference');
  });
});
