/** Dapr in the cluster: each sidecar's Configuration, and the components with the cluster's addresses. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ServiceName } from '@souk/contracts/ports';
import { parse } from 'yaml';
import { pubsubComponent } from './dapr-components.ts';
import { daprConfiguration } from './dapr-configuration.ts';
import { shopNamespace } from './mesh-names.ts';

const folder = join(import.meta.dirname, '../../components');
export const redisAddress = 'redis.souk.internal:6379';

interface Entry {
  name: string;
  value?: string;
}
interface Component {
  metadata: { name: string; labels?: object };
  spec: { type: string; metadata?: Entry[] };
}

/**
 * As on one machine, but that encryption, identity and access between pods are Istio's: with Dapr's own off, its access
 * control would refuse everybody. That it is off is the control plane's setting (mesh/install/dapr.yaml). Names lead to each app's own Service, so that the mesh chooses the pod.
 */
export function clusterConfiguration(service: ServiceName) {
  const { metadata, spec, ...rest } = daprConfiguration(service);
  const { accessControl: _istios, mtls: _controlPlanes, ...kept } = spec;
  return {
    ...rest,
    metadata: { ...metadata, namespace: shopNamespace },
    spec: {
      ...kept,
      nameResolution: {
        component: 'kubernetes',
        version: 'v1',
        configuration: { template: '{{.ID}}.{{.Namespace}}.svc.cluster.local:{{.Port}}' },
      },
      tracing: {
        ...kept.tracing,
        otel: { ...kept.tracing.otel, endpointAddress: 'otlp.souk.internal:4317' },
      },
    },
  };
}

/** The events' component. */
export const clusterPubsub = () => inCluster(pubsubComponent());

/** A component or policy of components/, with the cluster's addresses. */
export function clusterResource(name: string): object {
  return inCluster(parse(readFileSync(join(folder, `${name}.yaml`), 'utf8')) as Component);
}

/** Redis gets a label by which overlays say how it is made available: it is always the first entry. */
function inCluster(resource: Component): object {
  const onRedis = resource.spec.type?.endsWith('.redis');
  return {
    ...resource,
    metadata: {
      ...resource.metadata,
      namespace: shopNamespace,
      ...(onRedis && { labels: { 'souk.example/store': 'redis' } }),
    },
    spec: {
      ...resource.spec,
      ...(resource.spec.metadata && {
        metadata: resource.spec.metadata.map((entry) =>
          entry.name === 'redisHost' ? { ...entry, value: redisAddress } : entry,
        ),
      }),
    },
  };
}
