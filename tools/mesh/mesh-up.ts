/** `make mesh-up`: the whole shop in the mesh, from whatever state it is in; killed at any point, it can be run again. */
import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { migrateAll } from '../migrate/migrate.ts';
import { layOutFlags } from '../platform/flag.ts';
import { buildGoApps } from '../platform/go-apps.ts';
import { buildGoBinaries, installEnvoy, installSystemPackages } from '../platform/install.ts';
import { prepareMariadb } from '../platform/mariadb.ts';
import { nodeBinary, root, state } from '../platform/paths.ts';
import { step } from '../platform/progress.ts';
import { seedOnce } from '../platform/seed.ts';
import { start } from '../platform/start-programs.ts';
import { replaceSupervisor } from '../platform/supervisor-process.ts';
import { isAlive } from '../runner/process-table.ts';
import { readRunRecords } from '../runner/run-files.ts';
import { buildMeshTools, fetchBootstrap, fetchDefinitions, installMeshPackages } from './build.ts';
import { makePki } from './certificates.ts';
import { clusterOf } from './cluster.ts';
import { applyDefinitions, applySecrets, applyShop, registerNode } from './cluster-content.ts';
import { clusterFolder, clusterPorts, kubeconfigFile } from './cluster-paths.ts';
import { endMeshProcesses } from './mesh-down.ts';
import {
  inside,
  makeNetwork,
  network,
  refuseUnfitMachine,
  shopAddress,
  shopOrigin,
  shopPort,
} from './mesh-network.ts';
import { allMeshTools, meshToolPath } from './mesh-tools.ts';
import { untilPodsReady, untilShopAnswers } from './shop-in-mesh.ts';

/** What must be there, then the network; the rest happens inside of it. */
export async function bringMeshUp(): Promise<void> {
  mkdirSync(state.data, { recursive: true });
  await step('system packages', installSystemPackages);
  await step('packages of the mesh', installMeshPackages);
  await step('network namespaces', refuseUnfitMachine);
  await step('Dapr and Jaeger', buildGoBinaries);
  await step('Envoy', installEnvoy);
  await step('Istio and Kubernetes', (tell) => buildMeshTools(allMeshTools, tell));
  await step('resource definitions', fetchDefinitions);
  await step("proxy's first configuration", fetchBootstrap);
  await step('services in Go', buildGoApps);
  await step('network', makeNetwork);
  await runInside('mesh-up-inside');
}

/** Runs a verb of this command in the mesh's network. */
function runInside(verb: string): Promise<void> {
  const [program, ...words] = [...inside, nodeBinary, join(root, 'tools/souk.ts'), verb];
  return new Promise((resolve, reject) => {
    const child = spawn(program!, words, { cwd: root, stdio: 'inherit' });
    child.on('error', reject);
    child.on('exit', (code) => (code === 0 ? resolve() : reject(new Error('the mesh did not come up'))));
  });
}

/** From stores to gateway. Resolves when the shop sells at the gateway. */
export async function bringMeshUpInside(): Promise<void> {
  await step('control plane', renewControlPlane);
  await step('database folder', prepareMariadb);
  const { meshPrograms } = await import('./mesh-programs.ts');
  const programs = meshPrograms();
  await step('supervisor', replaceSupervisor);
  const named = (...names: string[]) => programs.filter(({ name }) => names.includes(name));
  const cluster = clusterOf({ kubeconfig: kubeconfigFile, folder: clusterFolder });
  const stores = Promise.all([
    start(named('mariadb')).then(async () => {
      await step('tables', () => migrateAll());
      await seedOnce();
    }),
    start(named('redis')).then(() => step('flags', layOutFlags)),
    start(named('placement', 'scheduler', 'jaeger', 'smtp-catcher', 'psp-simulator', 'event-retention')),
    describeApi(),
  ]);
  await start(named('etcd'));
  await start(named('kube-apiserver'));
  const rest = start(named('kube-controller-manager', 'kube-scheduler'));
  await step('definitions', () => applyDefinitions(cluster));
  await Promise.all([
    rest,
    step('node', () => registerNode(cluster)),
    step('secrets', () => applySecrets(cluster)),
  ]);
  await Promise.all([start(named('istiod')), step('manifests', () => applyShop(cluster))]);
  await stores;
  await start(named('node-agent'));
  await step('pods', untilPodsReady);
  await step('gateway', untilShopAnswers);
  console.log(addresses());
}

/** Imported late: it loads every service. */
async function describeApi(): Promise<void> {
  const { writeMergedOpenApi } = await import('../generate/merged-openapi.ts');
  await step('API document', () => writeMergedOpenApi(state.openApi));
}

/** One that runs goes on; else all that was in it begins anew, for the manifests say it again. */
async function renewControlPlane(): Promise<string> {
  const runs = readRunRecords().some(
    (record) => record.name === 'etcd' && record.pid !== 0 && isAlive(record),
  );
  if (runs && existsSync(kubeconfigFile)) return 'runs already';
  await endMeshProcesses();
  rmSync(clusterFolder, { recursive: true, force: true });
  // Reached by that address from this machine, too.
  await makePki(clusterFolder, `${network.outside}:${clusterPorts.api}`);
  copyFileSync(join(clusterFolder, 'ca.crt'), join(state.folder, 'shop-ca.crt'));
  return 'new keys';
}

const addresses = () => `
The shop is open in the mesh.
  shop      curl --cacert .souk/mesh/shop-ca.crt --resolve ${new URL(shopOrigin).hostname}:${shopPort}:${shopAddress} ${shopOrigin}/api/v1/categories
  mails     http://${network.outside}:12580/mails
  traces    http://${network.outside}:16686
  cluster   export KUBECONFIG=${kubeconfigFile}; ${meshToolPath('kubectl')} -n shop get pods
  more      make mesh-test, make mesh-down`;
