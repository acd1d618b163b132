/** The control plane of the mesh as programs for the supervisor: etcd, Kubernetes, istiod, and the agent of the only node. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { nodeBinary, root } from '../platform/paths.ts';
import { httpAnswers } from '../platform/probe.ts';
import { writeWhole } from '../platform/state-files.ts';
import type { Program } from '../runner/program.ts';
import { captured } from './captured.ts';
import { clusterFolder, clusterPorts } from './cluster-paths.ts';
import { apiCommand, etcdCommand } from './control-plane.ts';
import { istiodEnvironment, istiodPort, meshConfig } from './mesh-config.ts';
import { network } from './mesh-network.ts';
import { meshToolPath } from './mesh-tools.ts';
import { apiServer } from './node/api-server.ts';

const istiodHttp = 15_080;
const istiodMonitoring = 15_014;

const answerLimitMs = 5_000;

/** All of them, in the order in which they start. */
export function clusterPrograms(): Program[] {
  return [etcd(), kubernetes(), controllers(), scheduler(), istiod(), nodeAgent()];
}

function etcd(): Program {
  return program({
    name: 'etcd',
    command: etcdCommand(clusterPorts),
    ports: { etcd: clusterPorts.etcd, 'etcd peers': clusterPorts.etcdPeer },
    health: async () => {
      const files = ['--cacert', 'ca.crt', '--cert', 'etcd.crt', '--key', 'etcd.key'];
      await ends([
        'curl',
        '-sf',
        '-o',
        '/dev/null',
        ...files,
        `https://127.0.0.1:${clusterPorts.etcd}/health`,
      ]);
    },
  });
}

function kubernetes(): Program {
  return program({
    name: 'kube-apiserver',
    command: [
      ...apiCommand(clusterPorts, '0.0.0.0'),
      `--advertise-address=${network.outside}`,
      // Tokens of pods for istiod's authority.
      '--api-audiences=https://kubernetes.default.svc,istio-ca',
    ],
    ports: { API: clusterPorts.api },
    health: async () => void (await apiServer().demand('GET', '/readyz')),
  });
}

function controllers(): Program {
  // Nothing reports a node's life or a pod's load here, so nobody acts on their absence.
  const without = ['node-lifecycle', 'node-ipam', 'horizontal-pod-autoscaler'];
  return program({
    name: 'kube-controller-manager',
    command: [
      meshToolPath('kube-controller-manager'),
      '--kubeconfig=kubeconfig',
      '--service-account-private-key-file=accounts.key',
      '--root-ca-file=ca.crt',
      '--use-service-account-credentials=true',
      '--leader-elect=false',
      '--secure-port=0',
      `--controllers=*,${without.map((name) => `-${name}-controller`).join(',')}`,
    ],
  });
}

function scheduler(): Program {
  return program({
    name: 'kube-scheduler',
    command: [
      meshToolPath('kube-scheduler'),
      ...['--kubeconfig=kubeconfig', '--leader-elect=false', '--secure-port=0'],
    ],
  });
}

function istiod(): Program {
  mkdirSync(clusterFolder, { recursive: true });
  writeWhole(join(clusterFolder, 'mesh-config.yaml'), JSON.stringify(meshConfig()));
  return program({
    name: 'istiod',
    command: [
      meshToolPath('pilot-discovery'),
      'discovery',
      '--kubeconfig=kubeconfig',
      '--meshConfig=mesh-config.yaml',
      `--httpAddr=127.0.0.1:${istiodHttp}`,
      `--monitoringAddr=127.0.0.1:${istiodMonitoring}`,
      ...['--grpcAddr=', '--httpsAddr=', `--secureGRPCAddr=:${istiodPort}`, '--ctrlz_port=0'],
      '--log_output_level=default:info',
    ],
    env: istiodEnvironment(),
    ports: { xDS: istiodPort, debug: istiodHttp, metrics: istiodMonitoring },
    health: () => httpAnswers(`http://127.0.0.1:${istiodHttp}/ready`),
  });
}

/** It stands for the kubelet: what the scheduler gives to the node becomes processes in a network namespace. */
function nodeAgent(): Program {
  return program({
    name: 'node-agent',
    command: [nodeBinary, join(root, 'tools/mesh/node/main.ts')],
    env: { SOUK_STACK: 'mesh' },
  });
}

function program(own: Pick<Program, 'name' | 'command'> & Partial<Program>): Program {
  return {
    kind: 'platform',
    cwd: clusterFolder,
    env: {},
    ports: {},
    fingerprint: '',
    health: async () => undefined,
    ...own,
  };
}

async function ends(command: readonly string[]): Promise<void> {
  const { ok, stderr } = await captured(command, { cwd: clusterFolder, limitMs: answerLimitMs });
  if (!ok) throw new Error(stderr.trim() || `${command[0]} is not satisfied`);
}
