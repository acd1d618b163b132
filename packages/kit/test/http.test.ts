/** The HTTP edge of every service: what is let in, what is refused, and how it is said. */
import { gzipSync } from 'node:zlib';
import { type ProblemCode, problems } from '@souk/contracts/problems';
import supertest, { type Response } from 'supertest';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Log } from '../src/log.ts';
import { Refusal } from '../src/problem.ts';
import { smallApp } from './small-service.ts';

const id = '01J00000000000000000000000';
const good = { lines: [{ sku: 'CUP-1', quantity: 2 }] };
const key = { 'idempotency-key': 'key-0123456789' };
let errors: { event: string; fields: Record<string, unknown> | undefined }[] = [];
const log: Log = {
  info: () => {},
  warn: () => {},
  debug: () => {},
  error: (event, fields) => void errors.push({ event, fields }),
};
const app = smallApp({ log });

beforeEach(() => {
  errors = [];
});

/** Fails unless the answer is the problem document of `code`, and answers the pointers of its faults. */
function problem(response: Response, code: ProblemCode): string[] {
  const { status, title } = problems[code];
  expect([response.status, response.body.code]).toEqual([status, code]);
  expect(response.get('content-type')).toBe('application/problem+json; charset=utf-8');
  expect(response.body).toMatchObject({ type: `/problems/${code}`, title, status });
  return (response.body.errors ?? []).map(({ pointer }: { pointer: string }) => pointer);
}

const add = (body: unknown, headers: Record<string, string> = key) =>
  supertest(app)
    .post('/things')
    .set({ 'content-type': 'application/json', ...headers })
    .serialize((bytes) => bytes)
    .send(typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body));
const list = (query: string) => supertest(app).get(`/things?${query}`);

describe('a body', () => {
  it('that fits is handed over as it came, with the headers that the route knows and no others', async () => {
    const { body } = await add(good, { ...key, 'cart-token': 'abc', 'x-evil': '1' }).expect(200);
    expect(body).toMatchObject({ body: good, headers: { ...key, 'cart-token': 'abc' } });
    expect(body.headers).not.toHaveProperty('x-evil');
  });

  it.each<[string, unknown, string[]]>([
    ['an unknown field', { ...good, admin: true }, ['/body/admin']],
    [
      'an unknown field deep inside',
      { lines: [{ sku: 'CUP', quantity: 1, price: 1 }] },
      ['/body/lines/0/price'],
    ],
    ['a number as text', { lines: [{ sku: 'CUP', quantity: '2' }] }, ['/body/lines/0/quantity']],
    ['a negative quantity', { lines: [{ sku: 'CUP', quantity: -1 }] }, ['/body/lines/0/quantity']],
    ['half a piece', { lines: [{ sku: 'CUP', quantity: 1.5 }] }, ['/body/lines/0/quantity']],
    ['a huge number', { lines: [{ sku: 'CUP', quantity: 1e308 }] }, ['/body/lines/0/quantity']],
    [
      'text with spaces around, which would have to be changed',
      { lines: [{ sku: ' CUP ', quantity: 1 }] },
      ['/body/lines/0/sku'],
    ],
    ['a SKU twice', { lines: [good.lines[0], good.lines[0]] }, ['/body/lines/1']],
    ['an array', [], ['/body']],
    ['null', null, ['/body']],
    ['a text', '"text"', ['/body']],
    ['nothing', '', ['/body/lines']],
    ['the constructor', { ...good, constructor: { prototype: {} } }, ['/body/constructor']],
    ['a key with the signs of a pointer', { ...good, 'a/b~c': 1 }, ['/body/a~1b~0c']],
  ])('with %s is refused, with a pointer to it', async (_name, body, pointers) => {
    expect(problem(await add(body), 'invalid-request')).toEqual(pointers);
  });

  it.each([
    '{"lines":[{"sku":"CUP-1","quantity":2}],"__proto__":{"note":"x"}}',
    '{"lines":[{"sku":"CUP-1","quantity":2,"__proto__":{"a":1}}]}',
    '{"lines":[{"sku":"CUP-1","quantity":2}],"__proto__" : 1}',
  ])('with __proto__ as a key (%s) is refused like any unknown field', async (body) => {
    problem(await add(body), 'invalid-request');
  });

  it('may say __proto__ where a text may say anything', async () => {
    await add({ ...good, note: '"__proto__":' }).expect(200);
  });

  it('has all its faults named at once, beside those of the headers', async () => {
    const pointers = problem(
      await add({ lines: [{ sku: 'x', quantity: 0 }], note: 5 }, {}),
      'invalid-request',
    );
    expect(pointers.sort()).toEqual([
      '/body/lines/0/quantity',
      '/body/lines/0/sku',
      '/body/note',
      '/headers/idempotency-key',
    ]);
  });

  it('has twenty of its faults named at most', async () => {
    const unknown = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`field${i}`, i]));
    expect(problem(await add({ ...good, ...unknown }), 'invalid-request')).toHaveLength(20);
  });

  it.each(['{', '{"lines": [}', '{"a":1}{', "{'a':1}", '\u0000', 'NaN', '[1,]', '{"a":"\ud800'])(
    'that is no JSON (%j) is refused as such',
    async (body) => {
      problem(await add(body), 'malformed-json');
    },
  );

  it('that is JSON 30,000 levels deep is refused, and nothing breaks', async () => {
    problem(await add('['.repeat(30_000) + ']'.repeat(30_000)), 'invalid-request');
    problem(await add(`${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`), 'invalid-request');
    problem(await add('['.repeat(60_000)), 'malformed-json');
    expect(errors).toEqual([]);
  });

  it('of more than 64 kB is refused, also if it was compressed to less', async () => {
    const large = JSON.stringify({ ...good, note: 'x'.repeat(66_000) });
    problem(await add(large), 'body-too-large');
    problem(await add(gzipSync(large), { ...key, 'content-encoding': 'gzip' }), 'body-too-large');
  });

  it('that is compressed badly, or in a way that nobody knows, is refused', async () => {
    problem(await add('not gzip', { ...key, 'content-encoding': 'gzip' }), 'invalid-request');
    problem(await add('x', { ...key, 'content-encoding': 'zstd-9000' }), 'unsupported-media-type');
    problem(
      await add('{}', { ...key, 'content-type': 'application/json; charset=klingon' }),
      'unsupported-media-type',
    );
  });

  it.each([
    'text/plain',
    'application/xml',
    'multipart/form-data; boundary=x',
    'application/x-www-form-urlencoded',
    'json',
  ])('that calls itself %s is refused before it is read', async (type) => {
    problem(await add(good, { ...key, 'content-type': type }), 'unsupported-media-type');
  });

  it('is handed over untouched where a signature covers it', async () => {
    const bytes = Buffer.from('{"a" : 1}\u0000', 'latin1');
    const answer = await supertest(app).post('/hooks').set('content-type', 'text/x').send(bytes).expect(200);
    expect(answer.body.hex).toBe(bytes.toString('hex'));
    problem(
      await supertest(app).post('/hooks').set('content-type', 'text/x').send(Buffer.alloc(70_000)),
      'body-too-large',
    );
  });

  it('may be larger where the route says so, and empty', async () => {
    const send = (bytes: number) => supertest(app).post('/pictures').send(Buffer.alloc(bytes));
    expect((await send(100_000).expect(200)).body).toEqual({ bytes: 100_000 });
    expect((await supertest(app).post('/pictures').expect(200)).body).toEqual({ bytes: 0 });
    problem(await send(100_001), 'body-too-large');
  });
});

describe('a URL', () => {
  it('has its numbers read and its defaults filled in', async () => {
    expect((await list('limit=5&q=tea').expect(200)).body.query).toEqual({ limit: 5, q: 'tea' });
    expect((await list('').expect(200)).body.query).toEqual({ limit: 20 });
  });

  it.each([
    ['page=2', '/query/page'],
    ['limit=0', '/query/limit'],
    ['limit=101', '/query/limit'],
    ['limit=-1', '/query/limit'],
    ['limit=1.5', '/query/limit'],
    ['limit=ten', '/query/limit'],
    ['limit=', '/query/limit'],
    ['limit=1&limit=2', '/query/limit'],
    ['q=a&q=b', '/query/q'],
    ['q[a]=b', '/query/q[a]'],
    ['cursor=%00', '/query/cursor'],
    ['a%2Fb~c=1&a%2Fb~c=2', '/query/a~1b~0c'],
    ['__proto__=1', '/query/__proto__'],
    ['constructor=1', '/query/constructor'],
    ['toString=1', '/query/toString'],
  ])('with ?%s is refused, with a pointer to %s', async (query, pointer) => {
    expect(problem(await list(query), 'invalid-request')).toEqual([pointer]);
  });

  it('whose escapes are broken is refused', async () => {
    problem(await supertest(app).get('/things/%E0%A4%A'), 'invalid-request');
    problem(await supertest(app).get('/things/%zz'), 'invalid-request');
  });

  it('with a parameter in the path of the wrong shape is refused', async () => {
    expect(problem(await supertest(app).get('/things/1'), 'invalid-request')).toEqual(['/path/id']);
  });

  it('that nobody knows is not found: neither another case, nor a slash more', async () => {
    for (const path of [
      '/',
      '/thing',
      '/Things',
      '/things/',
      `/things/${id}/x`,
      '//things',
      '/things/a%2Fb/c',
    ])
      problem(await supertest(app).get(path), 'not-found');
  });
});

describe('a method', () => {
  it('that the resource does not have is refused with those that it has', async () => {
    const answer = await supertest(app).put('/things').send({});
    problem(answer, 'method-not-allowed');
    expect(answer.get('allow')).toBe('GET, POST, HEAD');
    expect((await supertest(app).patch(`/things/${id}`)).get('allow')).toBe('GET, DELETE, HEAD');
  });

  it('OPTIONS says what there is', async () => {
    const answer = await supertest(app).options('/things').expect(204);
    expect(answer.get('allow')).toBe('GET, POST, HEAD');
  });

  it('HEAD is GET without the body', async () => {
    const answer = await supertest(app).head(`/things/${id}`).expect(200);
    expect([answer.get('etag'), answer.text]).toEqual(['"1"', undefined]);
  });

  it('GET with a matching ETag is answered 304, with a stale one in full', async () => {
    await supertest(app).get(`/things/${id}`).set('if-none-match', '"1"').expect(304);
    await supertest(app).get(`/things/${id}`).set('if-none-match', '"0"').expect(200);
  });
});

describe('what goes wrong inside', () => {
  const failing = (error: unknown) =>
    supertest(
      smallApp({
        log,
        failure: () => {
          throw error;
        },
      }),
    ).get('/failure');

  it.each(['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'PROTOCOL_CONNECTION_LOST', 'ER_CON_COUNT_ERROR'])(
    '%s is "not now": 503 with Retry-After, and nothing of it is told',
    async (code) => {
      const answer = await failing(Object.assign(new Error('10.0.0.7:3306 user root'), { code }));
      problem(answer, 'unavailable');
      expect(answer.get('retry-after')).toBe('1');
      expect(answer.text).not.toMatch(/10\.0\.0\.7|root/);
      expect(errors).toEqual([]);
    },
  );

  it.each([
    new TypeError("Cannot read 'secret' of undefined"),
    'a text',
    null,
    undefined,
    { status: 418 },
    new Error('SELECT secret'),
  ])('what nobody foresaw (%s) is 500, logged whole, and nothing of it is told', async (error) => {
    const answer = await failing(error);
    problem(answer, 'internal');
    expect(answer.text).not.toMatch(/secret|SELECT|at .*\.ts/);
    expect(errors.map(({ event }) => event)).toEqual(['request.failed']);
  });

  it('a refusal is its problem document, with its detail and members', async () => {
    const lines = [{ sku: 'CUP', wanted: 2, available: 1 }];
    const answer = await failing(new Refusal('out-of-stock', 'No.', { lines, retryAfterSeconds: 3 }));
    problem(answer, 'out-of-stock');
    expect(answer.body).toMatchObject({ detail: 'No.', lines });
    expect(answer.body).not.toHaveProperty('retryAfterSeconds');
    expect(answer.get('retry-after')).toBe('3');
  });
});

it('says nothing about what it is made of', async () => {
  const answer = await list('').expect(200);
  expect(answer.get('x-powered-by')).toBeUndefined();
});
