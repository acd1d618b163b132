/** What keeps a service up and apart: disruption budget, autoscaler, and who may open a connection at all. */
import { calls } from '@souk/contracts/calls';
import { type ServiceName, serviceNames } from '@souk/contracts/ports';
import { hasDatabase } from '@souk/contracts/secrets';
import { labelsOf } from './deploy-workload.ts';
import { gatewayLabel, gatewayNamespace, podPorts, shopNamespace } from './mesh-names.ts';
import { actorHosts } from './mesh-policies.ts';

const metadata = (service: ServiceName) => ({ name: service, namespace: shopNamespace });

export function disruptionBudget(service: ServiceName) {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: metadata(service),
    spec: {
      maxUnavailable: 1,
      // A pod that does not get ready must not keep its node from being drained.
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
      selector: { matchLabels: labelsOf(service) },
    },
  };
}

/** Grows by CPU, and by what waits: rows of its outbox, or requests. Both metrics are in monitoring/prometheus-adapter.yaml. */
export function autoscaler(service: ServiceName) {
  const waiting = hasDatabase(service)
    ? { name: 'souk_outbox_pending', label: 'schema', averageValue: '2k' }
    : { name: 'souk_requests_per_second', label: 'service', averageValue: '150' };
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: metadata(service),
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: service },
      minReplicas: 2,
      maxReplicas: 12,
      metrics: [
        {
          type: 'ContainerResource',
          containerResource: {
            name: 'cpu',
            container: 'app',
            target: { type: 'Utilization', averageUtilization: 70 },
          },
        },
        {
          type: 'External',
          external: {
            metric: { name: waiting.name, selector: { matchLabels: { [waiting.label]: service } } },
            target: { type: 'AverageValue', averageValue: waiting.averageValue },
          },
        },
      ],
      behavior: { scaleDown: { stabilizationWindowSeconds: 300 } },
    },
  };
}

/** Ports of the platform, each with the namespace it lies in. */
const platform = [
  { namespace: 'kube-system', ports: [53], protocol: 'UDP' },
  { namespace: 'kube-system', ports: [53] },
  { namespace: 'istio-system', ports: [15_012] },
  // Operator, sentry, placement, scheduler.
  { namespace: 'dapr-system', ports: [6_500, 50_001, 50_005, 50_006] },
];
/** MariaDB, Redis, Sentinel, Kafka, OTLP, the API server; the mesh narrows each down to registered hosts. */
const stores = [3_306, 6_379, 26_379, 9_092, 4_317, 4_318, 443, 6_443];
const ownOutside: Readonly<Partial<Record<ServiceName, number[]>>> = { notifications: [587] };

/** The second fence behind the mesh's policies: it holds even for a pod that has no sidecar. */
export function networkPolicy(service: ServiceName) {
  const callees = podsCalledBy(service);
  const callers = podsCalling(service);
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: metadata(service),
    spec: {
      podSelector: { matchLabels: labelsOf(service) },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [
        {
          from: [{ ...inNamespace(gatewayNamespace), podSelector: { matchLabels: { istio: gatewayLabel } } }],
          ports: tcp(podPorts.app),
        },
        ...(callers.length > 0 ? [{ from: callers.map(pods), ports: tcp(podPorts.daprInternal) }] : []),
        { from: [inNamespace('monitoring')], ports: tcp(15_020) },
      ],
      egress: [
        ...platform.map(({ namespace, ports, protocol }) => ({
          to: [inNamespace(namespace)],
          ports: ports.map((port) => ({ port, protocol: protocol ?? 'TCP' })),
        })),
        ...(callees.length > 0 ? [{ to: callees.map(pods), ports: tcp(podPorts.daprInternal) }] : []),
        { ports: tcp(...stores, ...(ownOutside[service] ?? [])) },
      ],
    },
  };
}

function podsCalling(service: ServiceName): ServiceName[] {
  return serviceNames.filter(
    (name) =>
      calls.some(({ caller, callee }) => caller === name && callee === service) ||
      (name === service && actorHosts.has(service)),
  );
}

function podsCalledBy(service: ServiceName): ServiceName[] {
  return serviceNames.filter((name) => podsCalling(name).includes(service));
}

const pods = (service: ServiceName) => ({ podSelector: { matchLabels: labelsOf(service) } });
const tcp = (...ports: number[]) => ports.map((port) => ({ port, protocol: 'TCP' }));
const inNamespace = (name: string) => ({
  namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } },
});
