/** What lies in a pod's folder before anything starts: tokens, the mesh's root certificate, its Dapr settings. */
import { chmodSync, chownSync, copyFileSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { state } from '../../platform/paths.ts';
import { clusterFolder } from '../cluster-paths.ts';
import { daprFolder } from '../dapr-files.ts';
import type { ApiServer } from './api-server.ts';
import { hasDapr, hasProxy, type Place, type Pod } from './pod.ts';

export const users = Object.freeze({ proxy: 1_337, dapr: 65_532, app: 10_001 });

const tokenSeconds = 24 * 3_600;
const proxyFolders = [
  'etc/istio/proxy',
  'var/run/secrets/istio',
  'var/run/secrets/tokens',
  'var/run/secrets/workload-spiffe-uds',
  'var/run/secrets/credential-uds',
  'var/lib/istio/data',
];

/** Writes all of it anew. */
export async function layOutFiles(api: ApiServer, pod: Pod, { folder }: Place): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'tmp'), { recursive: true });
  chmodSync(join(folder, 'tmp'), 0o1777);
  copyFileSync(state.openApi, join(folder, 'openapi.json'));
  chmodSync(join(folder, 'openapi.json'), 0o644);
  if (hasProxy(pod)) await layOutProxy(api, pod, folder);
  if (hasDapr(pod)) await layOutDapr(api, pod, folder);
}

async function layOutProxy(api: ApiServer, pod: Pod, folder: string): Promise<void> {
  for (const name of proxyFolders) mkdirSync(join(folder, name), { recursive: true });
  await writeProxyToken(api, pod, folder);
  // istiod itself puts it into every namespace.
  const root = await api.demand(
    'GET',
    `/api/v1/namespaces/${pod.metadata.namespace}/configmaps/istio-ca-root-cert`,
  );
  writeFileSync(join(folder, 'var/run/secrets/istio/root-cert.pem'), root.data['root-cert.pem']);
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }))
    if (name !== 'tmp') chownSync(join(folder, name), users.proxy, users.proxy);
  chownSync(folder, users.proxy, users.proxy);
}

/** Writes the token by which istiod's authority knows the pod; it lasts a day, and is asked for anew before. */
export async function writeProxyToken(api: ApiServer, pod: Pod, folder: string): Promise<void> {
  const file = join(folder, 'var/run/secrets/tokens/istio-token');
  writeFileSync(file, await tokenOf(api, pod, ['istio-ca']), { mode: 0o600 });
  chownSync(file, users.proxy, users.proxy);
}

/** The sidecar reads its secrets with the pod's account, and no others (deploy/base/services). */
async function layOutDapr(api: ApiServer, pod: Pod, folder: string): Promise<void> {
  const own = join(folder, 'dapr');
  mkdirSync(join(own, 'resources'), { recursive: true });
  for (const name of readdirSync(join(daprFolder, 'resources')))
    copyFileSync(join(daprFolder, 'resources', name), join(own, 'resources', name));
  const configuration = `${pod.metadata.annotations?.['dapr.io/config']}.yaml`;
  copyFileSync(join(daprFolder, 'config', configuration), join(own, 'config.yaml'));
  copyFileSync(join(clusterFolder, 'ca.crt'), join(own, 'ca.crt'));
  writeFileSync(join(own, 'kubeconfig'), kubeconfig(await tokenOf(api, pod)), { mode: 0o600 });
  for (const name of readdirSync(own, { recursive: true, encoding: 'utf8' }))
    chownSync(join(own, name), users.dapr, users.dapr);
}

async function tokenOf(api: ApiServer, pod: Pod, audiences?: string[]): Promise<string> {
  const { name, namespace, uid } = pod.metadata;
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${pod.spec.serviceAccountName}/token`;
  const boundObjectRef = { kind: 'Pod', apiVersion: 'v1', name, uid };
  const spec = { audiences, expirationSeconds: tokenSeconds, boundObjectRef };
  const { status } = await api.demand('POST', path, {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec,
  });
  return status.token;
}

/** In a cluster the sidecar finds the same in its file system; JSON is YAML too. */
function kubeconfig(token: string): string {
  const server = 'https://kubernetes.default.svc.cluster.local:443';
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'pod', cluster: { server, 'certificate-authority': '/mnt/pod/dapr/ca.crt' } }],
    users: [{ name: 'pod', user: { token } }],
    contexts: [{ name: 'pod', context: { cluster: 'pod', user: 'pod' } }],
    'current-context': 'pod',
  });
}
