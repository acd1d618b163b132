/** Every operation of the running services × every kind of caller: what is answered is what the verdicts say, without exception. */
import { calls } from '@souk/contracts/calls';
import { mayDo, type Role, roles } from '@souk/contracts/permissions';
import { portsOf, serviceNames } from '@souk/contracts/ports';
import { newId } from '@souk/kit/identifier';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureSecrets } from '../../tools/platform/secrets.ts';
import { untilShopIsUp } from '../support/back-room.ts';
import { newCustomer, newStaff, type Person } from '../support/live-tokens.ts';
import { allRoutes, type KnownRoute, outerRoutes } from '../support/public-routes.ts';
import {
  type Belongings,
  closeBelongings,
  filled,
  livingKey,
  newBelongings,
  type SampleRequest,
  sampleRequests,
} from '../support/sample-requests.ts';
import { api, eventually } from '../support/shop.ts';
import { type Verdict, verdicts } from './access-verdicts.ts';

type Caller = 'nobody' | 'guest' | 'customer A' | 'customer B' | Role | 'an expired token';
const callers: readonly Caller[] = [
  'nobody',
  'guest',
  'customer A',
  'customer B',
  ...roles,
  'an expired token',
];
const isRole = (caller: Caller): caller is Role => (roles as readonly string[]).includes(caller);

/** 'in': neither 401 nor 403, and what is one's own is found. */
type Outcome = 'in' | 401 | 403 | 404;

let routes: KnownRoute[];
let own: Belongings;
let samples: Record<string, SampleRequest>;
let stranger: Person;
let staff: Record<Role, Person>;
let expired: string;

beforeAll(async () => {
  await untilShopIsUp();
  const inner = (await allRoutes()).filter(({ audience }) => audience === 'internal');
  routes = [...(await outerRoutes()), ...inner];
  own = await newBelongings();
  samples = sampleRequests(own);
  const key = await livingKey();
  stranger = await newCustomer(key);
  const people = await Promise.all(roles.map(async (role) => [role, await newStaff(key, [role])] as const));
  staff = Object.fromEntries(people) as Record<Role, Person>;
  const longAgo = Math.floor(Date.now() / 1_000) - 60;
  expired = `Bearer ${await key.token({ claims: { kind: 'staff', roles: ['owner'], exp: longAgo } })}`;
});
afterAll(() => closeBelongings());

/** What the verdict means for a caller. */
function outcomeFor(verdict: Verdict, caller: Caller): Outcome {
  switch (verdict.audience) {
    case 'internal':
      return 404;
    case 'public':
      return verdict.refusesItself ? 401 : 'in';
    case 'buyer': {
      if (caller === 'an expired token') return 401;
      if ('session' in verdict) return caller === 'nobody' || caller === 'guest' ? 401 : 'in';
      return !verdict.of || caller === 'guest' || caller === 'customer A' ? 'in' : 404;
    }
    case 'customer': {
      if (isRole(caller)) return 403;
      if (caller === 'customer A') return 'in';
      if (caller === 'customer B') return verdict.of ? 404 : 'in';
      return 401;
    }
    case 'staff': {
      if (isRole(caller)) return mayDo([caller], verdict.permission) ? 'in' : 403;
      return caller === 'customer A' || caller === 'customer B' ? 403 : 401;
    }
  }
}

interface Asked {
  method: string;
  path: string;
  headers: Record<string, string>;
  body?: unknown;
}

/** The sample of a route as this caller would send it: a guest's own things for guests, customer A's for all others. */
function requestOf(route: KnownRoute, caller: Caller, id?: string): Asked {
  const sample = samples[route.name]!;
  const { authorization: _staff, 'cart-token': _cart, 'order-token': _order, ...plain } = sample.headers;
  const asGuest = caller === 'guest' || caller === 'nobody' || caller === 'an expired token';
  const params = { ...sample.params };
  let { body } = sample;
  if (!asGuest && params.id === own.cart.id) params.id = own.customer.cartId;
  if (!asGuest && params.id === own.order.id) params.id = own.customer.orderId;
  if (id) params.id = id;
  if (route.name === 'POST /orders') {
    const cartId = id ?? (asGuest ? own.cart.id : own.customer.cartId);
    body = { ...(body as object), cartId };
  }
  const query = sample.path.includes('?') ? sample.path.slice(sample.path.indexOf('?')) : '';
  const headers = { ...plain, ...proofOf(caller) };
  return { method: route.method, path: filled(route.path, params) + query, headers, body };
}

function proofOf(caller: Caller): Record<string, string> {
  const guests = { 'cart-token': own.cart.token, 'order-token': own.order.token };
  if (caller === 'nobody') return {};
  if (caller === 'guest') return guests;
  if (caller === 'an expired token') return { ...guests, authorization: expired };
  if (caller === 'customer A') return own.customer.headers;
  return isRole(caller) ? staff[caller].headers : stranger.headers;
}

interface Answer {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: what came back
  problem: any;
}

/** A service that is away for a moment has not said whom it lets in. */
const ask = (asked: Asked): Promise<Answer> =>
  eventually(async () => {
    const answer = await askOnce(asked);
    return answer.status !== 503 && answer;
  }, 20_000);

async function askOnce({ method, path, headers, body }: Asked): Promise<Answer> {
  const response = await fetch(`${api}${path}`, {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    signal: AbortSignal.timeout(10_000),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const isProblem = response.headers.get('content-type') === 'application/problem+json';
  if (isProblem) return { status: response.status, problem: await response.json() };
  // A stream of events would not end by itself.
  await response.body?.cancel();
  return { status: response.status, problem: undefined };
}

/** Whoever is let in must not break anything: what is too much to be done is stopped by a parameter that nobody knows. */
function harmless(asked: Asked, route: KnownRoute): Asked {
  const sample = samples[route.name]!;
  if (sample.expected !== undefined || sample.streams) return asked;
  return { ...asked, path: `${asked.path}${asked.path.includes('?') ? '&' : '?'}frobnicate=1` };
}

function agrees(outcome: Outcome, verdict: Verdict, { status }: Answer): boolean {
  if (outcome !== 'in') return status === outcome || (status === 429 && verdict.audience === 'public');
  const found = !('of' in verdict && verdict.of) || status !== 404;
  return status < 500 && status !== 401 && status !== 403 && found;
}

/** Sends what these callers would send on these routes, and answers each that was not treated as declared. */
async function mismatches(chosen: readonly KnownRoute[], whom: readonly Caller[]): Promise<string[]> {
  const wrong: string[] = [];
  for (const route of chosen) {
    const verdict = verdicts[route.name]!;
    for (const caller of whom) {
      const outcome = outcomeFor(verdict, caller);
      const asked = requestOf(route, caller);
      const answer = await ask(outcome === 'in' ? harmless(asked, route) : asked);
      if (!agrees(outcome, verdict, answer))
        wrong.push(`${route.name} by ${caller}: ${answer.status}, declared ${outcome}`);
    }
  }
  return wrong;
}

const declared = (audience: string) => routes.filter((route) => verdicts[route.name]?.audience === audience);

describe('the verdicts', () => {
  it('name every operation of the running services, and no other', () => {
    const names = routes.map(({ name }) => name);
    expect(names.filter((name) => !verdicts[name])).toEqual([]);
    expect(Object.keys(verdicts).filter((name) => !names.includes(name))).toEqual([]);
  });

  it('say the same of each as the services do', () => {
    const said = routes.map(({ name, audience, permission }) => ({ name, audience, permission }));
    const ours = routes.map(({ name }) => {
      const { audience, ...more } = verdicts[name] ?? { audience: 'undeclared' };
      return { name, audience, permission: 'permission' in more ? more.permission : undefined };
    });
    expect(said).toEqual(ours);
  });

  it('name the callers of internal operations as the call table does', () => {
    for (const route of declared('internal')) {
      const verdict = verdicts[route.name] as unknown as { callers: string[] };
      const inTable = calls
        .filter(
          ({ callee, method, path }) => `${callee} ${method} ${path}` === `${route.service} ${route.name}`,
        )
        .map(({ caller }) => caller);
      expect([route.name, [...verdict.callers].toSorted()]).toEqual([route.name, inTable.toSorted()]);
    }
  });

  it('stand beside a sample request for each operation at the ingress', () => {
    const outer = routes.filter(({ audience }) => audience !== 'internal');
    expect(outer.map(({ name }) => name).filter((name) => !samples[name])).toEqual([]);
  });
});

describe('every request', () => {
  it('to what is for everybody is answered whoever asks, whatever they hold', async () => {
    expect(await mismatches(declared('public'), callers)).toEqual([]);
  });

  it('to what is for buyers is answered to the owner, guest or customer', async () => {
    expect(await mismatches(declared('buyer'), callers)).toEqual([]);
  });

  it('to what is for customers is answered to customers', async () => {
    expect(await mismatches(declared('customer'), callers)).toEqual([]);
  });

  it('to what is for staff is refused to all others', async () => {
    const others = callers.filter((caller) => !isRole(caller));
    expect(await mismatches(declared('staff'), others)).toEqual([]);
  });

  it('every role is let in exactly where its permissions say so', async () => {
    expect(declared('staff').length).toBeGreaterThan(50);
    expect(await mismatches(declared('staff'), roles)).toEqual([]);
  });

  it('to what is for services is not even known at the ingress', async () => {
    const wrong: string[] = [];
    for (const route of declared('internal')) {
      for (const caller of callers) {
        const path = route.path.replaceAll(/\{\w+\}/g, newId());
        const body = route.body ? {} : undefined;
        const { status } = await ask({ method: route.method, path, headers: proofOf(caller), body });
        if (status !== 404) wrong.push(`${route.name} by ${caller}: ${status}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('of a service that the call table does not name for it ends at the sidecar', async () => {
    const token = ensureSecrets().platform['dapr-api-token'];
    const wrong: string[] = [];
    for (const route of routes) {
      const isNamed = (caller: string) =>
        calls.some((row) => row.caller === caller && row.callee === route.service && row.path === route.path);
      const strangers = serviceNames.filter((name) => calls.some(({ caller }) => caller === name));
      const foreign = strangers.find((name) => name !== route.service && !isNamed(name));
      // The public keys are for all: whoever may ask for anything may ask for them.
      if (!foreign) continue;
      const path = route.path.replaceAll(/\{\w+\}/g, newId());
      const url = `http://127.0.0.1:${portsOf(foreign).daprHttp}/v1.0/invoke/${route.service}/method${path}`;
      const response = await fetch(url, {
        method: route.method,
        headers: { 'dapr-api-token': token, ...staff.owner.headers },
        signal: AbortSignal.timeout(5_000),
      });
      const text = await response.text();
      if (response.status !== 403 || !text.includes('PermissionDenied'))
        wrong.push(`${route.name} by ${foreign}: ${response.status} ${text.slice(0, 100)}`);
    }
    expect(wrong).toEqual([]);
  });
});

it("a stranger's thing is not found, with the very answer of what does not exist", async () => {
  const owned = routes.filter(({ name }) => {
    const verdict = verdicts[name];
    return verdict && 'of' in verdict && verdict.of;
  });
  expect(owned.length).toBeGreaterThanOrEqual(12);
  const seen = ({ status, problem }: Answer) => [status, { ...problem, instance: undefined }];
  for (const route of owned) {
    const [foreign, missing] = await Promise.all([
      ask(requestOf(route, 'customer B')),
      ask(requestOf(route, 'customer B', newId())),
    ]);
    expect([route.name, ...seen(foreign)]).toEqual([route.name, ...seen(missing)]);
    expect([route.name, foreign.status]).toEqual([route.name, 404]);
  }
});
