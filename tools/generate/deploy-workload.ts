/** A service's Deployment, Service and account in the cluster. */
import { type ServiceName, serviceNames } from '@souk/contracts/ports';
import { secretsOf } from '@souk/contracts/secrets';
import { isGoApp } from '../platform/go-apps.ts';
import { daprTemplate } from './dapr-template.ts';
import { podPorts, shopNamespace } from './mesh-names.ts';

/** How long an app may finish what it has in hand (kit), then its Dapr sidecar, and when the kubelet stops waiting. */
const stopSeconds = Object.freeze({ leaveRouting: 10, app: 10, dapr: 15, all: 75 });

/** MiB: what a pod is promised, and what it may never pass. Node's heap is bounded at 256 (dapr.yaml). */
const memory = { node: { asked: 160, most: 448 }, go: { asked: 32, most: 128 } };

export const labelsOf = (service: ServiceName) => ({ app: service });
const metadata = (service: ServiceName) => ({
  name: service,
  namespace: shopNamespace,
  labels: { ...labelsOf(service), 'app.kubernetes.io/part-of': 'souk' },
});

/** Its identity in the mesh, and the secrets that its sidecar may read. */
export function account(service: ServiceName): object[] {
  const rules = [
    { apiGroups: [''], resources: ['secrets'], verbs: ['get'], resourceNames: secretNames(service) },
  ];
  const rbac = 'rbac.authorization.k8s.io';
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: metadata(service) },
    { apiVersion: `${rbac}/v1`, kind: 'Role', metadata: metadata(service), rules },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'RoleBinding',
      metadata: metadata(service),
      roleRef: { apiGroup: rbac, kind: 'Role', name: service },
      subjects: [{ kind: 'ServiceAccount', name: service, namespace: shopNamespace }],
    },
  ];
}

/** The app's own, and those that its sidecar needs for the components. */
function secretNames(service: ServiceName): string[] {
  const own = [...secretsOf[service], 'redis-password'];
  if (service === 'identity') own.push('workflowstore-connection');
  if (service === 'notifications') own.push('smtp-account');
  if (service === 'catalog') own.push('media-account');
  return own;
}

/** One address for all its pods. The second port lets the mesh choose the pod of a call between sidecars (design D12). */
export function clusterService(service: ServiceName) {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadata(service),
    spec: {
      selector: labelsOf(service),
      ports: [
        { name: 'http', port: 80, targetPort: podPorts.app },
        { name: 'grpc-dapr-internal', port: podPorts.daprInternal, targetPort: podPorts.daprInternal },
      ],
    },
  };
}

export function deployment(service: ServiceName) {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: metadata(service),
    spec: {
      // How many is the autoscaler's decision.
      minReadySeconds: 5,
      revisionHistoryLimit: 3,
      progressDeadlineSeconds: 300,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      selector: { matchLabels: labelsOf(service) },
      template: {
        metadata: {
          labels: { ...labelsOf(service), version: 'stable' },
          annotations: annotations(service),
        },
        spec: podSpec(service),
      },
    },
  };
}

/** Dapr's injector reads these; the app's health is asked for as on one machine (dapr.yaml). */
function annotations(service: ServiceName): Record<string, string> {
  const local = daprTemplate().apps[serviceNames.indexOf(service)]!;
  const own = {
    enabled: 'true',
    'app-id': service,
    'app-port': `${podPorts.app}`,
    config: service,
    'log-as-json': 'true',
    'log-level': local.logLevel,
    'enable-app-health-check': 'true',
    'app-health-check-path': local.appHealthCheckPath,
    'app-health-probe-interval': `${local.appHealthProbeInterval}`,
    'app-health-probe-timeout': `${local.appHealthProbeTimeout}`,
    'app-health-threshold': `${local.appHealthThreshold}`,
    'api-token-secret': 'dapr-api-token',
    'app-token-secret': 'app-api-token',
    'disable-builtin-k8s-secret-store': 'true',
    'enable-native-sidecar': 'true',
    'graceful-shutdown-seconds': `${stopSeconds.dapr}`,
    'sidecar-cpu-request': '100m',
    'sidecar-memory-request': '96Mi',
    'sidecar-memory-limit': '256Mi',
    'sidecar-seccomp-profile-type': 'RuntimeDefault',
  };
  const ofDapr = Object.fromEntries(Object.entries(own).map(([name, value]) => [`dapr.io/${name}`, value]));
  return {
    ...ofDapr,
    // pilot-agent adds the Dapr sidecar's metrics to Envoy's own and gives both out at 15020.
    'prometheus.io/scrape': 'true',
    'prometheus.io/port': '9090',
    'prometheus.io/path': '/',
  };
}

function podSpec(service: ServiceName) {
  const zones = { topologyKey: 'topology.kubernetes.io/zone', whenUnsatisfiable: 'ScheduleAnyway' };
  const nodes = { topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'ScheduleAnyway' };
  return {
    serviceAccountName: service,
    // The sidecar, not the app, talks to the API server, with this account's token.
    automountServiceAccountToken: true,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: stopSeconds.all,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 10_001,
      runAsGroup: 10_001,
      fsGroup: 10_001,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    topologySpreadConstraints: [zones, nodes].map((spread) => ({
      maxSkew: 1,
      ...spread,
      labelSelector: { matchLabels: labelsOf(service) },
    })),
    containers: [container(service)],
    volumes: [{ name: 'tmp', emptyDir: { sizeLimit: '64Mi' } }],
  };
}

function container(service: ServiceName) {
  const go = isGoApp(service);
  const { asked, most } = memory[go ? 'go' : 'node'];
  const local = daprTemplate().apps[serviceNames.indexOf(service)]!;
  return {
    name: 'app',
    image: go ? `souk/${service}` : 'souk/services',
    // Of the local platform's command only the place of Node differs.
    ...(!go && { command: ['node', ...local.command.slice(1)], workingDir: `/shop/apps/${service}` }),
    ports: [{ name: 'http', containerPort: podPorts.app }],
    envFrom: [{ configMapRef: { name: 'shop-settings' } }],
    env: [
      { name: 'APP_PORT', value: `${podPorts.app}` },
      { name: 'OTEL_SERVICE_NAME', value: service },
      ...(go ? [{ name: 'GOMEMLIMIT', value: '96MiB' }] : []),
      ...(service === 'catalog' ? [{ name: 'OPENAPI_FILE', value: '/shop/openapi.json' }] : []),
    ],
    startupProbe: { ...probe('/livez'), periodSeconds: 1, failureThreshold: 60 },
    livenessProbe: { ...probe('/livez'), periodSeconds: 10, failureThreshold: 3 },
    // Says no while the database is away: then nothing is sent here.
    readinessProbe: { ...probe('/readyz'), periodSeconds: 2, failureThreshold: 2 },
    // Endpoints are taken out of routing at the same time as the signal comes; requests on their way still arrive.
    lifecycle: { preStop: { sleep: { seconds: stopSeconds.leaveRouting } } },
    resources: {
      requests: { cpu: go ? '25m' : '100m', memory: `${asked}Mi` },
      limits: { memory: `${most}Mi` },
    },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
    volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
  };
}

const probe = (path: string) => ({ httpGet: { path, port: 'http' }, timeoutSeconds: 1 });
