/** Istio's settings from mesh/install/istio.yaml, and the little that differs because the proxy here is upstream Envoy. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { root } from '../platform/paths.ts';
import { network } from './mesh-network.ts';

interface Installation {
  spec: {
    meshConfig: {
      defaultConfig: { proxyMetadata: Record<string, string> } & Record<string, unknown>;
    } & Record<string, unknown>;
    values: { pilot: { env: Record<string, string> } };
  };
}

const installation = () =>
  (parse(readFileSync(join(root, 'mesh/install/istio.yaml'), 'utf8')) as Installation).spec;

export const istiodPort = 15_012;

/** What istiod reads as its mesh configuration. JSON is YAML too. */
export function meshConfig() {
  return {
    ...installation().meshConfig,
    defaultConfig: proxyConfig(),
    // Upstream Envoy has no filter for istio_* metrics; its own are at /stats/prometheus.
    defaultProviders: {},
  };
}

/** What each proxy starts with; Istio's injector would write the same. */
export function proxyConfig() {
  return {
    ...installation().meshConfig.defaultConfig,
    discoveryAddress: `${network.outside}:${istiodPort}`,
    configPath: './etc/istio/proxy',
    statusPort: 15_020,
    concurrency: 1,
  };
}

/** istiod's environment: that of the installation, and four features off of which upstream Envoy has no part. */
export function istiodEnvironment(): Record<string, string> {
  return {
    ...installation().values.pilot.env,
    PILOT_ENABLE_ALPN_FILTER: 'false',
    PILOT_ENABLE_METADATA_EXCHANGE: 'false',
    PILOT_ENABLE_TELEMETRY_LABEL: 'false',
    PILOT_ENDPOINT_TELEMETRY_LABEL: 'false',
    // One istiod, and none of the resources of the Gateway API.
    ENABLE_LEADER_ELECTION: 'false',
    PILOT_ENABLE_GATEWAY_API: 'false',
    POD_NAME: 'istiod',
    POD_NAMESPACE: 'istio-system',
    CLUSTER_ID: 'Kubernetes',
    REVISION: 'default',
    PILOT_CERT_PROVIDER: 'istiod',
  };
}
