/** The parts of a Kubernetes pod that the node agent acts on, and what it decides about each by itself. */

export interface Container {
  name: string;
  image: string;
  command?: string[];
  workingDir?: string;
  env?: { name: string; value?: string }[];
  envFrom?: { configMapRef?: { name: string } }[];
  readinessProbe?: { httpGet: { path: string }; timeoutSeconds?: number };
  lifecycle?: { preStop?: { sleep?: { seconds: number } } };
}

export interface Pod {
  metadata: {
    uid: string;
    name: string;
    namespace: string;
    labels: Record<string, string>;
    annotations?: Record<string, string>;
    ownerReferences?: { name: string }[];
    deletionTimestamp?: string;
  };
  spec: { serviceAccountName: string; containers: Container[] };
}

/** A pod as it runs here. */
export interface Place {
  ip: string;
  /** The network namespace. */
  namespace: string;
  /** Its files: certificates, settings, /tmp. */
  folder: string;
}

/** Istio's injector leaves alone whoever asks for it. */
export const hasProxy = ({ metadata }: Pod) => metadata.labels['sidecar.istio.io/inject'] !== 'false';
/** Envoy alone, at the edge. */
export const isGateway = ({ metadata }: Pod) =>
  metadata.annotations?.['inject.istio.io/templates'] === 'gateway';
export const hasDapr = ({ metadata }: Pod) => metadata.annotations?.['dapr.io/enabled'] === 'true';
/** The container that is neither of the two sidecars. */
export const appOf = ({ spec }: Pod) => spec.containers.find(({ name }) => name !== 'istio-proxy');

export const podPath = ({ metadata }: Pod) =>
  `/api/v1/namespaces/${metadata.namespace}/pods/${metadata.name}`;
