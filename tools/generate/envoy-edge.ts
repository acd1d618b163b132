/** How Envoy reads requests at the edge: limits, time-outs, what it cleans away, its traces and its access log. */
import { maxBodyBytes } from '@souk/contracts/ingress';
import { localReplies } from './envoy-problems.ts';
import { virtualHost } from './envoy-routes.ts';

const api = 'type.googleapis.com/envoy.extensions';
export const tracesCluster = 'jaeger';

/** Headers that only the platform may set: sidecar tokens and callers, where a request came from, Envoy's own switches. */
const platformHeaders = ['dapr-', 'x-forwarded-', 'x-envoy-'];

/** The HTTP connection manager of the public listener. */
export function connectionManager() {
  return {
    '@type': `${api}.filters.network.http_connection_manager.v3.HttpConnectionManager`,
    stat_prefix: 'ingress',
    ...cleaning(),
    ...limits(),
    server_header_transformation: 'PASS_THROUGH',
    local_reply_config: localReplies(),
    tracing: tracing(),
    access_log: [accessLog()],
    http_filters: [
      filter('header_mutation', { '@type': `${api}.filters.http.header_mutation.v3.HeaderMutation` }),
      filter('buffer', { '@type': `${api}.filters.http.buffer.v3.Buffer`, max_request_bytes: maxBodyBytes }),
      filter('router', { '@type': `${api}.filters.http.router.v3.Router`, suppress_envoy_headers: true }),
    ],
    route_config: { name: 'shop', virtual_hosts: [virtualHost()] },
  };
}

function filter(name: string, typedConfig: object) {
  return { name: `envoy.filters.http.${name}`, typed_config: typedConfig };
}

/** One reading of a path for all who look at it, and no header by which a client could pass for the platform. */
function cleaning() {
  return {
    normalize_path: true,
    merge_slashes: true,
    path_with_escaped_slashes_action: 'REJECT_REQUEST',
    use_remote_address: true,
    // On one machine every client is on loopback, and an empty list would mean all private addresses: trust none.
    internal_address_config: { cidr_ranges: [{ address_prefix: '0.0.0.0', prefix_len: 32 }] },
    early_header_mutation_extensions: [
      {
        name: 'envoy.http.early_header_mutation.header_mutation',
        typed_config: {
          '@type': `${api}.http.early_header_mutation.header_mutation.v3.HeaderMutation`,
          mutations: [
            ...platformHeaders.map((prefix) => ({ remove_on_match: { key_matcher: { prefix } } })),
            ...['forwarded', 'x-real-ip'].map((name) => ({ remove: name })),
          ],
        },
      },
    ],
  };
}

function limits() {
  return {
    max_request_headers_kb: 16,
    request_headers_timeout: '10s',
    request_timeout: '15s',
    stream_idle_timeout: '60s',
    delayed_close_timeout: '1s',
    drain_timeout: '5s',
    common_http_protocol_options: {
      idle_timeout: '75s',
      max_headers_count: 100,
      headers_with_underscores_action: 'REJECT_REQUEST',
    },
    http2_protocol_options: {
      max_concurrent_streams: 100,
      initial_stream_window_size: 65_536,
      initial_connection_window_size: 1_048_576,
    },
  };
}

/** In log and traces paths end here: links by mail are signed behind it, and nobody who reads there may follow one. */
const maxLoggedPath = 64;

/** Shares are by runtime key (tracing.random_sampling, in percent); a caller's own decision stands. */
function tracing() {
  return {
    provider: {
      name: 'envoy.tracers.opentelemetry',
      typed_config: {
        '@type': 'type.googleapis.com/envoy.config.trace.v3.OpenTelemetryConfig',
        service_name: 'ingress',
        grpc_service: { envoy_grpc: { cluster_name: tracesCluster }, timeout: '1s' },
      },
    },
    max_path_tag_length: maxLoggedPath,
  };
}

/** One line of JSON a request; without the query, in which people search. */
function accessLog() {
  return {
    name: 'envoy.access_loggers.stdout',
    typed_config: {
      '@type': `${api}.access_loggers.stream.v3.StdoutAccessLog`,
      log_format: {
        json_format: {
          time: '%START_TIME%',
          event: 'request',
          service: 'ingress',
          method: '%REQ(:METHOD)%',
          path: `%PATH(NQ):${maxLoggedPath}%`,
          status: '%RESPONSE_CODE%',
          reason: '%RESPONSE_CODE_DETAILS%',
          flags: '%RESPONSE_FLAGS%',
          durationMs: '%DURATION%',
          requestBytes: '%BYTES_RECEIVED%',
          responseBytes: '%BYTES_SENT%',
          upstream: '%UPSTREAM_CLUSTER%',
          traceId: '%TRACE_ID%',
        },
      },
    },
  };
}
