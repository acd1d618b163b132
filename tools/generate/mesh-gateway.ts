/** What only Envoy's own language can say about the gateway: the limits, cleaning and problem documents of the local ingress. */
import { tokenAudience, tokenIssuer } from '@souk/contracts/access-token';
import { apiPrefix, ingressRoutes } from '@souk/contracts/ingress';
import { type ProblemCode, problems } from '@souk/contracts/problems';
import { connectionManager } from './envoy-edge.ts';
import { gatewayLabel, gatewayNamespace, hostOf, podPorts, publicHost, shopNamespace } from './mesh-names.ts';
import { keysPath, type PublicPaths } from './mesh-policies.ts';
import { streamedRouteNames } from './mesh-routes.ts';

const extensions = 'type.googleapis.com/envoy.extensions';
const managerName = 'envoy.filters.network.http_connection_manager';
const selector = { matchLabels: { istio: gatewayLabel } };

/** Longer than a stream's heartbeat (15 s), so that only a dead one is cut off. */
const streamIdle = '45s';

/** Parts of the local ingress's connection manager that hold at the gateway as well. */
const shared = [
  'normalize_path',
  'merge_slashes',
  'path_with_escaped_slashes_action',
  'early_header_mutation_extensions',
  'max_request_headers_kb',
  'request_headers_timeout',
  'request_timeout',
  'stream_idle_timeout',
  'delayed_close_timeout',
  'common_http_protocol_options',
  'http2_protocol_options',
] as const;

/** The EnvoyFilter of the gateway. */
export function edgeFilter() {
  const manager = connectionManager() as unknown as Record<string, unknown> & {
    local_reply_config: { mappers: object[] };
    http_filters: { name: string; typed_config: object }[];
  };
  const sharedParts = Object.fromEntries(shared.map((key) => [key, manager[key]]));
  const replies = { mappers: [...whoIsAsked(), ...manager.local_reply_config.mappers] };
  const buffer = manager.http_filters.find(({ name }) => name === 'envoy.filters.http.buffer')!;
  return envoyFilter('edge', gatewayNamespace, selector, [
    mergeManager('GATEWAY', {}, { ...sharedParts, local_reply_config: replies }),
    insertFilter(buffer),
    insertFilter({
      name: 'envoy.filters.http.header_mutation',
      typed_config: {
        '@type': `${extensions}.filters.http.header_mutation.v3.HeaderMutation`,
        mutations: { response_mutations: [{ append: tracedAnswer }] },
      },
    }),
    ...ingressRoutes.flatMap(({ prefix, maxBodyBytes }) => {
      const name = prefix.slice(1).replaceAll('/', '-');
      return maxBodyBytes ? [name, `${name}-read`].map((route) => bodyLimit(route, maxBodyBytes)) : [];
    }),
    ...streamedRouteNames.map((name) => mergeRoute(name, { route: { idle_timeout: streamIdle } })),
  ]);
}

/** In front of an app, what no policy allows does not exist: a refusal of the mesh would tell a stranger that it does. */
export function inboundFilter() {
  const forbidden = mapper({ status: 403, code: 'not-found' });
  return envoyFilter('refusals', shopNamespace, undefined, [
    mergeManager(
      'SIDECAR_INBOUND',
      { filterChain: { destinationPort: podPorts.app } },
      { local_reply_config: { mappers: [forbidden] } },
    ),
  ]);
}

/** Tokens are checked at the gateway by identity's public keys, which Envoy fetches itself and keeps. */
export function requestAuthentication() {
  return {
    apiVersion: 'security.istio.io/v1',
    kind: 'RequestAuthentication',
    metadata: { name: 'access-token', namespace: gatewayNamespace },
    spec: {
      selector,
      jwtRules: [
        {
          issuer: tokenIssuer,
          audiences: [tokenAudience],
          jwksUri: `http://${hostOf('identity')}${keysPath}`,
          // The services check it again: they need its claims, and do not trust the gateway with them.
          forwardOriginalToken: true,
        },
      ],
    },
  };
}

/** At the gateway: what is for customers or staff only is refused without a valid token. The services say who may. */
export function tokensRequired(paths: PublicPaths) {
  return {
    apiVersion: 'security.istio.io/v1',
    kind: 'AuthorizationPolicy',
    metadata: { name: 'token-required', namespace: gatewayNamespace },
    spec: {
      selector,
      action: 'DENY',
      rules: Object.entries(paths).map(([methods, ofMethods]) => ({
        from: [{ source: { notRequestPrincipals: [`${tokenIssuer}/*`] } }],
        to: [
          {
            operation: {
              hosts: [publicHost, `${publicHost}:*`],
              ports: ['8443'],
              methods: methods.split(','),
              paths: ofMethods.map((path) => apiPrefix + path.replaceAll(/\{\w+\}/g, '{*}')),
            },
          },
        ],
      })),
    },
  };
}

function envoyFilter(name: string, namespace: string, workload: object | undefined, patches: object[]) {
  return {
    apiVersion: 'networking.istio.io/v1alpha3',
    kind: 'EnvoyFilter',
    metadata: { name, namespace },
    spec: {
      ...(workload && { workloadSelector: { labels: selector.matchLabels } }),
      priority: 10,
      configPatches: patches,
    },
  };
}

function mergeManager(context: string, listener: { filterChain?: object }, value: object) {
  const filter = { name: managerName };
  return {
    applyTo: 'NETWORK_FILTER',
    match: { context, listener: { filterChain: { ...listener.filterChain, filter } } },
    patch: {
      operation: 'MERGE',
      value: {
        typed_config: {
          '@type': `${extensions}.filters.network.http_connection_manager.v3.HttpConnectionManager`,
          ...value,
        },
      },
    },
  };
}

function insertFilter(value: object) {
  const router = {
    filterChain: { filter: { name: managerName, subFilter: { name: 'envoy.filters.http.router' } } },
  };
  return {
    applyTo: 'HTTP_FILTER',
    match: { context: 'GATEWAY', listener: router },
    patch: { operation: 'INSERT_BEFORE', value },
  };
}

function mergeRoute(name: string, value: object) {
  return {
    applyTo: 'HTTP_ROUTE',
    match: { context: 'GATEWAY', routeConfiguration: { vhost: { route: { name } } } },
    patch: { operation: 'MERGE', value },
  };
}

function bodyLimit(route: string, bytes: number) {
  return mergeRoute(route, {
    typed_per_filter_config: {
      'envoy.filters.http.buffer': {
        '@type': `${extensions}.filters.http.buffer.v3.BufferPerRoute`,
        buffer: { max_request_bytes: bytes },
      },
    },
  });
}

/** The apps' answers carry their own traceparent; this is for what the gateway says by itself. */
const tracedAnswer = {
  header: { key: 'traceparent', value: '00-%TRACE_ID%-%SPAN_ID%-01' },
  append_action: 'ADD_IF_ABSENT',
};

/** A bad token is 401; a policy's refusal is 401 as well, for it asks for nothing but a token. */
function whoIsAsked() {
  return [401, 403].map((status) => mapper({ status, code: 'unauthorised' }));
}

function mapper({ status, code }: { status: number; code: ProblemCode }) {
  const problem = problems[code];
  const comparison = { op: 'EQ', value: { default_value: status, runtime_key: 'ingress.unused' } };
  return {
    filter: { status_code_filter: { comparison } },
    status_code: problem.status,
    body_format_override: {
      content_type: 'application/problem+json',
      json_format: { type: `/problems/${code}`, title: problem.title, status: problem.status, code },
    },
  };
}
