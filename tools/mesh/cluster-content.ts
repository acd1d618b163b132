/** Fills the mesh's cluster: definitions, the node, secrets, mesh/ word for word, and the shop's Deployments. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { localOverlay } from '../generate/mesh-local.ts';
import { gatewayNamespace, shopNamespace } from '../generate/mesh-names.ts';
import { root } from '../platform/paths.ts';
import { ensureSecrets } from '../platform/secrets.ts';
import { definitionsFolder } from './build.ts';
import { build, type Cluster } from './cluster.ts';
import { clusterFolder, nodeName } from './cluster-paths.ts';
import { writeDaprFiles } from './dapr-files.ts';
import { documentsOf, type Manifest } from './manifest.ts';
import { network } from './mesh-network.ts';

/** What the shop runs by itself here: the platform migrates, and trims the events. */
const leftOut =
  /^(Job\/migrations|Deployment\/event-retention|ConfigMap\/event-retention|NetworkPolicy\/.*)$/;

/** Istio's and Dapr's definitions, and namespaces: what istiod needs to begin with. */
export async function applyDefinitions(cluster: Cluster): Promise<void> {
  const files = ['istio.io-istio-crd-all.gen.yaml'].map((name) => join(definitionsFolder, name));
  const { ok, stderr } = await cluster.kubectl([
    'apply',
    '--server-side',
    '--force-conflicts',
    ...files.flatMap((file) => ['-f', file]),
  ]);
  if (!ok) throw new Error(stderr);
  await cluster.apply(
    `${readFileSync(join(root, 'mesh/namespaces.yaml'), 'utf8')}---\n${namespace('istio-system')}`,
  );
}

const namespace = (name: string) => stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });

/** The only node: this machine, for as many pods as there are addresses. */
export async function registerNode(cluster: Cluster): Promise<void> {
  const labels = { 'kubernetes.io/hostname': nodeName, 'kubernetes.io/os': 'linux' };
  await cluster.apply(
    stringify({ apiVersion: 'v1', kind: 'Node', metadata: { name: nodeName, labels }, spec: {} }),
  );
  const room = { cpu: '64', memory: '256Gi', pods: '200' };
  const ready = { type: 'Ready', status: 'True', reason: 'NodeAgent', message: 'the node agent runs' };
  const status = {
    capacity: room,
    allocatable: room,
    conditions: [ready],
    addresses: [{ type: 'InternalIP', address: network.outside }],
  };
  const patch = [
    'patch',
    'node',
    nodeName,
    '--subresource=status',
    '--type=merge',
    '-p',
    JSON.stringify({ status }),
  ];
  const { ok, stderr } = await cluster.kubectl(patch);
  if (!ok) throw new Error(stderr);
  // Nobody watches a node's life here, so the mark of a new one is taken away by hand.
  await cluster.kubectl(['taint', 'node', nodeName, 'node.kubernetes.io/not-ready-']);
}

/** As docs/deployment.md has people make them. */
export async function applySecrets(cluster: Cluster): Promise<void> {
  const { served, platform } = ensureSecrets();
  const inCluster = { ...served, 'workflowstore-connection': workflowConnection(served) };
  const rows: [string, Record<string, string>][] = [
    ...Object.entries(inCluster).map(([name, value]): [string, Record<string, string>] => [
      name,
      { [name]: value },
    ]),
    ['dapr-api-token', { token: platform['dapr-api-token'] }],
    ['app-api-token', { token: platform['app-api-token'] }],
  ];
  const certificate = (name: string) => readFileSync(join(clusterFolder, name), 'utf8');
  const shop = { 'tls.crt': certificate('shop.crt'), 'tls.key': certificate('shop.key') };
  await cluster.apply(
    [
      ...rows.map(([name, data]) => secret(shopNamespace, name, data)),
      secret(gatewayNamespace, 'shop-certificate', shop, 'kubernetes.io/tls'),
    ].join('---\n'),
  );
}

const workflowConnection = (served: Record<string, string>) =>
  `workflow:${served['database-workflow']}@tcp(mariadb.souk.internal:3306)/`;

function secret(
  ...[namespaceName, name, stringData, type = 'Opaque']: [string, string, object, string?]
): string {
  return stringify({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace: namespaceName },
    type,
    stringData,
  });
}

/** mesh/ and deploy/local; the Dapr part of the latter also as files, which the sidecars read. */
export async function applyShop(cluster: Cluster): Promise<string> {
  const [mesh, shop] = await Promise.all([build(localOverlay), build('deploy/local')]);
  writeDaprFiles(shop);
  const own = documentsOf(shop).filter(
    ({ apiVersion, kind, metadata }) =>
      !apiVersion.startsWith('dapr.io/') && !leftOut.test(`${kind}/${metadata.name}`),
  );
  // Services first: the oldest one of a port decides how Envoy reads it.
  await cluster.apply(own.map((document) => stringify(document)).join('---\n'));
  await cluster.apply(mesh);
  await cluster.apply(operatorServices(own));
  return `${documentsOf(mesh).length} objects of mesh/, ${own.length} of deploy/local`;
}

/** Dapr's operator makes one of these for each Deployment that it finds; a sidecar finds another by it to share workflows. */
function operatorServices(documents: readonly Manifest[]): string {
  const ports = { 'dapr-http': 3_500, 'dapr-grpc': 50_001, 'dapr-internal': 50_002, 'dapr-metrics': 9_090 };
  return documents
    .filter(({ kind }) => kind === 'Deployment')
    .map(({ metadata }) =>
      stringify({
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: `${metadata.name}-dapr`, namespace: shopNamespace },
        spec: {
          clusterIP: 'None',
          selector: { app: metadata.name },
          ports: Object.entries(ports).map(([name, port]) => ({
            name,
            port: name === 'dapr-http' ? 80 : port,
            targetPort: port,
          })),
        },
      }),
    )
    .join('---\n');
}
