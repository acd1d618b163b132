/** The same work with and without a layer: three works, each asked for by one client, and the ways in which it is asked. */
import { apiPrefix } from '@souk/contracts/ingress';
import { ports, portsOf } from '@souk/contracts/ports';
import { ensureSecrets } from '../../tools/platform/secrets.ts';
import type { Children } from '../cpu.ts';
import type { ShopData } from '../data.ts';
import type { HammerOrder } from '../hammer.ts';
import type { Load, Work } from '../measure.ts';
import { runHammer } from '../side-by-side.ts';
import { runSuite, suites } from '../suites.ts';
import { type Copy, type Sidecars, startCatalog, startIngress, startSidecars } from './copies.ts';
import { provenAccessControl, provenLog, provenMtls } from './proofs.ts';
import type { Switches } from './switches.ts';

export interface Variant {
  work: Work;
  /** Fewer spans than this has no unit that is traced, and more has none that is not. */
  leastSpans: number;
  switches: Switches;
}

/** No trace, durable commits: what every variant has that does not say otherwise. */
const usual: Switches = { traceShare: 0, flush: 1 };
const firstPort = 24_000;

export interface Copies {
  ingress: Copy;
  quietIngress: Copy;
  catalog: Copy;
  quietCatalog: Copy;
  guarded: Sidecars;
  open: Sidecars;
  plain: Sidecars;
}

/** Starts every second process. */
export async function startCopies(): Promise<Copies> {
  const at = (place: number) => firstPort + place;
  const [ingress, quietIngress, catalog, quietCatalog, guarded, open, plain] = await Promise.all([
    startIngress('second ingress', at(0), { accessLog: true }),
    startIngress('ingress without access log', at(2), { accessLog: false }),
    startCatalog('second catalog', at(10), 'info'),
    startCatalog('catalog that logs warnings only', at(20), 'warn'),
    startSidecars('second sidecar', at(100), { accessControl: true, mtls: true }),
    startSidecars('sidecar without access control', at(200), { accessControl: false, mtls: true }),
    startSidecars('sidecar without mTLS', at(300), { accessControl: false, mtls: false }),
  ]);
  return { ingress, quietIngress, catalog, quietCatalog, guarded, open, plain };
}

export const copiesIn = ({ guarded, open, plain, ...single }: Copies): Copy[] => [
  ...Object.values(single),
  ...[guarded, open, plain].flatMap(({ caller, callee }) => [caller, callee]),
];

/** Throws unless each copy has what it should have and lacks what it should lack; some traffic has gone before. */
export async function proveCopies(copies: Copies): Promise<void> {
  await Promise.all([
    provenLog(copies.ingress, true),
    provenLog(copies.quietIngress, false),
    provenLog(copies.catalog, true),
    provenLog(copies.quietCatalog, false),
    provenAccessControl(copies.guarded, true),
    provenAccessControl(copies.open, false),
    provenAccessControl(copies.plain, false),
    provenMtls(copies.guarded, true),
    provenMtls(copies.open, true),
    provenMtls(copies.plain, false),
  ]);
}

export interface Offer {
  copies: Copies;
  data: ShopData;
  /** Of a closed loop of single requests, and of one of checkouts. */
  requestSeconds: number;
  checkoutSeconds: number;
}

/** Every variant, in the order of their turns. */
export function variants({ copies, data, requestSeconds, checkoutSeconds }: Offer): Variant[] {
  const children: Children = Object.fromEntries(copiesIn(copies).map(({ name, pid }) => [name, pid]));
  const variant = (name: string, run: () => Promise<Load>, switches: Partial<Switches> = {}): Variant => ({
    work: { name, side: 'shop', children, run },
    // The ingress and the service have one each of a request; the ingress keeps its last few for some seconds.
    leastSpans: name.startsWith('checkout') ? 20 : 1.5,
    switches: { ...usual, ...switches },
  });
  const asked = (port: number, request: HammerOrder['requests'][number]) => () =>
    runHammer({ port, connections: 1, seconds: requestSeconds, status: 200, requests: [request] });
  const list = (port: number) => asked(port, { method: 'GET', path: listPath, headers: untraced });
  // Without a word about its trace: the ingress decides.
  const through = (port: number) => asked(port, { method: 'GET', path: apiPrefix + listPath });
  const checkout = suites.find(({ name }) => name === 'checkout-1')!;
  const buy = () => runSuite(checkout, { SECONDS: `${checkoutSeconds}` });
  const quote = (port: number) => asked(port, throughSidecars(data));
  return [
    variant('list, at catalog', list(portsOf('catalog').app)),
    variant('list', through(ports.ingress)),
    variant('list, second ingress', through(copies.ingress.port)),
    variant('list, ingress without access log', through(copies.quietIngress.port)),
    variant('list, at a second catalog', list(copies.catalog.port)),
    variant('list, at a catalog without request log', list(copies.quietCatalog.port)),
    variant('list, 1 % traced', through(ports.ingress), { traceShare: 0.01 }),
    variant('list, all traced', through(ports.ingress), { traceShare: 1 }),
    variant('quote, at pricing', asked(portsOf('pricing').app, atPricing(data))),
    variant('quote', quote(portsOf('cart').daprHttp)),
    variant('quote, second sidecars', quote(copies.guarded.caller.port)),
    variant('quote, no access control', quote(copies.open.caller.port)),
    variant('quote, nor mTLS', quote(copies.plain.caller.port)),
    variant('checkout', buy),
    variant('checkout, 1 % traced', buy, { traceShare: 0.01 }),
    variant('checkout, all traced', buy, { traceShare: 1 }),
    variant('checkout, log on disk once a second', buy, { flush: 2 }),
  ];
}

/** Said by whoever asks a service or a sidecar itself: this trace is not recorded. */
const untraced = { traceparent: '00-11111111111111111111111111111111-2222222222222222-00' };

const listPath = '/products?currency=EUR&country=DE&limit=20';

/** What cart asks of pricing when a guest reads the quote of three articles. */
const quoteBody = ({ skus }: ShopData) => ({
  currency: 'EUR',
  country: 'DE',
  shippingMethod: 'standard',
  lines: skus.slice(0, 3).map((sku) => ({ sku, quantity: 1 })),
});

function throughSidecars(data: ShopData): HammerOrder['requests'][number] {
  return {
    method: 'POST',
    path: '/v1.0/invoke/pricing/method/internal/quotes',
    headers: { ...untraced, 'dapr-api-token': ensureSecrets().platform['dapr-api-token'] },
    body: quoteBody(data),
  };
}

function atPricing(data: ShopData): HammerOrder['requests'][number] {
  return {
    method: 'POST',
    path: '/internal/quotes',
    headers: {
      ...untraced,
      'dapr-api-token': ensureSecrets().platform['app-api-token'],
      'dapr-caller-app-id': 'cart',
    },
    body: quoteBody(data),
  };
}
