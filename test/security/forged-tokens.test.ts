/** No service falls for a forged token: each is tried on each, at its own port and through the ingress. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ports, portsOf, serviceNames } from '@souk/contracts/ports';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeBackRoom, schema, untilShopIsUp } from '../support/back-room.ts';
import { type LiveKey, newCustomer, newStaff, plantKey } from '../support/live-tokens.ts';
import { faultsOf } from '../support/problem-check.ts';
import { allRoutes, type PublicRoute } from '../support/public-routes.ts';
import { rawRequest, sendRaw } from '../support/raw-http.ts';
import { send } from '../support/shop.ts';
import { type Forgery, forgeries, pretenders } from './forgeries.ts';

type KnownRoute = PublicRoute & { audience: string };
let routes: KnownRoute[];
let key: LiveKey;
let lure: Server;
let lured = 0;

beforeAll(async () => {
  await untilShopIsUp();
  routes = await allRoutes();
  key = await plantKey();
  lure = createServer((_request, response) => {
    lured += 1;
    response.end('{"keys":[]}');
  }).listen(0, '127.0.0.1');
});
afterAll(async () => {
  await key?.remove();
  lure?.close();
  await closeBackRoom();
});

/** The first GET of a service for these people. */
function guarded(service: string, ...audiences: string[]): KnownRoute | undefined {
  return routes.find(
    (route) => route.service === service && route.method === 'GET' && audiences.includes(route.audience),
  );
}

const doorsOf = (route: KnownRoute) => [
  { port: portsOf(route.service).app as number, prefix: '' },
  { port: ports.ingress as number, prefix: '/api/v1' },
];

/** Tries all at both doors of a route and answers what was wrong with the refusals. */
async function tryAll(route: KnownRoute, tries: readonly Forgery[]): Promise<string[]> {
  const wrong: string[] = [];
  for (const { port, prefix } of doorsOf(route)) {
    for (const { what, headers, query, status, orUnknown } of tries) {
      const path = `${prefix}${route.path.replaceAll(/\{\w+\}/g, 'x')}${query ? `?${query}` : ''}`;
      const answer = await sendRaw(rawRequest(route.method, path, headers), { port });
      const codes = { 401: 'unauthorised', 403: 'forbidden', 431: 'headers-too-large' } as const;
      // Headers beyond all measure are refused by Node itself, before there is an app that could say it nicely.
      const early = status === 431 && port !== ports.ingress;
      const faults = early
        ? answer.status === 431
          ? []
          : [`${answer.status}`]
        : faultsOf(answer, [codes[status], ...(orUnknown ? (['unauthorised'] as const) : [])], {
            mayBeUntraced: status === 431,
          });
      for (const fault of faults) wrong.push(`${route.name} at ${port} with ${what}: ${fault}`);
    }
  }
  return wrong;
}

describe.each(serviceNames)('%s', (service) => {
  it('takes a good token, so that refusals say something', async () => {
    const route = guarded(service, 'staff', 'customer', 'buyer');
    expect(route, `${service} has no route that asks for a token`).toBeDefined();
    const person = route!.audience === 'staff' ? await newStaff(key, ['owner']) : await newCustomer(key);
    const bearer = [`authorization: ${person.headers.authorization}`];
    for (const { port, prefix } of doorsOf(route!)) {
      const path = `${prefix}${route!.path.replaceAll(/\{\w+\}/g, 'x')}`;
      const answer = await sendRaw(rawRequest('GET', path, bearer), { port });
      expect([route!.name, answer.status]).not.toEqual([route!.name, 401]);
      expect([route!.name, answer.status]).not.toEqual([route!.name, 403]);
    }
  });

  it('refuses every forged token with 401', async () => {
    const all = await forgeries(key, `http://127.0.0.1:${(lure.address() as AddressInfo).port}`);
    expect(all.length).toBeGreaterThanOrEqual(20);
    const route = guarded(service, 'staff', 'customer');
    const wrong = route ? await tryAll(route, all) : [];
    // Where guests are welcome, too, a bad token makes nobody a guest.
    const open = guarded(service, 'buyer');
    const shown = all.filter(({ headers, status }) => status === 401 && /^auth/.test(headers[0] ?? ''));
    const wrongOpen = open ? await tryAll(open, shown) : [];
    expect(route ?? open, `${service} has no route that asks for a token`).toBeDefined();
    expect([...wrong, ...wrongOpen]).toEqual([]);
  });

  it('refuses good tokens of those who claim what they are not with 403', async () => {
    const forStaff = guarded(service, 'staff');
    const wrong = forStaff ? await tryAll(forStaff, await pretenders(key)) : [];
    const forCustomers = guarded(service, 'customer');
    const owner = await key.token({ claims: { kind: 'staff', roles: ['owner'] } });
    const staff: Forgery = {
      what: 'an owner as a customer',
      headers: [`authorization: Bearer ${owner}`],
      status: 403,
    };
    const wrongKind = forCustomers ? await tryAll(forCustomers, [staff]) : [];
    expect(forStaff ?? forCustomers).toBeDefined();
    expect([...wrong, ...wrongKind]).toEqual([]);
  });
});

describe('a refresh token', () => {
  it('is no access token', async () => {
    const { hash } = await import('@node-rs/argon2');
    const { id, email } = await newCustomer(key);
    const password = `correct horse ${id}`;
    await schema('identity')('accounts')
      .where({ id })
      .update({ password_hash: await hash(password) });
    const session = await send('POST', '/sessions', { body: { email, password } });
    expect(session.status).toBe(201);
    const { accessToken, refreshToken } = session.body;
    const me = (token: string) => send('GET', '/me', { headers: { authorization: `Bearer ${token}` } });
    expect((await me(accessToken)).status).toBe(200);
    expect(faultsOf(await me(refreshToken), ['unauthorised'])).toEqual([]);
  });
});

it('whoever offers a key of their own is not even listened to', () => {
  expect(lured).toBe(0);
});
