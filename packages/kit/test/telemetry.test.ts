/** Telemetry as it runs: a process of its own, a collector that keeps what it gets. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listen } from './daprd.ts';

const root = join(import.meta.dirname, '../../..');
let collector: Server;
let collectorPort: number;
let received = '';
const children: ChildProcess[] = [];

beforeAll(async () => {
  collector = createServer((request, response) => {
    request.on('data', (bytes: Buffer) => {
      received += bytes.toString('latin1');
    });
    request.on('end', () => response.end());
  });
  collectorPort = await listen(collector);
});

afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  collector.close();
});

/** Starts the small service; answers how to ask it. */
async function start(port: number, env: Record<string, string> = {}) {
  const child = spawn(
    process.execPath,
    ['--import', '@souk/kit/telemetry', join(import.meta.dirname, 'telemetry-app.ts')],
    {
      cwd: root,
      env: {
        ...process.env,
        NODE_OPTIONS: '',
        OTEL_SERVICE_NAME: 'orders',
        OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
        DATABASE_PORT: '1',
        ...env,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  children.push(child);
  const line = await new Promise<string>((resolve, reject) => {
    child.stdout.once('data', (text) => resolve(String(text)));
    child.once('exit', (code) => reject(new Error(`it ended with ${code}`)));
  });
  const own = JSON.parse(line) as { port: number };
  return (path: string, headers = {}) =>
    fetch(`http://127.0.0.1:${own.port}${path}`, { headers, signal: AbortSignal.timeout(5_000) }).then(
      (answer) => answer.text(),
    );
}

describe('telemetry', () => {
  test('one request makes one trace: server, own span, database, fetch and undici', async () => {
    const ask = await start(collectorPort);
    const caller = '00-cccccccccccccccccccccccccccccccc-dddddddddddddddd-01';
    await ask('/livez');
    const answer = JSON.parse(await ask('/orders/O1?x=1', { traceparent: caller }));
    for (const traceparent of Object.values(answer))
      expect(traceparent).toMatch(/^00-c{32}-[0-9a-f]{16}-01$/);
    expect(new Set(Object.values(answer)).size).toBe(3);
    await ask('/flush');
    for (const text of [
      'orders',
      'GET /orders/:id',
      'the-work',
      'order.id',
      'SELECT ? AS secret',
      'GET /echo',
    ]) {
      expect(received).toContain(text);
    }
  });

  test('values of statements, probes and polls without a parent are not in the spans', () => {
    expect(received).not.toContain('a-persons-name');
    expect(received).not.toContain('/livez');
    expect(received.split('SELECT ? AS secret').length - 1).toBe(1);
  });

  test('a stored traceparent is continued', async () => {
    const ask = await start(collectorPort);
    expect(await ask('/later')).toMatch(/^00-a{32}-(?!b{16})[0-9a-f]{16}-01$/);
  });

  test('with ratio 0 nothing is sampled, and the trace is still passed on', async () => {
    const ask = await start(collectorPort, { OTEL_TRACES_SAMPLER_ARG: '0' });
    expect(JSON.parse(await ask('/orders/O2')).own).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
  });

  test('a trace that its caller does not keep is handed on as it came, without a span', async () => {
    const ask = await start(collectorPort);
    const caller = '00-eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee-dddddddddddddddd-00';
    expect(JSON.parse(await ask('/orders/O4', { traceparent: caller })).own).toBe(caller);
    await ask('/flush');
    expect(received).toContain('/orders/O1');
    expect(received).not.toContain('/orders/O4');
  });

  test('a collector that is away neither stops the start nor an answer', async () => {
    const ask = await start(1);
    expect(JSON.parse(await ask('/orders/O3')).own).toMatch(/-01$/);
    await ask('/flush');
    expect(await ask('/livez')).toBe('ok');
  });
});
