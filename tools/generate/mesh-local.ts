/** tools/mesh/overlays/local: mesh/ as it is, plus who answers on one machine for the hosts outside of the mesh. */
import { ports } from '@souk/contracts/ports';
import { network } from '../mesh/mesh-network.ts';
import { manifest } from './mesh-names.ts';

export const localOverlay = 'tools/mesh/overlays/local';

/** ServiceEntry → its port's name → where it is here. */
const answering: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  mariadb: { 'tcp-mariadb': ports.mariadb },
  redis: { 'tcp-redis': ports.redis },
  'redis-node-0': { 'tcp-redis': ports.redis },
  'redis-node-1': { 'tcp-redis': ports.redis },
  'redis-node-2': { 'tcp-redis': ports.redis },
  'payment-provider': { 'tls-psp': ports.pspSimulator },
  smtp: { 'tcp-smtp': ports.smtp },
  otlp: { 'grpc-otlp': ports.jaegerOtlpGrpc, 'tcp-otlp-http': ports.jaegerOtlpHttp },
  // Pictures lie in the pod's own folder here (deploy/local); nobody answers.
  'object-store': {},
};

/** Path → text. */
export function localOverlayFiles(): Record<string, string> {
  return {
    [`${localOverlay}/kustomization.yaml`]: manifest('ports.ts', kustomization()),
    [`${localOverlay}/dapr-system.yaml`]: manifest('ports.ts', ...daprSystem()),
  };
}

function kustomization() {
  return {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    resources: ['../../../../mesh', 'dapr-system.yaml'],
    patches: Object.entries(answering).map(([name, own]) => ({
      target: { kind: 'ServiceEntry', name },
      patch: JSON.stringify([
        { op: 'replace', path: '/spec/resolution', value: 'STATIC' },
        { op: 'add', path: '/spec/endpoints', value: [{ address: network.outside, ports: own }] },
      ]),
    })),
  };
}

/** Dapr's control plane under the names that its chart gives it; it has no sidecars, so nobody tries TLS. */
function daprSystem(): object[] {
  const namespace = 'dapr-system';
  const rows = { 'dapr-placement-server': ports.placement, 'dapr-scheduler-server': ports.scheduler };
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
    ...Object.entries(rows).flatMap(([name, port]) => [
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name, namespace },
        spec: { ports: [{ name: 'api', port }] },
      },
      {
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata: { name, namespace, labels: { 'kubernetes.io/service-name': name } },
        addressType: 'IPv4',
        endpoints: [{ addresses: [network.outside], conditions: { ready: true } }],
        ports: [{ name: 'api', port, protocol: 'TCP' }],
      },
    ]),
  ];
}
