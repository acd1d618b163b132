/** A hundred hostile texts in every place for text: never a 5xx, and what is accepted comes back as it was sent. */
import { type ProblemCode, problems } from '@souk/contracts/problems';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sampleTraces } from '../../perf/counters.ts';
import { newArticle, untilShopIsUp } from '../support/back-room.ts';
import { hostileTexts } from '../support/hostile-text.ts';
import { faultsOf } from '../support/problem-check.ts';
import { type PublicRoute, placesIn, publicRoutes, withValueAt } from '../support/public-routes.ts';
import {
  closeBelongings,
  filled,
  newBelongings,
  type SampleRequest,
  sampleRequests,
} from '../support/sample-requests.ts';
import {
  type Answer,
  addressIn,
  eventually,
  type Json,
  mailsTo,
  newEmail,
  place,
  readOrder,
  type Sending,
  send,
} from '../support/shop.ts';

let restoreTraces: () => Promise<void>;
let routes: PublicRoute[];
let samples: Record<string, SampleRequest>;

beforeAll(async () => {
  await untilShopIsUp();
  // Thousands of traces that nobody reads.
  restoreTraces = await sampleTraces(0.01);
  samples = sampleRequests(await newBelongings());
  // A stream that begins does not end by itself.
  routes = (await publicRoutes()).filter(({ name }) => !samples[name]?.streams);
});
afterAll(async () => {
  await restoreTraces();
  await closeBelongings();
});

interface Attempt {
  what: string;
  method: string;
  path: string;
  sending: Sending;
}

/** Codes with which a text may be refused: all that are the sender's business. */
const refusals = (Object.keys(problems) as ProblemCode[]).filter((code) => problems[code].status < 500);

const encoded = (text: string) => encodeURIComponent(text.toWellFormed());
const manyAtOnce = 8;

/** Sends all, eight at a time, and answers what was wrong. */
async function tryAll(attempts: Attempt[]): Promise<string[]> {
  expect(attempts.length).toBeGreaterThan(hostileTexts.length);
  const wrong: string[] = [];
  const queue = [...attempts];
  const worker = async () => {
    for (let next = queue.pop(); next; next = queue.pop()) {
      const { what, method, path, sending } = next;
      const answer: Answer | Error = await send(method, path, sending).catch((error: Error) => error);
      if (answer instanceof Error) wrong.push(`${what}: ${answer.message}`);
      else if (answer.status >= 400)
        wrong.push(
          ...faultsOf(answer, refusals, { mayBeUntraced: true }).map((fault) => `${what}: ${fault}`),
        );
    }
  };
  await Promise.all(Array.from({ length: manyAtOnce }, worker));
  return wrong;
}

const attemptsOf = (
  make: (route: PublicRoute, sample: SampleRequest, text: string) => Attempt[],
): Attempt[] =>
  routes.flatMap((route) => hostileTexts.flatMap((text) => make(route, samples[route.name]!, text)));
const told = (text: string) => JSON.stringify(text).slice(0, 60);

describe('a hostile text', () => {
  it('in any text of a body never makes a 5xx', async () => {
    const attempts = attemptsOf((route, { path, headers, body }, text) =>
      placesIn(route.body ?? {})
        .filter(({ schema }) => schema.type === 'string')
        .map((found) => ({
          what: `${route.name} /${found.path.join('/')} = ${told(text)}`,
          method: route.method,
          path,
          sending: {
            headers:
              'idempotency-key' in headers ? { ...headers, 'idempotency-key': crypto.randomUUID() } : headers,
            body: withValueAt(body, found.path, text),
          },
        })),
    );
    expect(await tryAll(attempts)).toEqual([]);
  }, 180_000);

  it('as the name of a field never makes a 5xx', async () => {
    const attempts = attemptsOf((route, { path, headers, body }, text) =>
      route.body
        ? [
            {
              what: `${route.name} {${told(text)}}`,
              method: route.method,
              path,
              sending: { headers, body: { ...(body as object), [text]: text } },
            },
          ]
        : [],
    );
    expect(await tryAll(attempts)).toEqual([]);
  });

  it('in any parameter of a path never makes a 5xx', async () => {
    const attempts = attemptsOf((route, { params, headers, body }, text) =>
      Object.keys(params).map((name) => ({
        what: `${route.name} {${name}} = ${told(text)}`,
        method: route.method,
        path: filled(route.path, { ...params, [name]: encoded(text) }),
        sending: { headers, body },
      })),
    );
    expect(await tryAll(attempts)).toEqual([]);
  }, 120_000);

  it('in any parameter of a query, or as its name, never makes a 5xx', async () => {
    const attempts = attemptsOf((route, { path, headers, body }, text) => {
      const names = route.parameters.filter((parameter) => parameter.in === 'query').map(({ name }) => name);
      const queries = [
        ...names.map((name) => `${name === 'further' ? 'attr.colour' : name}=${encoded(text)}`),
        `${encoded(text)}=1`,
        ...(names.includes('further') ? [`attr.${encoded(text)}=1`] : []),
      ];
      return queries.map((query) => ({
        what: `${route.name} ?${query.slice(0, 60)}`,
        method: route.method,
        path: `${path.split('?')[0]}?${query}`,
        sending: { headers, body: route.name === 'POST /orders' ? {} : body },
      }));
    });
    expect(await tryAll(attempts)).toEqual([]);
  }, 120_000);

  it('in any header never makes a 5xx', async () => {
    // What HTTP lets into a header at all: the rest never leaves a client.
    const fits = (text: string) =>
      [...text].every((sign) => sign === '\t' || (sign >= ' ' && sign <= 'ÿ' && sign !== '\u007f'));
    const attempts = attemptsOf((route, { path, headers, body }, text) =>
      fits(text)
        ? [
            ...route.parameters.filter((parameter) => parameter.in === 'header').map(({ name }) => name),
            'traceparent',
          ]
            .filter((name) => name !== 'idempotency-key' || route.name !== 'POST /orders')
            .map((name) => ({
              what: `${route.name} ${name}: ${told(text)}`,
              method: route.method,
              path,
              sending: {
                headers: { ...headers, [name]: text },
                body: route.name === 'POST /orders' ? {} : body,
              },
            }))
        : [],
    );
    expect(await tryAll(attempts)).toEqual([]);
  }, 120_000);
});

describe('a name that looks hostile', () => {
  const fields = ['name', 'line1', 'line2', 'city', 'region', 'postalCode'] as const;
  const most = { name: 100, line1: 120, line2: 120, city: 80, region: 80, postalCode: 16 };
  const lawful = hostileTexts.filter((text) => text.trim() === text && text !== '' && text.isWellFormed());

  /** An order whose address is made of such texts; each field gets those that fit it. */
  async function orderFor(nth: number): Promise<{ address: Json; order: Json; email: string }> {
    const address: Record<string, string> = addressIn('DE');
    for (const [i, field] of fields.entries()) {
      const fitting = lawful.filter((text) => text.length <= most[field]);
      address[field] = fitting[(nth * fields.length + i) % fitting.length]!;
    }
    const article = await newArticle({ stock: 1 });
    const made = await send('POST', '/carts', {
      body: { currency: 'EUR', items: [{ sku: article.sku, quantity: 1 }] },
    });
    const headers = { 'cart-token': made.body.token };
    const email = newEmail();
    const body = { email, address, shippingMethod: 'standard' };
    const delivered = await send('PUT', `/carts/${made.body.id}/delivery`, { headers, body });
    expect([delivered.status, JSON.stringify(delivered.body.errors)]).toEqual([200, undefined]);
    const cart = { id: made.body.id, token: made.body.token, email, quote: delivered.body.quote };
    const placed = await place(cart);
    expect([placed.status, address]).toEqual([201, address]);
    return { address, order: placed.body, email };
  }

  it('is accepted, kept as it is, and comes back so from the order', async () => {
    const count = Math.ceil(lawful.length / fields.length);
    for (let nth = 0; nth < count; nth += 1) {
      const { address, order } = await orderFor(nth);
      expect((await readOrder(order)).address).toEqual(address);
    }
  }, 120_000);

  it('is text in the mail, never markup and never a header', async () => {
    const article = await newArticle({ stock: 1 });
    const made = await send('POST', '/carts', {
      body: { currency: 'EUR', items: [{ sku: article.sku, quantity: 1 }] },
    });
    const headers = { 'cart-token': made.body.token };
    const email = newEmail();
    const address = {
      ...addressIn('DE'),
      name: '<script>alert(1)</script>',
      line1: '{{7*7}} \u0024{7*7}',
      city: 'a\r\nBcc: everybody@example.org',
    };
    const delivered = await send('PUT', `/carts/${made.body.id}/delivery`, {
      headers,
      body: { email, address, shippingMethod: 'standard' },
    });
    expect(delivered.status).toBe(200);
    const placed = await place({
      id: made.body.id,
      token: made.body.token,
      email,
      quote: delivered.body.quote,
    });
    expect(placed.status).toBe(201);
    const mail = await eventually(async () => (await mailsTo(email))[0]);
    expect(mail.to).toEqual([email]);
    expect(mail.html).not.toContain('<script>');
    expect(mail.html).not.toMatch(/\b49\b.*\b49\b/);
    expect(Object.keys(mail.headers).map((name) => name.toLowerCase())).not.toContain('bcc');
    const bystander = await mailsTo('everybody@example.org');
    expect(bystander).toEqual([]);
  });
});
