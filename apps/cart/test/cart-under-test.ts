/** The cart service with its neighbours and its store in memory, and a guest who uses it. */
import type { OutboundEvent } from '@souk/kit/dapr';
import { newId } from '@souk/kit/identifier';
import supertest, { type Response } from 'supertest';
import { createFakeState } from '../../../test/support/fake-state.ts';
import { openApiChecker } from '../../../test/support/openapi-check.ts';
import { buildUnderTest, sidecarHeaders } from '../../../test/support/service-under-test.ts';
import { asCustomer } from '../../../test/support/tokens.ts';
import { cart } from '../src/service.ts';
import { createNeighbours } from './neighbours-fake.ts';

export const address = {
  name: 'Ada Byron',
  line1: 'Hauptstr. 1',
  city: 'Berlin',
  postalCode: '10115',
  country: 'DE',
};
export const delivery = { email: 'ada@example.org', address, shippingMethod: 'standard' };

type Method = 'get' | 'post' | 'put' | 'delete';

export type Send = (
  method: Method,
  path: string,
  more?: { body?: object | undefined; headers?: Record<string, string> },
) => Promise<Response>;

export interface Customer {
  id: string;
  headers: { authorization: string };
  /** The id of the open cart, which is made if there is none. */
  cartId(): Promise<string>;
  /** A request with the customer's token. */
  send: Send;
  merge(guest: Guest): Promise<Response>;
}

export interface Guest {
  id: string;
  token: string;
  /** A request about the guest's own cart; `path` begins behind its id. */
  send: Send;
}

/** A new service; `replicas` share one store and have each their own memory. */
export async function openCarts() {
  const state = createFakeState();
  const neighbours = createNeighbours();
  neighbours.sell('CUP-1', 500);
  neighbours.sell('TEA-1', 1250);
  const broker = { away: false, published: [] as OutboundEvent[] };
  const publishBulk = async (_topic: string, events: OutboundEvent[]) => {
    if (broker.away) return { failedIds: events.map(({ id }) => id) };
    broker.published.push(...events);
    return { failedIds: [] };
  };
  const dapr = { state: () => state, invoke: neighbours.invoke, publishBulk };
  const clock = { now: new Date('2026-03-01T10:00:00Z') };
  const build = () => buildUnderTest(cart, { dapr, now: () => clock.now });
  const { app, built } = build();
  const documented = await openApiChecker(app);
  const sendTo =
    (target: typeof app): Send =>
    async (method, path, { body, headers = {} } = {}) => {
      const request = supertest(target)[method](path).set(headers);
      return documented(await (body === undefined ? request : request.send(body)));
    };
  const send = sendTo(app);
  return {
    ...{ app, built, state, neighbours, broker, clock, send },
    /** The same service in another process. */
    twin: () => sendTo(build().app),
    /** Delivers an event as the sidecar does. */
    deliver(type: string, payload: object) {
      const id = newId();
      const data = { id, type, at: new Date().toISOString(), subject: 'S1', version: 2, payload };
      return supertest(app)
        .post(`/events/${type}`)
        .set(sidecarHeaders())
        .send({ specversion: '1.0', id, data });
    },
    async customer(id = newId()): Promise<Customer> {
      const headers = await asCustomer(id);
      const own: Send = (method, path, { body, headers: more } = {}) =>
        send(method, path, { body, headers: { ...headers, ...more } });
      const cartId = async () => (await own('get', '/me/cart')).body.id;
      return {
        ...{ id, headers, cartId, send: own },
        async merge(guest) {
          const body = { from: guest.id, fromToken: guest.token };
          return own('post', `/carts/${await cartId()}/merge`, { body });
        },
      };
    },
    async guest(items?: object[], currency = 'EUR'): Promise<Guest> {
      const { body } = await send('post', '/carts', { body: { currency, ...(items && { items }) } });
      const own: Send = (method, path, { body: json, headers } = {}) =>
        send(method, `/carts/${body.id}${path}`, {
          body: json,
          headers: { 'cart-token': body.token, ...headers },
        });
      return { id: body.id, token: body.token, send: own };
    },
  };
}

export type Carts = Awaited<ReturnType<typeof openCarts>>;
