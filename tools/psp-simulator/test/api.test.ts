// The merchant API over HTTP: cards, keys, changes, the ledger, and what a wrong request gets.
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  apiKey,
  eventually,
  get,
  paymentWith,
  post,
  startReceiver,
  startSimulator,
} from './running-simulator.ts';

let receiver: Awaited<ReturnType<typeof startReceiver>>;
let running: ReturnType<typeof startSimulator>;
beforeAll(async () => {
  receiver = await startReceiver();
  running = startSimulator(receiver.url);
});
afterAll(async () => {
  await running.stop();
  await receiver.close();
  running.remove();
});

async function movementsOf(orderId: string) {
  const { body } = await get(running.app, '/v1/ledger?limit=1000');
  return body.items.filter((line: { orderId: string }) => line.orderId === orderId);
}

describe('cards', () => {
  it.each([
    ['tok_ok', { status: 'authorised' }],
    ['tok_duplicate_webhook', { status: 'authorised' }],
    ['tok_declined', { status: 'declined', declineCode: 'insufficient_funds' }],
    ['tok_elsewhere', { status: 'declined', declineCode: 'unknown_token' }],
  ])('%s is answered at once', async (token, expected) => {
    const answer = await post(running.app, '/v1/payments', paymentWith(token, `card-${token}`));
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ ...expected, orderId: `card-${token}`, amount: 1_999 });
  });
  it('tok_3ds asks the shopper, and an approval authorises once', async () => {
    const { body } = await post(running.app, '/v1/payments', paymentWith('tok_3ds', 'three-ds'));
    expect(body).toMatchObject({
      status: 'requires_action',
      action: { url: `http://psp.test/3ds/${body.id}` },
    });
    const page = await request(running.app).get(`/3ds/${body.id}`);
    expect(page.text).toContain('value="approve"');
    const approve = () =>
      request(running.app).post(`/3ds/${body.id}`).type('form').send({ outcome: 'approve' });
    expect((await approve()).status).toBe(303);
    expect((await approve()).headers.location).toBe('http://shop.test/back');
    expect(await movementsOf('three-ds')).toHaveLength(1);
    const refusal = await request(running.app).post(`/3ds/${body.id}`).send({ outcome: 'refuse' });
    expect(refusal.body.code).toBe('challenge-closed');
  });
  it('tok_3ds refused by the shopper is declined', async () => {
    const { body } = await post(running.app, '/v1/payments', paymentWith('tok_3ds', 'three-ds-no'));
    await request(running.app).post(`/3ds/${body.id}`).send({ outcome: 'refuse' }).expect(303);
    const now = await get(running.app, `/v1/payments/${body.id}`);
    expect(now.body).toMatchObject({ status: 'declined', declineCode: 'authentication_failed' });
  });
  it('tok_timeout has authorised before it answers', async () => {
    const slow = post(running.app, '/v1/payments', paymentWith('tok_timeout', 'slow'));
    const answered = slow.then((answer) => answer.body.status);
    await eventually(async () => (await movementsOf('slow')).length === 1);
    const found = await get(running.app, '/v1/payments?orderId=slow');
    expect(found.body.items[0].status).toBe('authorised');
    expect(await answered).toBe('authorised');
  });
  it('tok_late times out at the gateway and succeeds later by webhook', async () => {
    const answer = post(running.app, '/v1/payments', paymentWith('tok_late', 'late'));
    const status = answer.then((done) => done.status);
    await eventually(() => receiver.received.some(({ event }) => event.data.payment.orderId === 'late'));
    expect(await movementsOf('late')).toHaveLength(1);
    expect(await status).toBe(504);
  });
});

describe('keys', () => {
  it('the same key never authorises twice, another key does', async () => {
    const first = await post(running.app, '/v1/payments', paymentWith('tok_ok', 'keyed'), 'key-a');
    const again = await post(running.app, '/v1/payments', paymentWith('tok_ok', 'keyed'), 'key-a');
    expect(again.body).toEqual(first.body);
    expect(again.headers['idempotent-replayed']).toBe('true');
    expect(await movementsOf('keyed')).toHaveLength(1);
    await post(running.app, '/v1/payments', paymentWith('tok_ok', 'keyed'), 'key-b');
    expect(await movementsOf('keyed')).toHaveLength(2);
  });
  it('the same key with another body is refused', async () => {
    await post(running.app, '/v1/payments', paymentWith('tok_ok', 'other-body'), 'key-c');
    const other = await post(running.app, '/v1/payments', paymentWith('tok_ok', 'other-body', 5), 'key-c');
    expect(other.status).toBe(409);
    expect(other.body.code).toBe('idempotency-mismatch');
  });
  it('fifty requests with one key at once make one authorisation', async () => {
    const all = Array.from({ length: 50 }, () =>
      post(running.app, '/v1/payments', paymentWith('tok_ok', 'many'), 'key-d'),
    );
    expect(new Set((await Promise.all(all)).map((answer) => answer.body.id)).size).toBe(1);
    expect(await movementsOf('many')).toHaveLength(1);
  });
});

describe('changes', () => {
  it('capture and refunds are written to the ledger to the cent', async () => {
    const { body } = await post(running.app, '/v1/payments', paymentWith('tok_ok', 'life'));
    await post(running.app, `/v1/payments/${body.id}/capture`, { amount: 1_999 }).expect(200);
    await post(running.app, `/v1/payments/${body.id}/refunds`, {
      amount: 999,
      metadata: { refundId: 'r' },
    }).expect(200);
    const tooMuch = await post(running.app, `/v1/payments/${body.id}/refunds`, { amount: 1_001 });
    expect(tooMuch.body.code).toBe('amount-too-large');
    const late = await post(running.app, `/v1/payments/${body.id}/void`, {});
    expect([late.status, late.body.code]).toEqual([409, 'already-captured']);
    const lines = (await movementsOf('life')).map((line: { type: string; amount: number }) => [
      line.type,
      line.amount,
    ]);
    expect(lines).toEqual([
      ['authorise', 1_999],
      ['capture', 1_999],
      ['refund', 999],
    ]);
  });
  it('a refusal is not remembered: the same key may succeed later', async () => {
    const { body } = await post(running.app, '/v1/payments', paymentWith('tok_3ds', 'later'));
    await post(running.app, `/v1/payments/${body.id}/capture`, { amount: 1 }, 'key-e').expect(409);
    await request(running.app).post(`/3ds/${body.id}`).send({ outcome: 'approve' });
    await post(running.app, `/v1/payments/${body.id}/capture`, { amount: 1 }, 'key-e').expect(200);
  });
});

describe('wrong requests', () => {
  const good = paymentWith('tok_ok', 'bad');
  it.each([
    ['no amount', { ...good, amount: undefined }],
    ['a negative amount', { ...good, amount: -1 }],
    ['a fraction', { ...good, amount: 1.5 }],
    ['an amount as text', { ...good, amount: '100' }],
    ['an unknown member', { ...good, extra: 1 }],
    ['a script as return address', { ...good, returnUrl: 'javascript:alert(1)' }],
    ['no order id', { ...good, metadata: {} }],
    ['a list', [1]],
  ])('%s is a problem 400', async (_name, body) => {
    const answer = await post(running.app, '/v1/payments', body);
    expect([answer.status, answer.type, answer.body.code]).toEqual([
      400,
      'application/problem+json',
      'invalid-request',
    ]);
  });
  it('broken JSON, a missing key, an unknown route and a wrong API key are problems', async () => {
    const { app } = running;
    const broken = await post(app, '/v1/payments', {}).type('json').send('{"amount":');
    const keyless = await request(app)
      .post('/v1/payments')
      .set('authorization', `Bearer ${apiKey}`)
      .send(good);
    const stranger = await request(app).get('/v1/ledger').set('authorization', 'Bearer wrong');
    const nowhere = await get(app, '/v1/nowhere');
    const huge = await post(app, '/v1/payments', { ...good, token: 'x'.repeat(70_000) });
    const badPath = await get(app, '/v1/payments/%E0%A4%A');
    const seen = [broken, keyless, stranger, nowhere, huge, badPath].map((answer) => [
      answer.status,
      answer.type,
    ]);
    expect(seen).toEqual(
      [400, 400, 401, 404, 413, 400].map((status) => [status, 'application/problem+json']),
    );
  });
});

describe('faults', () => {
  const control = (body: object) =>
    request(running.app).put('/control').set('authorization', `Bearer ${apiKey}`).send(body).expect(200);
  it('a provider that is down answers 503, and is back when told so', async () => {
    await control({ down: true });
    expect((await get(running.app, '/v1/ledger')).status).toBe(503);
    await control({ down: false });
    expect((await get(running.app, '/v1/ledger')).status).toBe(200);
  });
  it('a decline rate of 1 declines the ordinary card', async () => {
    await control({ declineRate: 1 });
    const { body } = await post(running.app, '/v1/payments', paymentWith('tok_ok', 'unlucky'));
    await control({ declineRate: 0 });
    expect(body).toMatchObject({ status: 'declined', declineCode: 'do_not_honour' });
  });
});
