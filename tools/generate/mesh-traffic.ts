/** How traffic goes to one service: connections, ejection of bad pods, no retries east-west; and a canary of it. */
import type { ServiceName } from '@souk/contracts/ports';
import { hostOf, podPorts, shopNamespace } from './mesh-names.ts';
import { type Destination, type EdgeRoute, edgeRoutes, edgeVirtualService } from './mesh-routes.ts';

/** The DestinationRule of a service; `subsets` only while there is a canary. */
export function destinationRule(service: ServiceName, subsets?: object[]) {
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'DestinationRule',
    metadata: { name: service, namespace: shopNamespace },
    spec: {
      host: hostOf(service),
      trafficPolicy: {
        connectionPool: {
          tcp: {
            maxConnections: 256,
            // A handshake of mTLS too: a new pod's proxy on a busy node took more than 250 ms, and a POST is never sent again.
            connectTimeout: '1s',
            tcpKeepalive: { time: '60s', interval: '15s', probes: 3 },
          },
          http: {
            http1MaxPendingRequests: 1_024,
            http2MaxRequests: 1_024,
            maxRetries: 10,
            // Shorter than the apps' own (120 s): whoever closes an idle connection must not be the one answering.
            idleTimeout: '60s',
          },
        },
        loadBalancer: {
          simple: 'LEAST_REQUEST',
          localityLbSetting: {
            enabled: true,
            failoverPriority: ['topology.kubernetes.io/region', 'topology.kubernetes.io/zone'],
          },
        },
        outlierDetection: {
          // An app's own 500 is about a request; only what says that the pod is ill counts.
          consecutive5xxErrors: 0,
          consecutiveGatewayErrors: 5,
          splitExternalLocalOriginErrors: true,
          consecutiveLocalOriginFailures: 5,
          interval: '2s',
          baseEjectionTime: '15s',
          maxEjectionPercent: 50,
          // Else the last pods go too when all answer 503, as they do while a neighbour is away: nobody would be asked for 15 s.
          minHealthPercent: 50,
        },
      },
      ...(subsets && { subsets }),
    },
  };
}

/** East-west, from sidecar to sidecar. Retries there are Dapr's alone (design D12). */
export function meshVirtualService(service: ServiceName, destinations = [internal(service)]) {
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name: service, namespace: shopNamespace },
    spec: {
      hosts: [hostOf(service)],
      http: [
        {
          name: 'dapr-invoke',
          match: [{ port: podPorts.daprInternal }],
          retries: { attempts: 0 },
          route: destinations,
        },
      ],
    },
  };
}

const internal = (service: ServiceName, subset?: string): Destination => ({
  destination: {
    host: hostOf(service),
    ...(subset && { subset }),
    port: { number: podPorts.daprInternal },
  },
});

/** Pods of a canary carry `version: canary`, all others `version: stable`. */
const subsets = ['stable', 'canary'].map((version) => ({ name: version, labels: { version } }));

/** The patches of a canary: the same weights at the gateway and east-west, and a header that leads to it at the gateway. */
export function canaryPatches(service: ServiceName, canaryPercent: number): Record<string, object> {
  const weighted = (row: Destination): Destination[] =>
    subsets.map(({ name }) => ({
      destination: { ...row.destination, subset: name },
      weight: name === 'canary' ? canaryPercent : 100 - canaryPercent,
    }));
  const edge = edgeRoutes().flatMap((row): EdgeRoute[] => {
    const [target] = row.route ?? [];
    if (target?.destination.host !== hostOf(service)) return [row];
    return [byHeader(row, target), { ...row, route: weighted(target) }];
  });
  return {
    'edge.yaml': edgeVirtualService(edge),
    'virtual-service.yaml': meshVirtualService(service, weighted(internal(service))),
    'destination-rule.yaml': destinationRule(service, subsets),
  };
}

/** Only at the gateway: between sidecars an app's headers travel inside Dapr's own message. */
function byHeader(row: EdgeRoute, target: Destination): EdgeRoute {
  return {
    ...row,
    name: `${row.name}-canary`,
    match: row.match.map((match) => ({ ...match, headers: { 'x-canary': { exact: 'true' } } })),
    route: [{ destination: { ...target.destination, subset: 'canary' } }],
  };
}
