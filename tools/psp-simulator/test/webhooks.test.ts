// Webhooks: signed, repeated until accepted, kept over a restart and a kill.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freePorts } from '../../../packages/kit/test/free-ports.ts';
import { pauseMsAfter, signature } from '../webhook-sender.ts';
import {
  apiKey,
  eventually,
  get,
  paymentWith,
  post,
  startReceiver,
  startSimulator,
  webhookSecret,
} from './running-simulator.ts';

let receiver: Awaited<ReturnType<typeof startReceiver>>;
beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(async () => {
  await receiver.close();
});

async function withSimulator(work: (app: ReturnType<typeof startSimulator>['app']) => Promise<void>) {
  const running = startSimulator(receiver.url);
  try {
    await work(running.app);
  } finally {
    await running.stop();
    running.remove();
  }
}

describe('webhooks', () => {
  it('carry the payment and a signature over time and body', async () => {
    await withSimulator(async (app) => {
      const { body } = await post(app, '/v1/payments', paymentWith('tok_ok', 'signed'));
      await eventually(() => receiver.received.length === 1);
      const [hook] = receiver.received;
      expect(hook!.event).toMatchObject({
        type: 'payment.authorised',
        data: {
          payment: { id: body.id, orderId: 'signed', amount: 1_999, currency: 'EUR', status: 'authorised' },
        },
      });
      const seconds = Number(/^t=(\d+),/.exec(hook!.signature)![1]);
      expect(hook!.signature).toBe(signature(webhookSecret, hook!.body, seconds * 1_000));
    });
  });
  it('are sent again when the shop answers with an error', async () => {
    receiver.answers.push(503);
    await withSimulator(async (app) => {
      await post(app, '/v1/payments', paymentWith('tok_ok', 'again'));
      await eventually(() => receiver.received.length === 2);
      expect(receiver.received[1]!.event.id).toBe(receiver.received[0]!.event.id);
    });
  });
  it('of the duplicating card come three times with one id, the last after later events', async () => {
    await withSimulator(async (app) => {
      const { body } = await post(app, '/v1/payments', paymentWith('tok_duplicate_webhook', 'thrice'));
      await post(app, `/v1/payments/${body.id}/void`, {});
      await eventually(() => receiver.received.length === 4);
      const types = receiver.received.map(({ event }) => event.type);
      expect(types.filter((type) => type === 'payment.authorised')).toHaveLength(3);
      expect(types.at(-1)).toBe('payment.authorised');
      expect(new Set(receiver.received.map(({ event }) => event.id)).size).toBe(2);
    });
  });
  it('pause longer after each failure, at most a minute', () => {
    expect([1, 2, 3, 7, 11].map(pauseMsAfter)).toEqual([500, 1_000, 2_000, 32_000, 60_000]);
  });
});

describe('a killed simulator', () => {
  it('has kept the payment and sends its webhook after the restart', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'souk-psp-'));
    const [port] = (await freePorts(1)) as [number];
    const start = (webhookUrl: string) => {
      const env = { PSP_PORT: String(port), PSP_DATA: join(folder, 'psp.sqlite'), PSP_API_KEY: apiKey };
      const main = join(import.meta.dirname, '..', 'main.ts');
      return spawn(process.execPath, [main], {
        env: {
          ...env,
          PSP_WEBHOOK_SECRET: webhookSecret,
          PSP_WEBHOOK_URL: webhookUrl,
          PSP_WEBHOOK_DELAY_MS: '0',
        },
        stdio: 'ignore',
      });
    };
    const url = `http://127.0.0.1:${port}`;
    const live = () =>
      fetch(`${url}/livez`).then(
        (answer) => answer.ok,
        () => false,
      );
    let child = start('http://127.0.0.1:9/closed');
    try {
      await eventually(live);
      const { body } = await post(url as never, '/v1/payments', paymentWith('tok_ok', 'killed'));
      child.kill('SIGKILL');
      await eventually(async () => !(await live()));
      child = start(receiver.url);
      await eventually(live);
      await eventually(() => receiver.received.length === 1);
      expect((await get(url as never, `/v1/payments/${body.id}`)).body.status).toBe('authorised');
    } finally {
      child.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
