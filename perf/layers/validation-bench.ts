/**
 * What checking costs by itself: the route tables' own schemas on requests as a guest sends them, in a hot loop. The shop
 * has no switch for it. Prints a {@link Checked} as JSON.
 */
import { randomBytes } from 'node:crypto';
import type { ServiceName } from '@souk/contracts/ports';
import { newId } from '@souk/kit/identifier';
import type { Route } from '@souk/kit/routes';
import { type Fault, namedValues, type Validator, validatorOf } from '@souk/kit/validate';
import { routesOf } from '../../tools/generate/merged-openapi.ts';

/** Milliseconds of processor time. */
export interface Checked {
  /** The one request that cart sends to pricing for a quote. */
  quote: number;
  /** The six requests of a guest's checkout of three articles. */
  checkout: number;
}

const warmUpMs = 500;
const benchMs = 1_500;
const batch = 100;

interface Sent {
  service: ServiceName;
  operationId: string;
  path?: Record<string, string>;
  query?: Record<string, string>;
  headers?: Record<string, string>;
  body?: unknown;
}

const token = randomBytes(32).toString('base64url');
const id = newId();
const lines = ['ACTFI-0001', 'ACTFI-0008', 'ACTFI-0015'].map((sku) => ({ sku, quantity: 1 }));
const address = {
  name: 'Ada Byron',
  line1: 'Marktgasse 7',
  city: 'Bonn',
  postalCode: '53111',
  country: 'DE',
};
const ofCart = { service: 'cart', path: { id }, headers: { 'cart-token': token } } as const;

const quote: Sent[] = [
  {
    service: 'pricing',
    operationId: 'makeQuote',
    body: { currency: 'EUR', country: 'DE', shippingMethod: 'standard', lines },
  },
];

const checkout: Sent[] = [
  { service: 'cart', operationId: 'createCart', body: { currency: 'EUR', items: lines.slice(0, 1) } },
  ...lines.slice(1).map((body) => ({ ...ofCart, operationId: 'addCartItem', body })),
  {
    ...ofCart,
    operationId: 'setDelivery',
    body: { email: 'ada@example.org', address, shippingMethod: 'standard' },
  },
  { ...ofCart, operationId: 'quoteCart' },
  {
    service: 'orders',
    operationId: 'placeOrder',
    headers: { 'idempotency-key': `perf-${id}`, 'cart-token': token },
    body: {
      cartId: id,
      quoteHash: randomBytes(32).toString('hex'),
      payment: { method: 'card', token: 'tok_ok' },
    },
  },
];

/** All checks of one request as the edge makes them; throws if the request is not as the route wants it. */
async function checkerOf({ service, operationId, ...parts }: Sent): Promise<() => void> {
  const route = (await routesOf(service)).find((one) => one.operationId === operationId);
  if (!route) throw new Error(`${service} has no operation ${operationId}`);
  const checks = checksOf(route, parts);
  return () => {
    const faults: Fault[] = [];
    for (const [check, value] of checks) check(value, faults);
    if (faults.length > 0) throw new Error(`${operationId}: ${JSON.stringify(faults)}`);
  };
}

function checksOf(
  route: Route,
  { path = {}, query = {}, headers = {}, body }: Omit<Sent, 'service' | 'operationId'>,
): [Validator, unknown][] {
  return [
    [validatorOf('path', namedValues(route.params)), path],
    [validatorOf('query', namedValues(route.query, route.queryPattern)), query],
    [validatorOf('headers', namedValues(route.headers)), headers],
    ...(route.body ? [[validatorOf('body', route.body.required()), body] as [Validator, unknown]] : []),
  ];
}

async function cpuMsOf(requests: readonly Sent[]): Promise<number> {
  const checkers = await Promise.all(requests.map(checkerOf));
  const loop = (ms: number) => {
    const before = process.cpuUsage();
    const endMs = performance.now() + ms;
    let times = 0;
    for (; performance.now() < endMs; times += batch)
      for (let turn = 0; turn < batch; turn += 1) for (const check of checkers) check();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1_000 / times;
  };
  loop(warmUpMs);
  return loop(benchMs);
}

console.log(
  JSON.stringify({ quote: await cpuMsOf(quote), checkout: await cpuMsOf(checkout) } satisfies Checked),
);
