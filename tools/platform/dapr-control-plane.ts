/** Dapr's control plane on one machine: sentry as certificate authority, placement and scheduler behind its TLS. */
import { join } from 'node:path';
import { ports } from '@souk/contracts/ports';
import type { Program } from '../runner/program.ts';
import { certificateFiles, daprEnvironment } from './certificates.ts';
import { listenAddress, root, stack, state } from './paths.ts';
import { httpAnswers } from './probe.ts';
import { binaryPath } from './tool-versions.ts';

const loopback = '127.0.0.1';
/** Under this name sidecars reach the scheduler. */
const schedulerName = stack === 'mesh' ? 'dapr-scheduler-server.dapr-system.svc.cluster.local' : loopback;
const sentryConfig = join(root, 'tools/platform/sentry.yaml');

interface Member {
  name: 'sentry' | 'placement' | 'scheduler';
  port: number;
  health: number;
  /** Null where metrics could be seen from outside: sentry 1.18.2 ignores the listen address for them. */
  metrics: number | null;
  more: readonly string[];
  otherPorts?: Record<string, number>;
}

/** In the mesh encryption is Istio's. */
const behindTls = [
  ...(stack === 'mesh'
    ? []
    : [
        '--tls-enabled',
        `--trust-anchors-file=${certificateFiles.anchors}`,
        `--sentry-address=${loopback}:${ports.sentry}`,
      ]),
  '--mode=standalone',
];

const members: readonly Member[] = [
  {
    name: 'sentry',
    port: ports.sentry,
    health: ports.sentryHealth,
    metrics: null,
    more: [
      `--config=${sentryConfig}`,
      `--issuer-credentials=${state.certificates}`,
      // Without it sentry would use the account of whatever cluster the person works with.
      '--kubeconfig=/nonexistent',
    ],
  },
  {
    name: 'placement',
    port: ports.placement,
    health: ports.placementHealth,
    metrics: ports.placementMetrics,
    more: [...behindTls, `--initial-cluster=dapr-placement-0=${loopback}:${ports.placementRaft}`],
    otherPorts: { raft: ports.placementRaft },
  },
  {
    name: 'scheduler',
    port: ports.scheduler,
    health: ports.schedulerHealth,
    metrics: ports.schedulerMetrics,
    more: [
      ...behindTls,
      `--etcd-data-dir=${join(state.data, 'scheduler')}`,
      `--etcd-client-listen-address=${loopback}`,
      `--etcd-client-port=${ports.schedulerEtcdClient}`,
      `--etcd-initial-cluster=dapr-scheduler-server-0=http://localhost:${ports.schedulerEtcdPeer}`,
      `--override-broadcast-host-port=${schedulerName}:${ports.scheduler}`,
    ],
    otherPorts: { 'etcd clients': ports.schedulerEtcdClient, 'etcd peers': ports.schedulerEtcdPeer },
  },
];

/** Sentry, placement and scheduler; the latter two need sentry's certificates to be there. */
export function controlPlanePrograms(): Program[] {
  const trust = daprEnvironment().DAPR_TRUST_ANCHORS!;
  return members.map(({ name, port, health, metrics, more, otherPorts }) => ({
    name,
    kind: 'platform',
    command: [
      binaryPath('dapr', name),
      `--port=${port}`,
      `--listen-address=${listenAddress}`,
      `--healthz-port=${health}`,
      `--healthz-listen-address=${loopback}`,
      ...(metrics === null
        ? ['--enable-metrics=false']
        : [`--metrics-port=${metrics}`, `--metrics-listen-address=${loopback}`]),
      '--log-level=warn',
      ...more,
    ],
    cwd: state.folder,
    env: { NAMESPACE: 'default' },
    ports: { gRPC: port, health, ...(metrics === null ? {} : { metrics }), ...otherPorts },
    fingerprint: trust,
    health: () => httpAnswers(`http://${loopback}:${health}/healthz`),
  }));
}
