/** All manifests of mesh/ that come from packages/contracts and the services' routes, as texts by path. */

import { serviceAt } from '@souk/contracts/ingress';
import { type ServiceName, serviceNames } from '@souk/contracts/ports';
import { mergedOpenApi } from './merged-openapi.ts';
import { edgeFilter, inboundFilter, requestAuthentication, tokensRequired } from './mesh-gateway.ts';
import { manifest } from './mesh-names.ts';
import { authorizationPolicy, type PublicPaths } from './mesh-policies.ts';
import { edgeVirtualService } from './mesh-routes.ts';
import { canaryPatches, destinationRule, meshVirtualService } from './mesh-traffic.ts';

type Operations = Record<string, { 'x-audience': string }>;

/** The service whose canary is the sample, and its share. */
const sampleCanary = { service: 'orders', percent: 10 } as const;

/** Path → text. */
export async function meshFiles(): Promise<Record<string, string>> {
  const { paths } = (await mergedOpenApi()) as { paths: Record<string, Operations> };
  const services = serviceNames.map((service) => [
    `mesh/services/${service}.yaml`,
    manifest(
      'calls.ts, ingress.ts, the OpenAPI documents',
      authorizationPolicy(service, pathsOf(service, paths)),
      destinationRule(service),
      meshVirtualService(service),
    ),
  ]);
  const { service, percent } = sampleCanary;
  const canary = Object.entries(canaryPatches(service, percent)).map(([name, patch]) => [
    `mesh/samples/canary/${name}`,
    manifest('calls.ts, ingress.ts', patch),
  ]);
  return Object.fromEntries([
    ['mesh/gateway/routes.yaml', manifest('ingress.ts', edgeVirtualService())],
    ['mesh/gateway/edge-filter.yaml', manifest('ingress.ts, problems.ts', edgeFilter())],
    [
      'mesh/gateway/tokens.yaml',
      manifest(
        'access-token.ts, the OpenAPI documents',
        requestAuthentication(),
        tokensRequired(forKnown(paths)),
      ),
    ],
    ['mesh/services/refusals.yaml', manifest('problems.ts', inboundFilter())],
    ...services,
    ...canary,
  ]);
}

function pathsOf(service: ServiceName, paths: Record<string, Operations>): PublicPaths {
  const own = Object.entries(paths).filter(([path]) => serviceAt(path) === service);
  return Object.fromEntries(own.map(([path, operations]) => [path, Object.keys(operations)]));
}

/** Methods (joined) → paths that are for customers or staff with just these methods. */
function forKnown(paths: Record<string, Operations>): Record<string, string[]> {
  const rows = Object.entries(paths).flatMap(([path, operations]) => {
    const methods = Object.entries(operations)
      .filter(([, operation]) => ['customer', 'staff'].includes(operation['x-audience']))
      .map(([method]) => method.toUpperCase())
      .toSorted();
    return methods.length > 0 ? [[methods.join(','), path] as const] : [];
  });
  const grouped = Map.groupBy(rows, ([methods]) => methods);
  return Object.fromEntries(
    [...grouped]
      .toSorted(([a], [b]) => a.localeCompare(b))
      .map(([methods, same]) => [methods, same.map(([, path]) => path)]),
  );
}
