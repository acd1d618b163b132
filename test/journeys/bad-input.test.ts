/** One table over every public route: whatever is wrong with a request, the answer is a problem document with its code. */
import type { ProblemCode } from '@souk/contracts/problems';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { untilShopIsUp } from '../support/back-room.ts';
import { expectProblem, faultsOf } from '../support/problem-check.ts';
import {
  type PublicRoute,
  placesIn,
  publicRoutes,
  type Schema,
  withValueAt,
} from '../support/public-routes.ts';
import {
  type Belongings,
  closeBelongings,
  filled,
  newBelongings,
  type SampleRequest,
  sampleRequests,
} from '../support/sample-requests.ts';
import { type Answer, place, readyCart, type Sending, send } from '../support/shop.ts';

/** A request that is wrong in one place, and the codes that may answer it. */
interface Spoiled {
  what: string;
  method?: string;
  path?: string;
  headers?: Record<string, string>;
  body?: unknown;
  codes: ProblemCode[];
  /** Where the fault must be said to be, if it is one of validation. */
  pointer?: string;
}

let routes: PublicRoute[];
let own: Belongings;
let others: Belongings;
let samples: Record<string, SampleRequest>;

beforeAll(async () => {
  await untilShopIsUp();
  routes = await publicRoutes();
  own = await newBelongings();
  others = await newBelongings();
  samples = sampleRequests(own);
});
afterAll(() => closeBelongings());

/** The good request of a route; a route without one has not been thought about. */
function sampleOf({ name }: PublicRoute): SampleRequest {
  const sample = samples[name];
  if (!sample) throw new Error(`${name} has no row in test/support/sample-requests.ts`);
  return sample;
}

const sending = ({ headers, body }: { headers: Record<string, string>; body?: unknown }): Sending => ({
  headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
  ...(body === undefined ? {} : { body }),
});

async function ask(route: PublicRoute, sample: SampleRequest, spoiled: Spoiled): Promise<Answer> {
  const body = 'body' in spoiled ? spoiled.body : sample.body;
  const headers = { ...sample.headers, ...spoiled.headers };
  for (const [name, value] of Object.entries(headers)) if (value === absent) delete headers[name];
  return send(spoiled.method ?? route.method, spoiled.path ?? sample.path, sending({ headers, body }));
}

const absent = '\u0000';

/** Sends every spoiled request of every route and answers what was wrong with the answers. */
async function tryAll(spoil: (route: PublicRoute, sample: SampleRequest) => Spoiled[]): Promise<string[]> {
  const wrong: string[] = [];
  let count = 0;
  for (const route of routes) {
    const sample = sampleOf(route);
    for (const spoiled of spoil(route, sample)) {
      count += 1;
      const answer = await ask(route, sample, spoiled);
      const faults = faultsOf(answer, spoiled.codes);
      const pointers = (answer.body?.errors ?? []).map(({ pointer }: { pointer: string }) => pointer);
      if (spoiled.pointer && !pointers.includes(spoiled.pointer)) faults.push(`pointers [${pointers}]`);
      if (answer.status !== 405 && !(answer.status in route.responses))
        faults.push(`${answer.status} is not documented`);
      for (const fault of faults) wrong.push(`${route.name} with ${spoiled.what}: ${fault}`);
    }
  }
  expect(count).toBeGreaterThan(0);
  return wrong;
}

const withQuery = ({ path }: SampleRequest, query: string) =>
  `${path}${path.includes('?') ? '&' : '?'}${query}`;
const invalid: ProblemCode[] = ['invalid-request'];

describe('the table', () => {
  it('has a row for every public route, and each row is good as it stands', async () => {
    expect(routes.map(({ name }) => name).filter((name) => !samples[name])).toEqual([]);
    expect(routes.length).toBeGreaterThanOrEqual(18);
    for (const route of routes) {
      const sample = sampleOf(route);
      if (sample.expected === undefined) continue;
      const answer = await send(route.method, sample.path, sending(sample));
      expect([route.name, answer.status]).toEqual([route.name, sample.expected]);
    }
  });
});

describe('a query', () => {
  it('with a parameter that the route does not know is refused', async () => {
    const unknown = (_route: PublicRoute, sample: SampleRequest): Spoiled[] => [
      {
        what: '?frobnicate=1',
        path: withQuery(sample, 'frobnicate=1'),
        codes: invalid,
        pointer: '/query/frobnicate',
      },
      { what: '?__proto__=1', path: withQuery(sample, '__proto__=1'), codes: invalid },
    ];
    expect(await tryAll(unknown)).toEqual([]);
  });

  it('with a parameter twice, or with a value that does not fit, is refused', async () => {
    const wrongValues: Record<string, string[]> = {
      limit: ['0', '-1', '101', '1.5', '1e3', 'ten', '', '9007199254740993'],
      minPrice: ['-1', '1.5', 'x', '1e30', ''],
      maxPrice: ['-1', '1.5', 'x', '1e30', ''],
      currency: ['eur', 'XXX', ''],
      country: ['de', 'DEU', '1', ''],
      sort: ['cheap', ''],
      cursor: ['%00', 'a b', ''],
      category: ['../x', 'UP', ''],
      q: ['x'.repeat(501)],
      v: ['../x', ''],
    };
    const spoil = (route: PublicRoute, sample: SampleRequest): Spoiled[] =>
      route.parameters
        .filter((parameter) => parameter.in === 'query' && parameter.name !== 'further')
        .flatMap(({ name }) => {
          const base = { ...sample, path: sample.path.split('?')[0]! };
          const codes = invalid;
          const pointer = `/query/${name}`;
          const twice = {
            what: `${name} twice`,
            path: withQuery(base, `${name}=a&${name}=b`),
            codes,
            pointer,
          };
          const wrong = (wrongValues[name] ?? []).map((value) => ({
            what: `${name}=${value}`,
            path: withQuery(base, `${name}=${value}`),
            codes,
            pointer,
          }));
          return [twice, ...wrong];
        });
    expect(await tryAll(spoil)).toEqual([]);
  });
});

describe('a path', () => {
  it('with a parameter of another shape is refused or not found', async () => {
    const values = ['%20', '-', '..;', 'x'.repeat(300), '%F0%9F%92%A9', "'%20OR%201=1", '%C3%A9', 'null'];
    const spoil = (route: PublicRoute, sample: SampleRequest): Spoiled[] =>
      Object.keys(sample.params).flatMap((name) =>
        values.map((value) => ({
          what: `{${name}} = ${value.slice(0, 20)}`,
          path:
            filled(route.path, { ...sample.params, [name]: value }) + (sample.path.match(/\?.*/)?.[0] ?? ''),
          codes: ['invalid-request', 'not-found'],
        })),
      );
    expect(await tryAll(spoil)).toEqual([]);
  });

  it('known, with a method that it does not have, is 405 with those that it has', async () => {
    const paths = Map.groupBy(routes, ({ path }) => path);
    for (const [path, known] of paths) {
      const methods = known.map(({ method }) => method);
      const sample = sampleOf(known[0]!);
      for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'PATCH'].filter((m) => !methods.includes(m))) {
        const answer = await send(method, sample.path, { headers: sample.headers });
        const found = [path, method, answer.status, answer.body?.code];
        expect(found).toEqual([path, method, 405, 'method-not-allowed']);
        expect(answer.headers.get('allow')?.split(', ')).toEqual(expect.arrayContaining(methods));
      }
    }
  });
});

describe('a body', () => {
  const taking = (spoil: (schema: Schema, sample: SampleRequest) => Spoiled[]) =>
    tryAll((route, sample) => (route.body ? spoil(route.body, sample) : []));

  it('with a field that nobody knows, at any depth, is refused', async () => {
    const spoil = (schema: Schema, { body }: SampleRequest): Spoiled[] =>
      [{ path: [], schema }, ...placesIn(schema)]
        .filter((place) => place.schema.type === 'object')
        .flatMap(({ path }) =>
          ['frobnicate', 'isAdmin', 'constructor'].map((name) => ({
            what: `/${[...path, name].join('/')}`,
            body: withValueAt(body, [...path, name], 1),
            codes: invalid,
            pointer: `/body/${[...path, name].join('/')}`,
          })),
        );
    expect(await taking(spoil)).toEqual([]);
  });

  it('with a value of another type in any place is refused there', async () => {
    const values = {
      string: 'text',
      number: 7,
      fraction: 1.5,
      boolean: true,
      null: null,
      array: [[]],
      object: { a: 1 },
    };
    const fits = (type: string | undefined, kind: string) =>
      (type === 'string' && kind === 'string') ||
      (type === 'integer' && kind === 'number') ||
      (type === 'array' && kind === 'array') ||
      (type === 'object' && kind === 'object');
    const spoil = (schema: Schema, { body }: SampleRequest): Spoiled[] =>
      placesIn(schema).flatMap(({ path, schema: { type } }) =>
        Object.entries(values)
          .filter(([kind]) => !fits(type, kind))
          .map(([kind, value]) => ({
            what: `/${path.join('/')} = ${kind}`,
            body: withValueAt(body, path, value),
            codes: invalid,
            pointer: `/body/${path.join('/')}`,
          })),
      );
    expect(await taking(spoil)).toEqual([]);
  });

  it('with a number that is negative, zero, huge, a fraction or a text is refused there', async () => {
    const numbers = ['-1', '0', '1.5', '1e308', '9007199254740993', '-0.5', '1e-7', '"2"', '100'];
    const spoil = (schema: Schema, { body }: SampleRequest): Spoiled[] =>
      placesIn(schema)
        .filter((place) => place.schema.type === 'integer')
        .flatMap(({ path }) =>
          numbers.map((number) => ({
            what: `/${path.join('/')} = ${number}`,
            body: JSON.stringify(withValueAt(body, path, '@')).replace('"@"', number),
            codes: invalid,
            pointer: `/body/${path.join('/')}`,
          })),
        );
    expect(await taking(spoil)).toEqual([]);
  });

  it('without what is required is refused there', async () => {
    const spoil = (schema: Schema, { body }: SampleRequest): Spoiled[] =>
      (schema.required ?? []).map((name) => ({
        what: `no ${name}`,
        body: { ...(body as object), [name]: undefined },
        codes: invalid,
        pointer: `/body/${name}`,
      }));
    expect(await taking(spoil)).toEqual([]);
  });

  it('that is no JSON, or JSON of another kind, or without end, is refused', async () => {
    const spoil = (): Spoiled[] => [
      ...['{', '{"a":}', 'nonsense', '\u0000', "{'a':1}", '{"a":1}}'].map((body) => ({
        what: JSON.stringify(body),
        body,
        codes: ['malformed-json'] as ProblemCode[],
      })),
      ...['', 'null', '[]', '"text"', '1', 'true', '{"__proto__":{"a":1}}', '[[[[]]]]'].map((body) => ({
        what: JSON.stringify(body),
        body,
        codes: invalid,
      })),
      { what: '30,000 brackets', body: '['.repeat(30_000) + ']'.repeat(30_000), codes: invalid },
      { what: '30,000 open brackets', body: '['.repeat(30_000), codes: ['malformed-json'] },
      { what: 'objects in objects', body: `${'{"a":'.repeat(9_000)}1${'}'.repeat(9_000)}`, codes: invalid },
    ];
    expect(await taking(spoil)).toEqual([]);
  });

  it('of another type, or in an encoding that nobody knows, is refused', async () => {
    const types = [
      'text/plain',
      'application/xml',
      'application/x-www-form-urlencoded',
      'multipart/form-data',
      '*/*',
    ];
    const spoil = (): Spoiled[] => [
      ...types.map((type) => ({
        what: type,
        headers: { 'content-type': type },
        codes: ['unsupported-media-type'] as ProblemCode[],
      })),
      { what: 'content-encoding', headers: { 'content-encoding': 'x' }, codes: ['unsupported-media-type'] },
      {
        what: 'charset',
        headers: { 'content-type': 'application/json; charset=klingon' },
        codes: ['unsupported-media-type'],
      },
    ];
    expect(await taking(spoil)).toEqual([]);
  });

  it('of more than 64 kB is refused, whatever is in it', async () => {
    const spoil = (_schema: Schema, { body }: SampleRequest): Spoiled[] => [
      {
        what: 'a long field',
        body: { ...(body as object), note: 'x'.repeat(66_000) },
        codes: ['body-too-large'],
      },
      { what: 'blanks', body: `${JSON.stringify(body)}${' '.repeat(66_000)}`, codes: ['body-too-large'] },
      { what: 'a megabyte', body: 'x'.repeat(1_000_000), codes: ['body-too-large'] },
    ];
    expect(await taking(spoil)).toEqual([]);
  });
});

describe('a key', () => {
  const keyed = ({ parameters, responses }: PublicRoute) =>
    parameters.some(({ name }) => name === 'idempotency-key') &&
    JSON.stringify(responses).includes('idempotency-key-required');

  it('that is missing or of another shape is refused where it is required', async () => {
    const codes = invalid;
    const wrong = ['short', 'x'.repeat(129), 'with blanks in it', 'k\u00e9y-of-mine'];
    const spoil = (route: PublicRoute): Spoiled[] => {
      if (!keyed(route)) return [];
      const missing = { 'idempotency-key': absent };
      return [
        { what: 'no key', headers: missing, codes: ['idempotency-key-required'] },
        ...wrong.map((key) => ({ what: key, headers: { 'idempotency-key': key }, codes })),
      ];
    };
    expect(await tryAll(spoil)).toEqual([]);
  });

  it('that belongs to another body is refused, and its own body gets its answer again', async () => {
    const cart = await readyCart({ lines: [{ sku: own.sku, quantity: 1 }] });
    const key = `key-${cart.id}`;
    const first = await place(cart, { key });
    expect(first.status).toBe(201);
    expectProblem(await place(cart, { key, card: 'tok_declined' }), 'idempotency-key-reused');
    expect((await place(cart, { key })).body).toEqual(first.body);
  });

  it('of an added item is refused with another item, and adds once', async () => {
    const cart = await readyCart({ lines: [{ sku: own.sku, quantity: 1 }] });
    const headers = { 'cart-token': cart.token, 'idempotency-key': `add-${cart.id}` };
    const add = (sku: string) =>
      send('POST', `/carts/${cart.id}/items`, { headers, body: { sku, quantity: 3 } });
    expect((await add(others.sku)).status).toBe(200);
    expect((await add(others.sku)).body.lines.map(({ quantity }: { quantity: number }) => quantity)).toEqual([
      1, 3,
    ]);
    expectProblem(await add(own.sku), 'idempotency-key-reused');
  });
});
