// The fake provider and the simulator behind its adapter keep the same promises.
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { newId } from '@souk/kit/identifier';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSimulator } from '../../../tools/psp-simulator/simulator.ts';
import { signature } from '../../../tools/psp-simulator/webhook-sender.ts';
import type { PaymentsProvider } from '../src/payments-provider.ts';
import { createSimulatorProvider } from '../src/simulator-provider.ts';
import { createFakeProvider } from './fake-provider.ts';

const simulator = createSimulator({
  dataPath: ':memory:',
  apiKey: 'contract-key',
  webhookUrl: 'http://127.0.0.1:9/closed',
  webhookSecret: 'current-secret',
  publicUrl: 'http://psp.test',
  delays: { webhookDelayMs: 600_000, timeoutMs: 30_000, lateMs: 60_000 },
});
const clock = { nowMs: Date.parse('2026-01-01T00:00:00Z') };
const adapter = (url: string) =>
  createSimulatorProvider({
    url,
    apiKey: 'contract-key',
    webhookSecrets: ['current-secret', 'old-secret'],
    now: () => new Date(clock.nowMs),
  });
let server: Server;
let url: string;
beforeAll(async () => {
  server = simulator.app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.close();
  server.closeAllConnections();
  await simulator.stop();
});

const providers: [string, () => PaymentsProvider][] = [
  ['the fake', () => createFakeProvider().provider],
  ['the simulator', () => adapter(url)],
];
const order = (token: string, orderId = newId()) => ({
  ...{ orderId, amount: 500, currency: 'EUR' as const },
  token,
  returnUrl: null,
});

describe.each(providers)('%s', (_name, create) => {
  it.each([
    ['tok_ok', 'authorised'],
    ['tok_declined', 'declined'],
    ['tok_3ds', 'requires-action'],
  ])('answers %s with %s, and the same again', async (token, state) => {
    const provider = create();
    const request = order(token);
    const reply = await provider.authorise(request);
    expect(reply).toMatchObject({ kind: 'answer', value: { state, amount: 500, currency: 'EUR' } });
    expect(await provider.authorise(request)).toEqual(reply);
    expect(await provider.find(request.orderId)).toEqual(reply);
  });
  it('does not answer tok_timeout in time, but has authorised it', async () => {
    const provider = create();
    const request = order('tok_timeout');
    expect(await provider.authorise(request)).toEqual({ kind: 'unknown', reason: 'timeout' });
    expect(await provider.find(request.orderId)).toMatchObject({ value: { state: 'authorised' } });
  });
  it('has tok_late in processing', async () => {
    const provider = create();
    const request = order('tok_late');
    expect(await provider.authorise(request)).toMatchObject({ kind: 'unknown' });
    expect(await provider.find(request.orderId)).toMatchObject({ value: { state: 'processing' } });
  });
  it('knows nothing of an order it was never told of', async () => {
    expect(await create().find(newId())).toEqual({ kind: 'answer', value: null });
  });
  it('captures, refunds, voids once each, and refuses a void after a capture', async () => {
    const provider = create();
    const request = order('tok_ok');
    const { orderId } = request;
    const reply = await provider.authorise(request);
    const ref = reply.kind === 'answer' ? reply.value.ref : '';
    for (const _twice of [1, 2]) {
      expect(await provider.capture({ orderId, ref, amount: 500 })).toMatchObject({
        value: { state: 'captured' },
      });
      expect(await provider.refund({ refundId: `r-${orderId}`, ref, amount: 500 })).toMatchObject({
        kind: 'answer',
      });
    }
    expect(await provider.void({ orderId, ref })).toMatchObject({ kind: 'refused' });
    const other = order('tok_ok');
    const held = await provider.authorise(other);
    const otherRef = held.kind === 'answer' ? held.value.ref : '';
    for (const _twice of [1, 2]) {
      expect(await provider.void({ orderId: other.orderId, ref: otherRef })).toMatchObject({
        value: { state: 'voided' },
      });
    }
  });
});

describe('the adapter', () => {
  it('does not know what became of a request to a provider that is not there', async () => {
    expect(await adapter('http://127.0.0.1:9').authorise(order('tok_ok'))).toMatchObject({ kind: 'unknown' });
  });
  it('takes a wrong API key for not knowing, never for a decline', async () => {
    const provider = createSimulatorProvider({
      url,
      apiKey: 'wrong',
      webhookSecrets: [],
      now: () => new Date(),
    });
    expect(await provider.authorise(order('tok_ok'))).toEqual({ kind: 'unknown', reason: 'unauthorised' });
  });
});

describe('a webhook', () => {
  const payment = { id: 'psp_1', orderId: 'o', amount: 5, currency: 'EUR', status: 'authorised' };
  const body = JSON.stringify({ id: 'evt_1', type: 'payment.authorised', createdAt: 'x', data: { payment } });
  const read = (text: string, given: string | undefined) => adapter(url).readEvent(Buffer.from(text), given);
  it.each(['current-secret', 'old-secret'])('signed with the %s is read', (secret) => {
    expect(read(body, signature(secret, body, clock.nowMs))).toMatchObject({
      id: 'evt_1',
      orderId: 'o',
      outcome: { ref: 'psp_1', state: 'authorised', amount: 5 },
    });
  });
  it.each([
    ['another secret', () => signature('stranger', body, clock.nowMs)],
    ['another body', () => signature('current-secret', `${body} `, clock.nowMs)],
    ['a time five minutes ago', () => signature('current-secret', body, clock.nowMs - 301_000)],
    ['a time to come', () => signature('current-secret', body, clock.nowMs + 301_000)],
    ['nonsense', () => 't=1,v1=zz'],
    ['nothing', () => undefined],
  ])('signed with %s is refused', (_name, given) => {
    expect(() => read(body, given())).toThrow('unauthorised');
  });
  it.each([
    ['{"id":1}', 'invalid-request'],
    ['{', 'malformed-json'],
  ])('that says %s is refused although it is signed', (text, code) => {
    expect(() => read(text, signature('current-secret', text, clock.nowMs))).toThrow(code);
  });
});
