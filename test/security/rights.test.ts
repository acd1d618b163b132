/** Who may do what on one machine: databases, app ports, sidecars, brokers, and what listens where. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { connect } from 'node:net';
import { type Call, mayCall } from '@souk/contracts/calls';
import { heardBy } from '@souk/contracts/events';
import { ports, portsOf, type ServiceName, serviceNames } from '@souk/contracts/ports';
import { newId } from '@souk/kit/identifier';
import { type Connection, createConnection } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureSecrets } from '../../tools/platform/secrets.ts';
import { supervisorStatus } from '../../tools/runner/control.ts';
import { closeBackRoom, schema, untilShopIsUp } from '../support/back-room.ts';
import { expectEarlyProblem } from '../support/problem-check.ts';
import { allRoutes } from '../support/public-routes.ts';
import { rawRequest, sendRaw } from '../support/raw-http.ts';

const { platform, served } = ensureSecrets();
const loopback = '127.0.0.1';
const withTables = serviceNames.filter((name) => existsSync(`migrations/${name}`));

beforeAll(() => untilShopIsUp());
afterAll(() => closeBackRoom());

describe("a service's database account", () => {
  const open = (service: ServiceName, password = served[`database-${service}`]!) =>
    createConnection({ host: loopback, port: ports.mariadb, user: service, password, connectTimeout: 2_000 });

  /** The errno with which a statement is refused, or what it did. */
  const refusalOf = (connection: Connection, sql: string) =>
    connection.query(sql).then(
      () => `allowed: ${sql}`,
      (error: { errno: number }) => error.errno,
    );
  /** Access, table access, command, global right, file right, column access, view right denied. */
  const denied = [1044, 1142, 1227, 1045, 1143, 1370, 1290];

  /** What the log's own triggers signal. */
  const appendOnly = 1644;

  it.each(withTables)('%s sees its own schema and no other', async (service) => {
    const connection = await open(service);
    const [rows] = await connection.query('SHOW DATABASES');
    const names = (rows as { Database: string }[]).map(({ Database }) => Database);
    expect(names.toSorted()).toEqual(['information_schema', service].toSorted());
    await connection.end();
  });

  it.each(withTables)("%s neither reads nor writes a neighbour's tables", async (service) => {
    const connection = await open(service);
    for (const neighbour of withTables.filter((name) => name !== service)) {
      const tables: string[] = (
        await schema(neighbour).raw(
          'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = ?',
          [neighbour],
        )
      )[0].map(({ name }: { name: string }) => name);
      expect(tables).toContain('outbox');
      for (const table of tables) {
        const target = `\`${neighbour}\`.\`${table}\``;
        for (const sql of [`SELECT * FROM ${target} LIMIT 1`, `DELETE FROM ${target} WHERE 1 = 0`])
          expect(denied).toContain(await refusalOf(connection, sql));
      }
    }
    await connection.end();
  });

  it.each(withTables)('%s changes rows and never tables, accounts, settings or files', async (service) => {
    const connection = await open(service);
    await connection.query(`USE \`${service}\``);
    const statements = [
      'CREATE TABLE intruder (id INT)',
      'ALTER TABLE outbox ADD COLUMN intruder INT',
      'CREATE INDEX intruder ON outbox (topic)',
      'TRUNCATE TABLE outbox',
      'DROP TABLE outbox',
      'CREATE VIEW intruder AS SELECT 1',
      'CREATE TRIGGER intruder BEFORE INSERT ON outbox FOR EACH ROW SET @a = 1',
      'CREATE PROCEDURE intruder() SELECT 1',
      'CREATE DATABASE intruder',
      `DROP DATABASE \`${service}\``,
      "CREATE USER intruder@'127.0.0.1'",
      `GRANT SELECT ON \`${service}\`.* TO '${service}'@'127.0.0.1'`,
      `SET PASSWORD FOR 'souk_admin'@'127.0.0.1' = ''`,
      'SET GLOBAL general_log = 1',
      'SHUTDOWN',
      "SELECT 1 INTO OUTFILE '/tmp/souk-intruder'",
      "LOAD DATA INFILE '/etc/passwd' INTO TABLE outbox",
      'SELECT * FROM mysql.global_priv',
    ];
    for (const sql of statements)
      expect([sql, denied.includes(Number(await refusalOf(connection, sql)))]).toEqual([sql, true]);
    expect(await refusalOf(connection, 'UPDATE outbox SET topic = topic WHERE 1 = 0')).toMatch(/^allowed/);
    await connection.end();
  });

  it.each(withTables)('%s writes its audit log and never changes it', async (service) => {
    const [kept] = await schema(service).raw("SHOW TABLES LIKE 'audit_log'");
    expect([service, kept.length]).toEqual([service, 1]);
    const connection = await open(service);
    await connection.query(`USE \`${service}\``);
    await connection.query('START TRANSACTION');
    const id = newId();
    const columns = '(id, seq, at, actor, action, entity, entity_id, previous_hash, hash)';
    const values = `('${id}', 4294967295, NOW(6), '${id}', 'test', 'test', 'x', '${'0'.repeat(38)}${id}', '')`;
    await connection.query(`INSERT INTO audit_log ${columns} VALUES ${values}`);
    const statements = [
      `UPDATE audit_log SET actor = '${newId()}' WHERE id = '${id}'`,
      'UPDATE audit_log SET created_at = created_at',
      `DELETE FROM audit_log WHERE id = '${id}'`,
      `REPLACE INTO audit_log ${columns} VALUES ${values}`,
      `INSERT INTO audit_log ${columns} VALUES ${values} ON DUPLICATE KEY UPDATE action = 'other'`,
    ];
    for (const sql of statements) expect([sql, await refusalOf(connection, sql)]).toEqual([sql, appendOnly]);
    await connection.query('ROLLBACK');
    // Only now: a statement that changes tables commits what came before it, even when it is refused.
    for (const sql of [
      'DROP TRIGGER audit_log_no_update',
      'TRUNCATE TABLE audit_log',
      'RENAME TABLE audit_log TO x',
    ])
      expect([sql, denied.includes(Number(await refusalOf(connection, sql)))]).toEqual([sql, true]);
    await connection.end();
  });

  it('is closed without its password, and there is no account without one', async () => {
    const accounts = [...serviceNames, 'root', 'mysql', 'mariadb.sys', '', 'souk_admin', 'souk_migrator'];
    for (const user of accounts) {
      for (const password of ['', user, 'root', 'password']) {
        const attempt = createConnection({ host: loopback, port: ports.mariadb, user, password });
        const opened = await attempt.then(
          async (connection) => {
            await connection.end();
            return true;
          },
          () => false,
        );
        expect([user, password, opened]).toEqual([user, password, false]);
      }
    }
  });
});

describe("an app's own port", () => {
  /** What only a sidecar may ask of a service: its events, its timers, its subscriptions, and internal routes. */
  async function guarded(service: ServiceName): Promise<[string, string][]> {
    const internal = (await allRoutes()).filter(
      (route) => route.service === service && route.audience === 'internal',
    );
    return [
      ['GET', '/dapr/subscribe'],
      ['POST', '/events/dead-letters'],
      ...heardBy(service).map((topic): [string, string] => ['POST', `/events/${topic}`]),
      ...timersOf(service).map((name): [string, string] => ['POST', `/${name}`]),
      ...internal.map(({ method, path }): [string, string] => [method, path.replaceAll(/\{\w+\}/g, 'x')]),
    ];
  }

  it.each(serviceNames)("%s: answers 401 to everything that is not its sidecar's", async (service) => {
    const { app } = portsOf(service);
    const ways = await guarded(service);
    expect(ways.length).toBeGreaterThan(1);
    for (const [method, path] of ways) {
      for (const headers of [
        [],
        ['dapr-api-token: '],
        ['dapr-api-token: wrong', 'dapr-caller-app-id: orders'],
      ]) {
        const json = ['content-type: application/json', ...headers];
        const request = rawRequest(method, path, json, method === 'GET' ? '' : '{}');
        expectEarlyProblem(await sendRaw(request, { port: app }), 'unauthorised');
      }
    }
  });

  it.each(serviceNames)("%s: a sidecar's token alone makes nobody a neighbour", async (service) => {
    const { app } = portsOf(service);
    const internal = (await allRoutes()).filter(
      (route) => route.service === service && route.audience === 'internal',
    );
    for (const { method, path } of internal) {
      const called = method as Call['method'];
      const strangers = ['notifications', 'nobody', service].filter(
        (caller) => !mayCall({ caller, callee: service, method: called, path }),
      );
      for (const caller of strangers) {
        const headers = [`dapr-api-token: ${platform['app-api-token']}`, `dapr-caller-app-id: ${caller}`];
        const request = rawRequest(method, path.replaceAll(/\{\w+\}/g, 'x'), headers);
        const answer = await sendRaw(request, { port: app });
        expectEarlyProblem(answer, 'forbidden');
      }
    }
  });
});

/** Cron inputs that call this service, from the components themselves. */
function timersOf(service: ServiceName): string[] {
  return readdirSync('components')
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => readFileSync(`components/${file}`, 'utf8'))
    .filter(
      (text) =>
        /type: bindings\.cron/.test(text) && new RegExp(`scopes: \\[.*\\b${service}\\b.*\\]`).test(text),
    )
    .map((text) => /^ {2}name: (\S+)$/m.exec(text)![1]!);
}

describe('a sidecar', () => {
  it.each(serviceNames)("%s: answers 401 without its app's token", async (service) => {
    const { daprHttp } = portsOf(service);
    const ways: [string, string][] = [
      ['GET', '/v1.0/metadata'],
      ['POST', '/v1.0/invoke/orders/method/orders'],
      ['GET', '/v1.0/secrets/secretstore/bulk'],
      ['GET', `/v1.0/secrets/secretstore/database-${service}`],
      ['POST', '/v1.0-alpha1/publish/bulk/pubsub/order.confirmed'],
      ['GET', '/v1.0/state/statestore/x'],
      ['POST', '/v1.0/shutdown'],
    ];
    for (const [method, path] of ways) {
      for (const headers of [[], ['dapr-api-token: '], ['dapr-api-token: wrong']]) {
        const answer = await sendRaw(rawRequest(method, path, headers), { port: daprHttp });
        expect([path, answer.status]).toEqual([path, 401]);
      }
    }
  });
});

describe('a broker', () => {
  it('Redis answers nobody without its password', async () => {
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(ports.redis, loopback, () => void socket.write('KEYS *\r\n'));
      socket.setTimeout(2_000, () => socket.destroy(new Error('no answer')));
      socket.once('data', (text) => {
        resolve(String(text));
        socket.destroy();
      });
      socket.on('error', reject);
    });
    expect(answer).toMatch(/^-NOAUTH/);
  });
});

describe('what listens', () => {
  /** Dapr 1.18.2 takes --healthz-listen-address and ignores it: these three say "ok" to any interface, and no more. */
  const everywhere: number[] = [ports.sentryHealth, ports.placementHealth, ports.schedulerHealth];

  /** Listening sockets: inode → hexadecimal address and port. */
  function listening(): Map<string, { address: string; port: number }> {
    const found = new Map<string, { address: string; port: number }>();
    for (const file of ['/proc/net/tcp', '/proc/net/tcp6']) {
      for (const line of readFileSync(file, 'utf8').split('\n').slice(1)) {
        const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/);
        const [address = '', port = ''] = local.split(':');
        if (state === '0A') found.set(inode, { address, port: Number.parseInt(port, 16) });
      }
    }
    return found;
  }

  function socketsOf(pid: number): string[] {
    try {
      const links = readdirSync(`/proc/${pid}/fd`).map((name) => readlinkSync(`/proc/${pid}/fd/${name}`));
      return links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? []);
    } catch {
      return [];
    }
  }

  it('every port that a process of ours has open is on loopback', async () => {
    const { units } = await supervisorStatus();
    const sockets = listening();
    const open = units.flatMap(({ name, pid }) =>
      (pid ? socketsOf(pid) : []).flatMap((inode) => {
        const socket = sockets.get(inode);
        return socket ? [{ name, ...socket }] : [];
      }),
    );
    expect(new Set(open.map(({ port }) => port)).size).toBeGreaterThan(40);
    const loopbacks = ['0100007F', '00000000000000000000000001000000', '0000000000000000FFFF00000100007F'];
    const exposed = open.filter(
      ({ address, port }) => !loopbacks.includes(address) && !everywhere.includes(port),
    );
    expect(exposed).toEqual([]);
  });

  it('those that Dapr cannot bind to loopback answer their probe and nothing else', async () => {
    for (const port of everywhere) {
      expect((await sendRaw(rawRequest('GET', '/healthz'), { port })).status).toBe(200);
      for (const path of ['/', '/placement/state', '/metrics', '/debug/pprof/', '/v1.0/metadata'])
        expect((await sendRaw(rawRequest('GET', path), { port })).status).toBe(404);
    }
  });
});

it('no secret of this machine is in a command line or in the repository', () => {
  const secrets = [...Object.values(served), ...Object.values(platform)]
    .flatMap((values) => values.split(','))
    .filter((value) => value.length >= 16);
  expect(secrets.length).toBeGreaterThan(8);
  const commands = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        return [readFileSync(`/proc/${pid}/cmdline`, 'utf8')];
      } catch {
        return [];
      }
    })
    .join('\n');
  expect(secrets.filter((secret) => commands.includes(secret))).toEqual([]);
  const tracked = execFileSync('git', ['ls-files', '-z'], { encoding: 'utf8' }).split('\0').filter(Boolean);
  const leaks = tracked.filter((path) => {
    try {
      const text = readFileSync(path, 'utf8');
      return secrets.some((secret) => text.includes(secret));
    } catch {
      return false;
    }
  });
  expect(leaks).toEqual([]);
});
