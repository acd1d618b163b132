/** All manifests of deploy/ that come from packages/contracts and components/, as texts by path. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { serviceNames } from '@souk/contracts/ports';
import { groupsOfTopics } from '../event-retention/program.ts';
import { clusterConfiguration, clusterPubsub, clusterResource } from './deploy-dapr.ts';
import { accountsSql } from './deploy-database.ts';
import { autoscaler, disruptionBudget, networkPolicy } from './deploy-guards.ts';
import { account, clusterService, deployment } from './deploy-workload.ts';
import { manifest, shopNamespace } from './mesh-names.ts';

/** What is the same in the cluster as on one machine, but for addresses. */
const resources = [
  'brokerstate',
  'configstore',
  'orders-sweeper',
  'payments-sweeper',
  'resiliency',
  'statestore',
  'workflowstore',
];

/** Path → text. */
export function deployFiles(): Record<string, string> {
  const services = serviceNames.flatMap((service) => [
    [
      `deploy/base/services/${service}.yaml`,
      manifest(
        'calls.ts, ports.ts, secrets.ts',
        ...account(service),
        clusterService(service),
        deployment(service),
        disruptionBudget(service),
        autoscaler(service),
        networkPolicy(service),
      ),
    ],
    [
      `deploy/base/dapr/config-${service}.yaml`,
      manifest('calls.ts, ports.ts, secrets.ts', clusterConfiguration(service)),
    ],
  ]);
  const components = resources.map((name) => [
    `deploy/base/dapr/${name}.yaml`,
    generatedFrom(`components/${name}.yaml`, clusterResource(name)),
  ]);
  return Object.fromEntries([
    ...services,
    ...components,
    ['deploy/base/dapr/pubsub.yaml', manifest('events.ts', clusterPubsub())],
    ['deploy/base/retention/script.yaml', generatedFrom('tools/event-retention', retentionScript())],
    ['deploy/database/accounts.sql', accountsSql()],
  ]);
}

function generatedFrom(source: string, document: object): string {
  return manifest('', document).replace(/from .*/, `from ${source}: edit that, not this.`);
}

/** The same two files as on one machine, and the topics with their groups. */
function retentionScript() {
  const folder = join(import.meta.dirname, '../event-retention');
  const rows = Object.entries(groupsOfTopics()).map(([topic, groups]) => `${topic}=${groups.join(',')}`);
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'event-retention', namespace: shopNamespace },
    data: {
      'run.sh': readFileSync(join(folder, 'run.sh'), 'utf8'),
      'trim.lua': readFileSync(join(folder, 'trim.lua'), 'utf8'),
      topics: rows.join(' '),
    },
  };
}
