/** The VirtualService at the gateway, from the ingress table: the same routes as mesh/local/envoy.yaml, in Istio's words. */
import { apiPrefix, ingressPaths, ingressRoutes, streamedPaths } from '@souk/contracts/ingress';
import type { ServiceName } from '@souk/contracts/ports';
import { gatewayNamespace, hostOf, publicHost, shopNamespace } from './mesh-names.ts';

export interface Destination {
  destination: { host: string; subset?: string; port: { number: number } };
  weight?: number;
}

export interface EdgeRoute {
  name: string;
  match: { uri: Record<string, string>; method?: { exact: string }; headers?: object }[];
  rewrite?: { uriRegexRewrite: { match: string; rewrite: string } };
  timeout?: string;
  retries?: object;
  route?: Destination[];
  directResponse?: { status: number };
}

/** A read that failed before it had an answer is asked once more, elsewhere; nothing else ever is. */
const retryOnce = {
  attempts: 1,
  retryOn: 'connect-failure,refused-stream,reset-before-request,503',
  backoff: '25ms',
};
const never = { attempts: 0 };

const escaped = (text: string) => text.replaceAll('.', '\\.');
/** A path with parameters as a pattern: `/orders/{id}/events` → `/orders/[^/]+/events`. */
const patternOf = (path: string) => escaped(path).replaceAll(/\{\w+\}/g, '[^/]+');
/** A route's name is also the name of its metrics: `/admin/orders` → `admin-orders`. */
const nameOf = (path: string) => path.replace(/^\//, '').replaceAll(/[{}]/g, '').replaceAll(/[/.]/g, '-');

/** The names of routes that stream, for whoever has to set more about them than a VirtualService can. */
export const streamedRouteNames = streamedPaths.map(nameOf);

/** Every route at the gateway, in the order in which they are tried; the last answers `not-found`. */
export function edgeRoutes(): EdgeRoute[] {
  const longestFirst = ingressRoutes.toSorted((a, b) => b.prefix.length - a.prefix.length);
  return [
    ...streamedPaths.map(streamedRoute),
    ...ingressPaths.flatMap(({ path, service, timeoutMs }) =>
      readsAndRest(nameOf(path), [{ regex: apiPrefix + patternOf(path) }], {
        rewrite: rewriteOf(`^${apiPrefix}(/.*)$`, '\\1'),
        timeout: seconds(timeoutMs),
        route: [to(service)],
      }),
    ),
    ...longestFirst.flatMap(({ prefix, service, rewrite = prefix, timeoutMs }) =>
      readsAndRest(
        nameOf(prefix),
        // Two, because a prefix alone would also take what only begins alike.
        [{ exact: apiPrefix + prefix }, { prefix: `${apiPrefix}${prefix}/` }],
        {
          rewrite: rewriteOf(`^${apiPrefix}${escaped(prefix)}(.*)$`, `${rewrite}\\1`),
          timeout: seconds(timeoutMs),
          route: [to(service)],
        },
      ),
    ),
    { name: 'not-found', match: [{ uri: { prefix: '/' } }], directResponse: { status: 404 } },
  ];
}

/** The object that holds {@link edgeRoutes}, or the routes that it is given. */
export function edgeVirtualService(http: EdgeRoute[] = edgeRoutes()) {
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name: 'edge', namespace: shopNamespace },
    spec: {
      hosts: [publicHost],
      gateways: [`${gatewayNamespace}/shop`],
      // Nobody else may see it: sidecars call each other by other names.
      exportTo: ['.', gatewayNamespace],
      http,
    },
  };
}

function readsAndRest(name: string, uris: Record<string, string>[], common: Partial<EdgeRoute>): EdgeRoute[] {
  return [
    {
      name: `${name}-read`,
      match: uris.map((uri) => ({ uri, method: { exact: 'GET' } })),
      ...common,
      retries: retryOnce,
    },
    { name, match: uris.map((uri) => ({ uri })), ...common, retries: never },
  ];
}

function streamedRoute(path: string): EdgeRoute {
  const owner = ingressRoutes.find(({ prefix }) => path.startsWith(`${prefix}/`));
  if (!owner) throw new Error(`no ingress route leads to ${path}`);
  return {
    name: nameOf(path),
    match: [{ uri: { regex: apiPrefix + patternOf(path) } }],
    rewrite: rewriteOf(`^${apiPrefix}(/.*)$`, '\\1'),
    // Without `timeout` there is none; how long it may be silent stands in gateway/edge-filter.yaml.
    retries: never,
    route: [to(owner.service)],
  };
}

const rewriteOf = (match: string, rewrite: string) => ({ uriRegexRewrite: { match, rewrite } });
const seconds = (ms: number) => `${ms / 1_000}s`;
const to = (service: ServiceName): Destination => ({
  destination: { host: hostOf(service), port: { number: 80 } },
});
