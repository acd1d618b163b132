/** Kafka on one machine: one node that is its own controller, from Kafka's own artifacts. */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { state } from '../platform/paths.ts';
import { portAnswers } from '../platform/probe.ts';
import { writeWhole } from '../platform/state-files.ts';
import type { Program } from '../runner/program.ts';
import { firstPorts } from './addresses.ts';
import { javaBinary, kafkaLibraries } from './install.ts';

const dataFolder = join(state.data, 'kafka');
const formatLimitMs = 60_000;
const heap = ['-Xms256m', '-Xmx512m'];
const libraries = `${kafkaLibraries}/*`;

/** Gives Kafka its folder when it has none; a half-made one is thrown away. */
export async function prepareKafka(): Promise<void> {
  if (existsSync(dataFolder)) return;
  const unfinished = `${dataFolder}.new`;
  rmSync(unfinished, { recursive: true, force: true });
  const file = join(state.run, 'kafka-format.properties');
  writeWhole(file, settings(unfinished));
  const id = Buffer.from(randomUUID().replaceAll('-', ''), 'hex').toString('base64url');
  const words = ['-cp', libraries, 'kafka.tools.StorageTool', 'format', '--standalone', '-t', id, '-c', file];
  await promisify(execFile)(javaBinary, words, { timeout: formatLimitMs });
  renameSync(unfinished, dataFolder);
}

export function kafkaProgram(): Program {
  const file = join(state.run, 'kafka.properties');
  const config = settings(dataFolder);
  writeWhole(file, config);
  return {
    name: 'kafka',
    kind: 'platform',
    command: [javaBinary, ...heap, '-cp', libraries, 'kafka.Kafka', file],
    cwd: state.folder,
    env: {},
    ports: { Kafka: firstPorts.kafka, controller: firstPorts.kafkaController },
    fingerprint: config,
    health: () => portAnswers(firstPorts.kafka),
  };
}

const settings = (folder: string) => `process.roles=broker,controller
node.id=1
listeners=PLAINTEXT://127.0.0.1:${firstPorts.kafka},CONTROLLER://127.0.0.1:${firstPorts.kafkaController}
controller.listener.names=CONTROLLER
controller.quorum.bootstrap.servers=127.0.0.1:${firstPorts.kafkaController}
log.dirs=${folder}
num.partitions=1
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
log.retention.hours=24
`;
