/** Who may reach a service's pods: the gateway by method and path, neighbours by identity and port; nobody else. */
import { calls } from '@souk/contracts/calls';
import { type ServiceName, serviceNames } from '@souk/contracts/ports';
import { gatewayPrincipal, podPorts, servicePrincipal, shopNamespace } from './mesh-names.ts';

/** What the ingress may ask of a service: path pattern (as in its OpenAPI document) → methods. */
export type PublicPaths = Readonly<Record<string, readonly string[]>>;

/** Services whose sidecars also speak with each other, from one of its pods to another: hosts of workflows. */
export const actorHosts: ReadonlySet<ServiceName> = new Set<ServiceName>(['identity']);

/** Identity's public keys, for the gateway alone: no ingress route leads there. */
export const keysPath = '/jwks.json';

/** The AuthorizationPolicy of one service. Everything else is refused by the namespace's own, which allows nothing. */
export function authorizationPolicy(service: ServiceName, paths: PublicPaths) {
  const neighbours = principalsOf(service);
  return {
    apiVersion: 'security.istio.io/v1',
    kind: 'AuthorizationPolicy',
    metadata: { name: service, namespace: shopNamespace },
    spec: {
      selector: { matchLabels: { app: service } },
      action: 'ALLOW',
      rules: [
        ...gatewayRules(service, paths),
        // Principals and port only. Verb and path of a call travel inside Dapr's message, where the mesh does not look,
        // and a rule on paths refuses everybody once Envoy takes the port for bytes. kit checks them (design D12).
        ...(neighbours.length > 0
          ? [
              {
                from: [{ source: { principals: neighbours } }],
                to: [{ operation: { ports: [`${podPorts.daprInternal}`] } }],
              },
            ]
          : []),
      ],
    },
  };
}

function principalsOf(service: ServiceName): string[] {
  const callers = new Set(calls.filter(({ callee }) => callee === service).map(({ caller }) => caller));
  if (actorHosts.has(service)) callers.add(service);
  return serviceNames.filter((name) => callers.has(name)).map(servicePrincipal);
}

/** One rule a set of methods, with all the paths that have it. */
function gatewayRules(service: ServiceName, paths: PublicPaths) {
  const all: PublicPaths = service === 'identity' ? { ...paths, [keysPath]: ['get'] } : paths;
  const rows = Object.entries(all).map(([path, methods]) => [
    methodsOf(methods).join(','),
    path.replaceAll(/\{\w+\}/g, '{*}'),
  ]);
  const byMethods = Map.groupBy(rows, ([methods]) => methods!);
  return [...byMethods]
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([methods, same]) => ({
      from: [{ source: { principals: [gatewayPrincipal] } }],
      to: [
        {
          operation: {
            ports: [`${podPorts.app}`],
            methods: methods.split(','),
            paths: same.map(([, path]) => path!).toSorted(),
          },
        },
      ],
    }));
}

/** Whoever may GET may also ask for the headers alone. */
function methodsOf(methods: readonly string[]): string[] {
  const named = methods.map((method) => method.toUpperCase());
  return [...named, ...(named.includes('GET') ? ['HEAD'] : [])].toSorted();
}
