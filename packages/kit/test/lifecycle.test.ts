/** The life of a process: it starts before everything that it needs, says honestly whether it is ready, and ends well. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ports } from '@souk/contracts/ports';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { adminAccount, openAdmin } from '../../../tools/platform/mariadb-admin.ts';
import { createMessageTables } from '../src/common-tables.ts';
import { openDatabase } from '../src/db.ts';
import { apiToken, appToken, component, type Sidecar, startDaprd, until } from './daprd.ts';
import { freePorts } from './free-ports.ts';

const name = `test_life_${process.pid}`;
const password = randomBytes(12).toString('hex');
const folder = mkdtempSync(join(tmpdir(), 'souk-life-'));
const soon = { timeout: 15_000, interval: 50 };
const children: ChildProcess[] = [];
let sidecar: Sidecar;

/** A way to something real that can be shut: what the process sees is a port that refuses. */
interface Door {
  port: number;
  open(target: number): Promise<void>;
  shut(): Promise<void>;
}

async function makeDoor(): Promise<Door> {
  const [port] = (await freePorts(1)) as [number];
  const sockets = new Set<Socket>();
  let server: Server | undefined;
  return {
    port,
    open(target) {
      server = createServer((inner) => {
        const outer = connect(target, '127.0.0.1');
        for (const socket of [inner, outer]) {
          sockets.add(socket);
          socket.on('error', () => {}).on('close', () => [inner, outer].forEach((end) => void end.destroy()));
        }
        inner.pipe(outer).pipe(inner);
      });
      return new Promise((resolve) => server!.listen(port, '127.0.0.1', resolve));
    },
    async shut() {
      for (const socket of sockets) socket.destroy();
      sockets.clear();
      await new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)));
      server = undefined;
    },
  };
}

interface Started {
  child: ChildProcess;
  output(): string;
  /** Status, type and body of a GET; undefined without an answer. */
  get(
    path: string,
  ): Promise<{ status: number; type: string | null; body: Record<string, unknown> } | undefined>;
  ended: Promise<{ code: number | null; signal: string | null }>;
  port: number;
}

async function start(toSidecar: Door, toDatabase: Door, env: Record<string, string> = {}): Promise<Started> {
  const [port] = (await freePorts(1)) as [number];
  const child = spawn(process.execPath, [join(import.meta.dirname, 'lifecycle-app.ts')], {
    env: {
      PATH: process.env.PATH,
      SERVICE_NAME: name,
      APP_PORT: String(port),
      DAPR_HTTP_PORT: String(toSidecar.port),
      DAPR_GRPC_PORT: '1',
      DAPR_API_TOKEN: apiToken,
      APP_API_TOKEN: appToken,
      DB_PORT: String(toDatabase.port),
      GREETING: 'salaam',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (text) => {
      output += text;
    });
  }
  return {
    child,
    port,
    output: () => output,
    ended: new Promise((resolve) => child.once('exit', (code, signal) => resolve({ code, signal }))),
    get: (path) =>
      fetch(`http://127.0.0.1:${port}${path}`, { signal: AbortSignal.timeout(5_000) }).then(
        async (answer) => {
          const text = await answer.text();
          const type = answer.headers.get('content-type');
          return { status: answer.status, type, body: text ? JSON.parse(text) : {} };
        },
        () => undefined,
      ),
  };
}

const statusOf = (app: Started, path: string) => async () => (await app.get(path))?.status;

beforeAll(async () => {
  const admin = await openAdmin();
  await admin.query(`CREATE DATABASE ${name}`);
  await admin.query(`CREATE USER ${name}@'127.0.0.1' IDENTIFIED BY '${password}'`);
  await admin.query(`GRANT SELECT, INSERT, UPDATE, DELETE ON ${name}.* TO ${name}@'127.0.0.1'`);
  await admin.end();
  const db = openDatabase({ ...adminAccount(), database: name, poolSize: 1 });
  await createMessageTables(db);
  await db.destroy();
  const secrets = { [`database-${name}`]: password, sesame: 'open' };
  writeFileSync(join(folder, 'secrets.json'), JSON.stringify(secrets));
  const secretsFile = join(folder, 'secrets.json');
  sidecar = await startDaprd({
    appId: name,
    resources: [
      component('secretstore', 'secretstores.local.file', { secretsFile }),
      component('brokerstate', 'state.in-memory', {}),
    ],
  });
});

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

afterAll(async () => {
  await sidecar.stop();
  const admin = await openAdmin();
  await admin.query(`DROP DATABASE ${name}`);
  await admin.query(`DROP USER ${name}@'127.0.0.1'`);
  await admin.end();
  rmSync(folder, { recursive: true, force: true });
});

describe('a process', () => {
  it('starts before its sidecar and its database, is ready when both have come, and follows the database', async () => {
    const [toSidecar, toDatabase] = [await makeDoor(), await makeDoor()];
    const app = await start(toSidecar, toDatabase);
    await expect.poll(statusOf(app, '/livez'), soon).toBe(200);
    expect(await app.get('/readyz')).toMatchObject({ status: 503, body: { code: 'unavailable' } });
    expect(await app.get('/greeting')).toMatchObject({ status: 503, type: 'application/problem+json' });

    await toSidecar.open(sidecar.port);
    await until('the wait for the database', () => app.output().includes('"component":"database"'), 15_000);
    expect(await statusOf(app, '/readyz')()).toBe(503);

    await toDatabase.open(ports.mariadb);
    await expect.poll(statusOf(app, '/readyz'), soon).toBe(200);
    expect((await app.get('/greeting'))?.body).toEqual({ greeting: 'salaam', sesame: 'open' });

    await toDatabase.shut();
    await expect.poll(statusOf(app, '/readyz'), soon).toBe(503);
    expect(await app.get('/slow')).toMatchObject({ status: 503, body: { code: 'unavailable' } });
    expect((await app.get('/livez'))?.status).toBe(200);

    await toDatabase.open(ports.mariadb);
    await expect.poll(statusOf(app, '/readyz'), soon).toBe(200);
    expect((await app.get('/slow'))?.status).toBe(200);
    await Promise.all([toSidecar.shut(), toDatabase.shut()]);
  });

  it('told to stop, ends what is in hand, takes nothing new, and exits 0', async () => {
    const [toSidecar, toDatabase] = [await makeDoor(), await makeDoor()];
    await Promise.all([toSidecar.open(sidecar.port), toDatabase.open(ports.mariadb)]);
    const app = await start(toSidecar, toDatabase);
    await expect.poll(statusOf(app, '/readyz'), soon).toBe(200);
    const agent = new Agent({ keepAlive: true });
    const slow = new Promise<number>((resolve, reject) => {
      const url = `http://127.0.0.1:${app.port}/slow`;
      get(url, { agent }, (answer) => resolve(answer.resume().statusCode!)).on('error', reject);
    });
    const admin = await openAdmin();
    await until('the slow statement to run', async () => {
      const [rows] = await admin.query(
        'SELECT 1 FROM information_schema.processlist WHERE user = ? AND info LIKE ?',
        [name, 'SELECT SLEEP%'],
      );
      return (rows as unknown[]).length > 0;
    });
    await admin.end();
    const stoppedMs = performance.now();
    app.child.kill('SIGTERM');
    await until('it to stop listening', async () => (await app.get('/livez')) === undefined);
    expect(await slow).toBe(200);
    expect(await app.ended).toEqual({ code: 0, signal: null });
    expect(performance.now() - stoppedMs).toBeLessThan(5_000);
    agent.destroy();
    await Promise.all([toSidecar.shut(), toDatabase.shut()]);
  });

  it('told to stop while it still waits for the others, exits 0 at once', async () => {
    const [toSidecar, toDatabase] = [await makeDoor(), await makeDoor()];
    const app = await start(toSidecar, toDatabase);
    await expect.poll(statusOf(app, '/livez'), soon).toBe(200);
    app.child.kill('SIGTERM');
    expect(await app.ended).toEqual({ code: 0, signal: null });
  });

  it('is ready when what it prepares has worked, tries until then, and can be told to stop meanwhile', async () => {
    const [toSidecar, toDatabase] = [await makeDoor(), await makeDoor()];
    await Promise.all([toSidecar.open(sidecar.port), toDatabase.open(ports.mariadb)]);
    const app = await start(toSidecar, toDatabase, { PREPARED_BY: 'needed' });
    await until('the wait', () => app.output().includes('"component":"preparation"'), 15_000);
    expect(await statusOf(app, '/readyz')()).toBe(503);
    const stopped = await start(toSidecar, toDatabase, { PREPARED_BY: 'needed' });
    await until('the wait', () => stopped.output().includes('"component":"preparation"'), 15_000);
    stopped.child.kill('SIGTERM');
    expect(await stopped.ended).toEqual({ code: 0, signal: null });
    const admin = await openAdmin();
    await admin.query(`CREATE TABLE ${name}.needed (id INT)`);
    await admin.end();
    await expect.poll(statusOf(app, '/readyz'), soon).toBe(200);
    await Promise.all([toSidecar.shut(), toDatabase.shut()]);
  });

  it('does not start without what it needs, and says all of it', async () => {
    const [toSidecar, toDatabase] = [await makeDoor(), await makeDoor()];
    const app = await start(toSidecar, toDatabase, { GREETING: '', APP_PORT: 'http', DB_PORT: '0.5' });
    expect((await app.ended).code).toBe(1);
    for (const fault of ['GREETING', 'APP_PORT', 'DB_PORT']) expect(app.output()).toContain(fault);
  });
});
