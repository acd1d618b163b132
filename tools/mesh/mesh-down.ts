/** `make mesh-down`: ends every process of the mesh by its recorded pid, then the namespaces with all that is left in them. */
import { existsSync, readdirSync } from 'node:fs';
import { bringDown } from '../platform/down.ts';
import { step } from '../platform/progress.ts';
import { endSupervisor } from '../platform/supervisor-process.ts';
import { isAlive } from '../runner/process-table.ts';
import { readRunRecords } from '../runner/run-files.ts';
import { stopProcess } from '../runner/stop-process.ts';
import {
  namespacesOfMesh,
  network,
  networkOwner,
  refuseOtherOwner,
  removeNamespace,
  removeNamespaces,
} from './mesh-network.ts';
import { podFolder, readPodRecord } from './node/pod-runner.ts';

/** In the order in which a pod's parts end; the proxy goes with its namespace. */
const parts = ['app', 'daprd'];

/** Everything; the shop's data stays. */
export async function bringMeshDown(): Promise<void> {
  refuseOtherOwner();
  await endMeshProcesses();
  if (networkOwner() !== null || (await namespacesOfMesh()).length > 0)
    await step('network', removeNamespaces);
}

/** Every process, pods first; their namespaces go with them. */
export async function endMeshProcesses(): Promise<void> {
  await endSupervisor();
  const agent = readRunRecords().find(({ name }) => name === 'node-agent');
  if (agent && agent.pid !== 0 && isAlive(agent)) await stopProcess(agent);
  const uids = existsSync(podFolder) ? readdirSync(podFolder).map((file) => file.replace(/\.json$/, '')) : [];
  if (uids.length > 0) await step(`ending ${uids.length} pods`, () => Promise.all(uids.map(endPod)));
  for (const name of await namespacesOfMesh()) if (name !== network.namespace) await removeNamespace(name);
  await bringDown();
}

async function endPod(uid: string): Promise<void> {
  const processes = readPodRecord(uid)?.processes ?? {};
  for (const part of parts) {
    const record = processes[part];
    if (record && record.pid !== 0) await stopProcess(record);
  }
}
