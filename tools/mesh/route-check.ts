/** Asks the local ingress and the mesh's gateway the same questions, and compares where each would lead. */
import {
  apiPrefix,
  ingressBounds,
  ingressPaths,
  ingressRoutes,
  streamedPaths,
} from '@souk/contracts/ingress';
import { publicHost, shopNamespace } from '../generate/mesh-names.ts';
import type { HttpRoute, Manifest } from './manifest.ts';

interface EnvoyRoute {
  match: {
    path?: string;
    path_separated_prefix?: string;
    prefix?: string;
    safe_regex?: { regex: string };
    headers?: { name: string; string_match?: { exact: string } }[];
  };
  route?: {
    cluster: string;
    timeout: string;
    prefix_rewrite?: string;
    regex_rewrite?: { pattern: { regex: string }; substitution: string };
  };
  direct_response?: { status: number };
}

const methods = ['GET', 'POST', 'PUT', 'DELETE'];

/** The routes of mesh/local/envoy.yaml, parsed. */
// biome-ignore lint/suspicious/noExplicitAny: Envoy's configuration is deep, and only its routes are looked at.
export function localRoutes(config: any): EnvoyRoute[] {
  const manager = config.static_resources.listeners[0].filter_chains[0].filters[0].typed_config;
  return manager.route_config.virtual_hosts[0].routes;
}

/** Every request that the two answer differently, in words; also whatever but a GET is ever sent twice. */
export function routeFindings(local: readonly EnvoyRoute[], documents: readonly Manifest[]): string[] {
  const edge = documents.filter(
    ({ kind, spec }) => kind === 'VirtualService' && spec?.hosts?.includes(publicHost) && spec.gateways,
  );
  if (edge.length !== 1) return [`${edge.length} VirtualServices for ${publicHost} instead of one`];
  const routes = edge[0]!.spec?.http ?? [];
  const answers = samples().flatMap((path) =>
    methods.map((method) => ({
      request: `${method} ${path}`,
      here: localAnswer(local, method, path),
      there: meshAnswer(routes, method, path),
    })),
  );
  return [
    ...answers
      .filter(({ here, there }) => here !== there)
      .map(({ request, here, there }) => `${request}: ${here} on one machine, ${there} in the mesh`),
    ...routes.filter(retriesMoreThanReads).map(({ name }) => `route ${name} retries what is not a GET`),
  ];
}

/** Of each row of the ingress table itself, what is below it and what only looks alike; and what must lead nowhere. */
export function samples(): string[] {
  const rows = ingressRoutes.flatMap(({ prefix }) => [prefix, `${prefix}/x`, `${prefix}/x/y`, `${prefix}x`]);
  const patterns = [...ingressPaths.map(({ path }) => path), ...streamedPaths].map((path) =>
    path.replaceAll(/\{\w+\}/g, 'x'),
  );
  const nowhere = ['', '/', '/internal', '/internal/jwks', '/admin', '/livez', '/unknown'];
  return [
    ...[...rows, ...patterns, ...nowhere].map((path) => apiPrefix + path),
    ...['/', '/internal/jwks', '/jwks.json', '/orders', '/dapr/subscribe'],
  ];
}

/** What a caller without an access token meets. */
function localAnswer(routes: readonly EnvoyRoute[], method: string, path: string): string {
  const found = routes.find(({ match }) => {
    const {
      path: exact,
      path_separated_prefix: separated,
      prefix,
      safe_regex: pattern,
      headers = [],
    } = match;
    const wanted = headers.find(({ name }) => name === ':method')?.string_match?.exact;
    if (wanted !== undefined && wanted !== method) return false;
    if (exact !== undefined) return path === exact;
    if (separated !== undefined) return path === separated || path.startsWith(`${separated}/`);
    return pattern ? new RegExp(`^(?:${pattern.regex})$`).test(path) : path.startsWith(prefix ?? '/');
  });
  if (!found?.route) return `${found?.direct_response?.status ?? 'nothing'}`;
  const { cluster, timeout, prefix_rewrite: prefix, regex_rewrite: regex } = found.route;
  const to = regex
    ? path.replace(new RegExp(regex.pattern.regex), regex.substitution.replaceAll('\\', '$'))
    : prefix + path.slice((found.match.path ?? found.match.path_separated_prefix)!.length);
  // Some have a bound of their own here; in the mesh a service's is for all that leads to it.
  const service = ingressBounds.find(({ name }) => name === cluster)?.service ?? cluster;
  return `${service} ${to} within ${timeout}`;
}

function meshAnswer(routes: readonly HttpRoute[], method: string, path: string): string {
  const found = routes.find(({ match = [{}] }) =>
    match.some((row) => {
      const { exact, prefix, regex } = row.uri ?? {};
      const fits =
        path === exact ||
        (prefix !== undefined && path.startsWith(prefix)) ||
        (regex !== undefined && new RegExp(`^(?:${regex})$`).test(path));
      return fits && !row.headers && (row.method?.exact ?? method) === method;
    }),
  );
  const [target] = found?.route ?? [];
  if (!found || !target) return `${found?.directResponse?.status ?? 'nothing'}`;
  const { match, rewrite } = found.rewrite?.uriRegexRewrite ?? { match: '^', rewrite: '' };
  const to = path.replace(new RegExp(match), rewrite.replaceAll('\\', '$'));
  const service = target.destination.host.replace(`.${shopNamespace}.svc.cluster.local`, '');
  return `${service} ${to} within ${found.timeout ?? '0s'}`;
}

function retriesMoreThanReads({ match = [{}], retries, directResponse }: HttpRoute): boolean {
  if (directResponse) return false;
  // Without a word about them the mesh's own default would apply.
  if (!retries) return true;
  return retries.attempts > 0 && match.some(({ method }) => method?.exact !== 'GET');
}
