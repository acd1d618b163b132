/** `make mesh-check`: every manifest of the shop before a real API server and Istio's own tools, and the tools before planted mistakes. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { envoyFile } from '../generate/envoy.ts';
import { root } from '../platform/paths.ts';
import { say, step } from '../platform/progress.ts';
import { buildMeshTools, definitionsFolder, fetchDefinitions, installEtcd } from './build.ts';
import { build, type Cluster, clusterOf } from './cluster.ts';
import { startControlPlane } from './control-plane.ts';
import { edgeFindings } from './edge-check.ts';
import { documentsOf, type Manifest, overlaid } from './manifest.ts';
import { toolsOfCheck } from './mesh-tools.ts';
import { operationsOfApi } from './operations.ts';
import { type CheckName, plantedMistakes } from './planted.ts';
import { localRoutes, routeFindings } from './route-check.ts';
import { standInPods } from './stand-in-pods.ts';

/** What can be built by itself. The first two are what the cluster is then filled with. */
const overlays = [
  'mesh',
  'deploy/production',
  'deploy/local',
  'deploy/monitoring',
  'deploy/argocd',
  'deploy/progressive',
  'tools/mesh/overlays/canary',
  'tools/mesh/overlays/faults',
  'tools/mesh/overlays/local',
  'tools/mesh/overlays/kafka',
  'tools/mesh/overlays/redis-cluster',
];
/** Those with objects of Istio's. */
const ofIstio = ['mesh', 'deploy/progressive', 'tools/mesh/overlays/canary', 'tools/mesh/overlays/faults'];
/** Namespaces of the platform, which others make. */
const platformNamespaces = ['istio-system', 'dapr-system', 'monitoring', 'argocd'];

type Check = (text: string) => Promise<string[]>;

const counts = { manifests: 0, checks: 0, refused: 0 };
const findings: string[] = [];

/** Runs everything; answers whether all was well. */
export async function meshCheck(): Promise<boolean> {
  await step('etcd', installEtcd);
  await step('Istio and Kubernetes', (tell) => buildMeshTools(toolsOfCheck, tell));
  await step('resource definitions', fetchDefinitions);
  const texts = await builtOverlays();
  const control = await startControlPlane();
  // Whoever interrupts the check must not leave its API server behind.
  const leave = () => void control.stop().finally(() => process.exit(130));
  process.once('SIGINT', leave).once('SIGTERM', leave);
  try {
    const cluster = clusterOf(control);
    await step('API server', () => prepare(cluster, control.folder));
    await step('strict server-side dry run', () => dryRunAll(cluster, texts));
    await step('istioctl validate', async () => {
      for (const path of ofIstio) note(`istioctl validate ${path}`, await cluster.validate(texts.get(path)!));
    });
    await step('istioctl analyze', () => analyzeAll(cluster, texts));
    const checks = await tableChecks(texts, cluster);
    await step('edges and routes', async () => {
      note('edges', await checks.edges(''));
      note('routes', await checks.routes(''));
    });
    await step('planted mistakes', () => tryPlanted(checks));
  } finally {
    await control.stop();
  }
  for (const finding of findings) say(`  ✗ ${finding}`);
  const { manifests, checks, refused } = counts;
  say(
    `mesh-check: ${manifests} manifests, ${checks} checks, ${refused} planted mistakes refused, ${findings.length} findings`,
  );
  return findings.length === 0;
}

function note(what: string, found: readonly string[]): void {
  counts.checks += 1;
  findings.push(...found.map((finding) => `${what}: ${finding.trim()}`));
}

async function builtOverlays(): Promise<Map<string, string>> {
  const built = await Promise.all(overlays.map(async (path) => [path, await build(path)] as const));
  return new Map(built);
}

async function prepare(cluster: Cluster, folder: string): Promise<string> {
  const install = await cluster.kubectl(['apply', '--server-side', '-f', definitionsFolder]);
  if (!install.ok) throw new Error(install.stderr);
  await cluster.kubectl(['wait', '--for=condition=Established', 'crd', '--all', '--timeout=60s']);
  await cluster.apply(readFileSync(join(root, 'mesh/namespaces.yaml'), 'utf8'));
  // As `kubectl apply` would have made them: what is applied over them must not be warned of.
  for (const name of platformNamespaces)
    await cluster.kubectl(['create', 'namespace', name, '--save-config']);
  // There is no controller that would make it.
  for (const name of ['shop', 'istio-ingress'])
    await cluster.kubectl(['create', 'serviceaccount', 'default', '-n', name]);
  // The gateway's certificate is put there by people; any will do here.
  const files = [`--cert=${join(folder, 'apiserver.crt')}`, `--key=${join(folder, 'apiserver.key')}`];
  await cluster.kubectl(['create', 'secret', 'tls', 'shop-certificate', '-n', 'istio-ingress', ...files]);
  return 'ready';
}

async function dryRunAll(cluster: Cluster, texts: Map<string, string>): Promise<void> {
  const rows = [...texts, ...localComponents()];
  for (const [path, text] of rows) {
    counts.manifests += documentsOf(text).length;
    note(path, await cluster.dryRun(text));
  }
  // Istio's own objects: what the server merely warns of there is not ours to change.
  const installation = await cluster.installation('mesh/install/istio.yaml');
  counts.manifests += documentsOf(installation).length;
  const said = await cluster.dryRun(installation);
  note(
    'mesh/install',
    said.filter((line) => !line.startsWith('Warning:')),
  );
}

/**
 * components/ as it is on one machine: other values, but the same definitions must hold. Not components/config: what a
 * sidecar reads from a file needs less than the cluster's definition asks for; the cluster has its own in deploy/.
 */
function localComponents(): [string, string][] {
  return readdirSync(join(root, 'components'))
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => [`components/${name}`, readFileSync(join(root, 'components', name), 'utf8')]);
}

async function analyzeAll(cluster: Cluster, texts: Map<string, string>): Promise<void> {
  const everything = `${texts.get('mesh')}---\n${texts.get('deploy/production')}`;
  // What the server does not take is a finding; the rest is looked at nevertheless.
  for (const manifests of [everything, standInPods(documentsOf(everything))])
    await cluster.apply(manifests).catch((error: Error) => note('filling the cluster', [error.message]));
  note('istioctl analyze', await cluster.analyze());
}

/** The checks by the names that planted mistakes use; a text is laid over what is committed. */
async function tableChecks(texts: Map<string, string>, cluster: Cluster): Promise<Record<CheckName, Check>> {
  const committed: Manifest[] = documentsOf(`${texts.get('mesh')}---\n${texts.get('deploy/production')}`);
  const operations = await operationsOfApi();
  const local = localRoutes(parse(readFileSync(join(root, envoyFile), 'utf8')));
  const over = (text: string) => overlaid(committed, documentsOf(text));
  return {
    'dry-run': cluster.dryRun,
    validate: cluster.validate,
    analyze: cluster.analyze,
    edges: async (text) => edgeFindings(over(text), operations),
    routes: async (text) => routeFindings(local, over(text)),
  };
}

async function tryPlanted(checks: Record<CheckName, Check>): Promise<string> {
  for (const { name, text, check, saying } of plantedMistakes()) {
    const found = await checks[check](text);
    counts.checks += 1;
    if (found.some((finding) => finding.includes(saying))) counts.refused += 1;
    else
      findings.push(
        `planted/${name}: ${check} did not say "${saying}", but: ${found.join(' ') || 'nothing'}`,
      );
  }
  return `${counts.refused} refused`;
}
