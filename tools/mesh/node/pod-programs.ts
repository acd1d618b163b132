/** The processes of a pod, as Istio's and Dapr's injectors would put them beside its app. */
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { cacheFolder, root } from '../../platform/paths.ts';
import { binaryPath } from '../../platform/tool-versions.ts';
import type { Program } from '../../runner/program.ts';
import { proxyConfig } from '../mesh-config.ts';
import { network } from '../mesh-network.ts';
import { bootstrapTemplate, meshToolPath } from '../mesh-tools.ts';
import { appOf, hasDapr, hasProxy, isGateway, type Place, type Pod } from './pod.ts';
import { users } from './pod-files.ts';

const script = join(root, 'tools/mesh/node/pod-exec.sh');
const dapr = binaryPath('dapr', 'daprd');
/** Paths as a pod sees them. */
const inPod = {
  cached: (path: string) => path.replace(cacheFolder, '/mnt/cache'),
  // The document is made while an image is built; here while the shop comes up.
  shop: (path: string) =>
    path.replace('/shop/openapi.json', '/mnt/pod/openapi.json').replace(/^\/shop/, '/mnt/shop'),
};

export interface Settings {
  /** The app's environment from config maps. */
  shared: Record<string, string>;
  /** What Dapr's injector reads from the secrets that the annotations name. */
  tokens: Record<string, string>;
}

/** In the order in which they start; they end in the opposite one. */
export function podPrograms(pod: Pod, place: Place, settings: Settings): Program[] {
  return [
    ...(hasProxy(pod) ? [proxy(pod, place)] : []),
    ...(hasDapr(pod) ? [sidecar(pod, place, settings)] : []),
    ...(appOf(pod) ? [app(pod, place, settings)] : []),
  ];
}

function proxy(pod: Pod, place: Place): Program {
  const { name, namespace, labels, annotations = {} } = pod.metadata;
  const own = parse(annotations['proxy.istio.io/config'] ?? '{}');
  const config = {
    ...proxyConfig(),
    ...own,
    binaryPath: inPod.cached(binaryPath('envoy', 'envoy')),
    proxyBootstrapTemplatePath: inPod.cached(bootstrapTemplate),
  };
  const workload = labels.app ?? name;
  const kind = isGateway(pod) ? 'router' : 'sidecar';
  const command = ['proxy', kind, '--domain', `${namespace}.svc.cluster.local`];
  return program('proxy', place, {
    user: users.proxy,
    work: '/mnt/pod',
    command: [
      inPod.cached(meshToolPath('pilot-agent')),
      ...command,
      ...['--proxyLogLevel=warning', '--log_output_level=default:info'],
    ],
    env: {
      ...config.proxyMetadata,
      INSTANCE_IP: place.ip,
      HOST_IP: network.outside,
      POD_NAME: name,
      POD_NAMESPACE: namespace,
      SERVICE_ACCOUNT: pod.spec.serviceAccountName,
      ISTIO_META_CLUSTER_ID: 'Kubernetes',
      ISTIO_META_MESH_ID: 'cluster.local',
      ISTIO_META_WORKLOAD_NAME: workload,
      ISTIO_META_INTERCEPTION_MODE: 'REDIRECT',
      ISTIO_METAJSON_LABELS: JSON.stringify({ ...labels, 'security.istio.io/tlsMode': 'istio' }),
      CA_ROOT_CA: './var/run/secrets/istio/root-cert.pem',
      XDS_ROOT_CA: './var/run/secrets/istio/root-cert.pem',
      PILOT_CERT_PROVIDER: 'istiod',
      ISTIOD_SAN: 'istiod.istio-system.svc',
      ISTIO_KUBE_APP_PROBERS: JSON.stringify(probers(pod)),
      PROXY_CONFIG: JSON.stringify(config),
    },
  });
}

/** pilot-agent asks the app and the Dapr sidecar for us: plaintext from outside would be refused. */
function probers(pod: Pod): object {
  const probe = appOf(pod)?.readinessProbe;
  const rows = [
    ...(probe ? [[appOf(pod)!.name, probe.httpGet.path, 3_000]] : []),
    ...(hasDapr(pod) ? [['daprd', '/v1.0/healthz', 3_501]] : []),
  ];
  return Object.fromEntries(
    rows.map(([name, path, port]) => [
      `/app-health/${name}/readyz`,
      { httpGet: { path, port, scheme: 'HTTP' }, timeoutSeconds: 1 },
    ]),
  );
}

function sidecar(pod: Pod, place: Place, { tokens }: Settings): Program {
  const said = (name: string) => pod.metadata.annotations?.[`dapr.io/${name}`] ?? '';
  const system = 'dapr-system.svc.cluster.local';
  return program('daprd', place, {
    user: users.dapr,
    work: '/mnt/pod',
    command: [
      '/mnt/dapr/daprd',
      ...['--mode', 'standalone', '--app-id', said('app-id')],
      ...['--app-port', said('app-port'), '--app-protocol', 'http'],
      ...['--dapr-http-port', '3500', '--dapr-grpc-port', '50001', '--dapr-internal-grpc-port', '50002'],
      ...['--dapr-listen-addresses', '127.0.0.1', '--dapr-public-port', '3501', '--metrics-port', '9090'],
      ...['--config', 'dapr/config.yaml', '--resources-path', 'dapr/resources'],
      ...['--placement-host-address', `dapr-placement-server.${system}:50005`],
      ...['--scheduler-host-address', `dapr-scheduler-server.${system}:50006`],
      ...[
        '--log-level',
        said('log-level'),
        '--dapr-graceful-shutdown-seconds',
        said('graceful-shutdown-seconds'),
      ],
      ...['--enable-app-health-check', '--app-health-check-path', said('app-health-check-path')],
      ...['--app-health-probe-interval', said('app-health-probe-interval')],
      ...['--app-health-probe-timeout', said('app-health-probe-timeout')],
      ...['--app-health-threshold', said('app-health-threshold')],
      ...(said('log-as-json') === 'true' ? ['--log-as-json'] : []),
    ],
    env: {
      ...tokens,
      NAMESPACE: pod.metadata.namespace,
      POD_NAME: pod.metadata.name,
      DAPR_HOST_IP: place.ip,
      KUBECONFIG: '/mnt/pod/dapr/kubeconfig',
    },
  });
}

function app(pod: Pod, place: Place, { shared, tokens }: Settings): Program {
  const { image, command = [], workingDir = '/shop', env = [] } = appOf(pod)!;
  const own = Object.fromEntries(env.map(({ name, value = '' }) => [name, inPod.shop(value)]));
  return program('app', place, {
    user: users.app,
    work: inPod.shop(workingDir),
    command: commandOf(image, command),
    env: { ...shared, ...tokens, DAPR_HTTP_PORT: '3500', DAPR_GRPC_PORT: '50001', ...own },
  });
}

/** The images' contents are this checkout: Node and its sources, and binaries of Go. */
function commandOf(image: string, [first, ...rest]: string[]): string[] {
  const name = image.replace(/^.*\//, '').replace(/:.*$/, '');
  if (first === undefined) return [`/mnt/shop/.souk/bin/${name}`];
  return [first === 'node' ? '/mnt/shop/.souk/bin/node' : first, ...rest];
}

interface Own {
  user: number;
  work: string;
  command: readonly string[];
  env: Record<string, string>;
}

function program(name: string, place: Place, { user, work, command, env }: Own): Program {
  const { namespace, folder } = place;
  return {
    name,
    kind: name === 'app' ? 'app' : 'sidecar',
    command: [
      ...['ip', 'netns', 'exec', namespace, '/bin/sh', script],
      ...[`${user}`, folder, root, cacheFolder, dirname(dapr), work],
      ...command,
    ],
    cwd: folder,
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/tmp', TMPDIR: '/tmp', TZ: 'UTC', ...env },
    ports: {},
    fingerprint: '',
    health: async () => undefined,
  };
}
