/** The ingress route table: which path prefixes of /api/v1 reach which service. Envoy and the mesh gateway follow it. */
import { type ServiceName, serviceNames } from './ports.ts';

export interface IngressRoute {
  /** Path below /api/v1, without a trailing slash; it covers itself and everything below it. */
  prefix: string;
  service: ServiceName;
  /** What the prefix becomes at the service; the same if absent. */
  rewrite?: string;
  /** The longest that the ingress waits for an answer. */
  timeoutMs: number;
  /** The largest body that is let through, where it is not the usual {@link maxBodyBytes}. */
  maxBodyBytes?: number;
}

export const apiPrefix = '/api/v1';

/** The largest body that the ingress lets through. */
export const maxBodyBytes = 65_536;
/** The largest picture. */
export const maxPictureBytes = 2_097_152;

/** What staff work on, below /admin. */
const adminPaths: Readonly<Partial<Record<ServiceName, readonly string[]>>> = {
  catalog: ['products', 'categories', 'media'],
  pricing: ['prices', 'tax-rates', 'shipping-rates'],
  inventory: ['stock'],
  orders: ['refunds'],
  shipping: ['shipments'],
  identity: ['customers', 'staff', 'signing-keys'],
};

/** Beside it each service has /admin/{service}, with its dead events and its audit log. */
const adminRoutes: IngressRoute[] = serviceNames.flatMap((service) =>
  [service, ...(adminPaths[service] ?? [])].map((path) => ({
    prefix: `/admin/${path}`,
    service,
    timeoutMs: 5_000,
    ...(path === 'media' && { maxBodyBytes: maxPictureBytes }),
  })),
);

/** Longest prefix first; whatever matches none is answered by the ingress itself with `not-found`. */
export const ingressRoutes: readonly IngressRoute[] = Object.freeze([
  { prefix: '/payments/webhooks', service: 'payments', timeoutMs: 5_000 },
  { prefix: '/payment-methods', service: 'payments', timeoutMs: 2_000 },
  { prefix: '/categories', service: 'catalog', timeoutMs: 2_000 },
  { prefix: '/products', service: 'catalog', timeoutMs: 2_000 },
  { prefix: '/search', service: 'catalog', timeoutMs: 2_000 },
  { prefix: '/media', service: 'catalog', timeoutMs: 2_000 },
  { prefix: '/openapi.json', service: 'catalog', rewrite: '/docs/openapi.json', timeoutMs: 2_000 },
  { prefix: '/docs', service: 'catalog', timeoutMs: 2_000 },
  { prefix: '/problems', service: 'catalog', timeoutMs: 2_000 },
  { prefix: '/carts', service: 'cart', timeoutMs: 3_000 },
  { prefix: '/orders', service: 'orders', timeoutMs: 5_000 },
  { prefix: '/me/cart', service: 'cart', timeoutMs: 3_000 },
  { prefix: '/me', service: 'identity', timeoutMs: 5_000 },
  { prefix: '/jwks.json', service: 'identity', timeoutMs: 2_000 },
  { prefix: '/sessions', service: 'identity', timeoutMs: 5_000 },
  { prefix: '/customers', service: 'identity', timeoutMs: 5_000 },
  { prefix: '/email-verifications', service: 'identity', timeoutMs: 5_000 },
  { prefix: '/password-resets', service: 'identity', timeoutMs: 5_000 },
  ...adminRoutes,
]);

/** Paths that answer with an endless event stream: no route timeout, a heartbeat at least every 15 s. */
export const streamedPaths: readonly string[] = Object.freeze(['/orders/{id}/events']);

export interface IngressPath {
  /** Below /api/v1, with its parameters in braces. */
  path: string;
  service: ServiceName;
  timeoutMs: number;
}

/** Single paths that lead elsewhere than the prefix around them. */
export const ingressPaths: readonly IngressPath[] = Object.freeze([
  { path: '/products/{slug}/related', service: 'recommendations', timeoutMs: 2_000 },
]);

export interface IngressBound {
  /** How the ingress calls it; no service has this name. */
  name: string;
  methods: readonly ('GET' | 'HEAD' | 'POST')[];
  /** Below /api/v1, as in {@link ingressRoutes}, whose times hold. */
  prefixes: readonly string[];
  service: ServiceName;
  /** Only what a guest begins: the prefix itself, not what is below it, and without an access token. */
  guestsBegin?: true;
  /** So many at once are let in; the next hears `too-many-requests`, from the ingress itself. */
  mostAtOnce: number;
}

/**
 * What is refused first when the shop has its hands full, so that whoever is on the way to an order goes on: looking
 * around, and carts that nobody has yet.
 */
export const ingressBounds: readonly IngressBound[] = Object.freeze([
  {
    name: 'new-carts',
    methods: ['POST'],
    prefixes: ['/carts'],
    service: 'cart',
    guestsBegin: true,
    mostAtOnce: 24,
  },
  {
    name: 'looks',
    methods: ['GET', 'HEAD'],
    prefixes: ['/products', '/categories', '/search'],
    service: 'catalog',
    mostAtOnce: 16,
  },
]);

/** Whether callers of a service's route may hear `too-many-requests` from the ingress. */
export function isBoundAtIngress(method: string, path: string): boolean {
  return ingressBounds.some(
    ({ methods, prefixes, guestsBegin }) =>
      (methods as readonly string[]).includes(method) &&
      prefixes.some((prefix) => path === prefix || (!guestsBegin && path.startsWith(`${prefix}/`))),
  );
}

/** The service that the ingress leads a path to (with or without its parameters filled in); undefined if none. */
export function serviceAt(path: string): ServiceName | undefined {
  const single = ingressPaths.find((row) =>
    new RegExp(`^${row.path.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path),
  );
  if (single) return single.service;
  return ingressRoutes
    .filter(({ prefix }) => path === prefix || path.startsWith(`${prefix}/`))
    .toSorted((a, b) => b.prefix.length - a.prefix.length)[0]?.service;
}
