/** Envoy's routes, from the ingress table: nothing is reachable that the table does not name. */
import {
  apiPrefix,
  type IngressBound,
  type IngressPath,
  type IngressRoute,
  ingressBounds,
  ingressPaths,
  ingressRoutes,
  streamedPaths,
} from '@souk/contracts/ingress';

/** Longer than a stream's heartbeat (15 s), so that only a dead one is cut off. */
const streamIdle = '45s';

const notFound = {
  match: { prefix: '/' },
  direct_response: { status: 404 },
  decorator: decorator('not-found'),
};

/** The apps' answers carry their own traceparent; this is for what Envoy says by itself about a request that it read. */
const tracedAnswers = {
  '@type': 'type.googleapis.com/envoy.extensions.filters.http.header_mutation.v3.HeaderMutationPerRoute',
  mutations: {
    response_mutations: [
      {
        append: {
          header: { key: 'traceparent', value: '00-%TRACE_ID%-%SPAN_ID%-01' },
          append_action: 'ADD_IF_ABSENT',
        },
      },
    ],
  },
};

/** The only virtual host. Its last route answers `not-found` to whatever the table does not name. */
export function virtualHost() {
  const longestFirst = ingressRoutes.toSorted((a, b) => b.prefix.length - a.prefix.length);
  return {
    name: 'shop',
    domains: ['*'],
    retry_policy: retryReadsOnce(),
    routes: [
      ...streamedPaths.map(streamedRoute),
      ...ingressPaths.map(singleRoute),
      ...ingressBounds.flatMap(boundRoutes),
      ...longestFirst.map(route),
      notFound,
    ],
    typed_per_filter_config: { 'envoy.filters.http.header_mutation': tracedAnswers },
  };
}

function route({ prefix, service, rewrite = prefix, timeoutMs, maxBodyBytes }: IngressRoute) {
  return {
    match: { path_separated_prefix: apiPrefix + prefix },
    route: { cluster: service, prefix_rewrite: rewrite, timeout: `${timeoutMs / 1_000}s` },
    decorator: decorator(prefix),
    ...(maxBodyBytes && {
      typed_per_filter_config: { 'envoy.filters.http.buffer': bodyLimit(maxBodyBytes) },
    }),
  };
}

function bodyLimit(bytes: number) {
  const type = 'type.googleapis.com/envoy.extensions.filters.http.buffer.v3.BufferPerRoute';
  return { '@type': type, buffer: { max_request_bytes: bytes } };
}

/** As the service's own route, to a cluster with a bound. A customer who has a cart begins nothing: they get that one. */
function boundRoutes({ name, methods, prefixes, guestsBegin }: IngressBound) {
  return prefixes.flatMap((prefix) => {
    const row = ingressRoutes.find((each) => each.prefix === prefix);
    if (!row) throw new Error(`no ingress route is called ${prefix}`);
    const own = route(row);
    return methods.map((method) => ({
      ...own,
      match: {
        ...(guestsBegin ? { path: apiPrefix + prefix } : own.match),
        headers: [
          { name: ':method', string_match: { exact: method } },
          ...(guestsBegin ? [{ name: 'authorization', present_match: false }] : []),
        ],
      },
      route: { ...own.route, cluster: name },
    }));
  });
}

function streamedRoute(path: string) {
  const owner = ingressRoutes.find(({ prefix }) => path.startsWith(`${prefix}/`));
  if (!owner) throw new Error(`no ingress route leads to ${path}`);
  return patternRoute(path, { cluster: owner.service, timeout: '0s', idle_timeout: streamIdle });
}

function singleRoute({ path, service, timeoutMs }: IngressPath) {
  return patternRoute(path, { cluster: service, timeout: `${timeoutMs / 1_000}s` });
}

function patternRoute(path: string, route: object) {
  const pattern = path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+');
  return {
    match: { safe_regex: { regex: apiPrefix + pattern } },
    route: {
      ...route,
      regex_rewrite: { pattern: { regex: `^${apiPrefix}(/.*)$` }, substitution: '\\1' },
    },
    decorator: decorator(path),
  };
}

/** Names the span after the route, not after the path that a client made up; the apps name theirs themselves. */
function decorator(name: string) {
  return { operation: `ingress ${name}`, propagate: false };
}

/** Only GET: any other method may have had its effect already, and its client has a key to try again with. */
function retryReadsOnce() {
  return {
    retry_on: 'connect-failure,refused-stream,reset-before-request,retriable-status-codes',
    retriable_status_codes: [503],
    retriable_request_headers: [{ name: ':method', string_match: { exact: 'GET' } }],
    num_retries: 1,
    retry_back_off: { base_interval: '0.025s', max_interval: '0.1s' },
  };
}
