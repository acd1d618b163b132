/** The ingress as generated: the committed file is up to date, and leads exactly where the route table says. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { apiPrefix, ingressBounds, ingressRoutes, streamedPaths } from '@souk/contracts/ingress';
import { ports, portsOf } from '@souk/contracts/ports';
import { problems } from '@souk/contracts/problems';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { envoyFile, envoyYaml } from '../tools/generate/envoy.ts';

interface HeaderMatch {
  name: string;
  string_match?: { exact: string };
  present_match?: boolean;
}

interface Route {
  match: {
    path?: string;
    path_separated_prefix?: string;
    prefix?: string;
    safe_regex?: { regex: string };
    headers?: HeaderMatch[];
  };
  route?: { cluster: string; prefix_rewrite?: string; timeout: string };
  direct_response?: { status: number };
}

const config = parse(envoyYaml());
const manager = config.static_resources.listeners[0].filter_chains[0].filters[0].typed_config;
const [shop, ...otherHosts] = manager.route_config.virtual_hosts;
const routes: Route[] = shop.routes;

/** The route that Envoy takes: the first that matches. */
function routeOf(path: string, headers: Record<string, string> = { ':method': 'GET' }): Route | undefined {
  return routes.find(({ match }) => {
    const { path: whole, path_separated_prefix: separated, prefix, safe_regex: pattern } = match;
    const has = ({ name, string_match: text, present_match: present }: HeaderMatch) =>
      text ? headers[name] === text.exact : name in headers === present;
    if (!(match.headers ?? []).every(has)) return false;
    if (whole !== undefined) return path === whole;
    if (separated !== undefined) return path === separated || path.startsWith(`${separated}/`);
    return prefix === undefined ? new RegExp(`^(?:${pattern!.regex})$`).test(path) : path.startsWith(prefix);
  });
}

const clusterOf = (name: string) =>
  config.static_resources.clusters.find((cluster: { name: string }) => cluster.name === name);

function portOfCluster(name: string): number {
  const found = clusterOf(name);
  return found.load_assignment.endpoints[0].lb_endpoints[0].endpoint.address.socket_address.port_value;
}

describe('the ingress', () => {
  it('is committed as it is generated', () => {
    const committed = readFileSync(join(import.meta.dirname, '..', envoyFile), 'utf8');
    expect(committed, 'run: npm run generate').toBe(envoyYaml());
  });

  it.each(ingressRoutes)('leads $prefix to $service', ({ prefix, service, timeoutMs, rewrite }) => {
    for (const path of [apiPrefix + prefix, `${apiPrefix}${prefix}/x`]) {
      const { route } = routeOf(path, {})!;
      expect(route).toMatchObject({
        cluster: service,
        prefix_rewrite: rewrite ?? prefix,
        timeout: `${timeoutMs / 1_000}s`,
      });
    }
    expect(portOfCluster(service)).toBe(portsOf(service).app);
  });

  it.each(ingressBounds)('lets only so many $name in at once', (row) => {
    const { methods, prefixes, name, service, mostAtOnce, guestsBegin } = row;
    for (const prefix of prefixes) {
      const at = (headers: Record<string, string>, below = '') =>
        routeOf(apiPrefix + prefix + below, headers)!.route!;
      const { timeoutMs } = ingressRoutes.find((each) => each.prefix === prefix)!;
      for (const method of methods) {
        expect(at({ ':method': method })).toMatchObject({ cluster: name, timeout: `${timeoutMs / 1_000}s` });
        expect(at({ ':method': method }, '/x').cluster).toBe(guestsBegin ? service : name);
        const customer = at({ ':method': method, authorization: 'Bearer x' });
        expect(customer.cluster).toBe(guestsBegin ? service : name);
      }
      expect(at({ ':method': 'PATCH' }).cluster).toBe(service);
    }
    expect(portOfCluster(name)).toBe(portsOf(service).app);
    expect(clusterOf(name).circuit_breakers.thresholds[0].max_requests).toBe(mostAtOnce);
    expect(clusterOf(service).circuit_breakers.thresholds[0].max_requests).toBeGreaterThan(mostAtOnce);
  });

  it('leads what goes with a product to recommendations, not to those who look around', () => {
    const path = `${apiPrefix}/products/x/related`;
    expect(routeOf(path)!.route!.cluster).toBe('recommendations');
  });

  it.each(streamedPaths)('lets %s stream without a time-out', (path) => {
    const { route } = routeOf(apiPrefix + path.replaceAll(/\{\w+\}/g, '01J'))!;
    expect(route).toMatchObject({ timeout: '0s' });
  });

  it.each([
    '/',
    '/livez',
    '/readyz',
    '/dapr/subscribe',
    '/events/order.confirmed',
    '/internal/quotes',
    '/openapi.json',
    '/products',
    '/api/v1',
    '/api/v1/internal/quotes',
    '/api/v1/readyz',
    '/api/v1/productsx',
    '/api/v2/products',
  ])('answers not-found to %s', (path) => {
    expect(routeOf(path)).toMatchObject({ direct_response: { status: 404 } });
  });

  it('listens on loopback only, and knows no other host', () => {
    const listening = [config.admin, ...config.static_resources.listeners];
    expect(listening.map(({ address }) => address.socket_address)).toEqual([
      { address: '127.0.0.1', port_value: ports.envoyAdmin },
      { address: '127.0.0.1', port_value: ports.ingress },
    ]);
    expect(otherHosts).toEqual([]);
  });

  it('repeats nothing but GET', () => {
    expect(shop.retry_policy.retriable_request_headers).toEqual([
      { name: ':method', string_match: { exact: 'GET' } },
    ]);
  });

  it('says whatever it says itself in the words of the problem table', () => {
    for (const { status_code: status, body_format_override: body } of manager.local_reply_config.mappers) {
      expect(body.content_type).toBe('application/problem+json');
      const { code, title, type } = body.json_format;
      const known = problems[code as keyof typeof problems];
      expect({ status, title, type }).toEqual({
        status: known.status,
        title: known.title,
        type: `/problems/${code}`,
      });
    }
  });
});
