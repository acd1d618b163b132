/** The process that lets the broker forget applied events; in a cluster the same two files run in a pod. */
import { join } from 'node:path';
import { deadLetterTopic, type EventType, events, heardBy } from '@souk/contracts/events';
import { ports, serviceNames } from '@souk/contracts/ports';
import { root } from '../platform/paths.ts';
import { ensureSecrets } from '../platform/secrets.ts';
import type { Program } from '../runner/program.ts';

const pauseSeconds = 5;

/** Topic → the consumer groups that must have applied an event before it may go. */
export function groupsOfTopics(): Record<string, readonly string[]> {
  const topics = (Object.keys(events) as EventType[]).map(
    (type) => [type, [...events[type].listeners]] as const,
  );
  const letters = serviceNames
    .filter((service) => heardBy(service).length > 0)
    .map((service) => [deadLetterTopic(service), [service]] as const);
  return Object.fromEntries([...topics, ...letters]);
}

export function eventRetentionProgram(): Program {
  const rows = Object.entries(groupsOfTopics()).map(([topic, groups]) => `${topic}=${groups.join(',')}`);
  const script = join(root, 'tools/event-retention/run.sh');
  return {
    name: 'event-retention',
    kind: 'platform',
    command: ['/bin/sh', script, `${ports.redis}`, `${pauseSeconds}`, ...rows],
    cwd: root,
    env: { REDISCLI_AUTH: ensureSecrets().served['redis-password']! },
    ports: {},
    fingerprint: '',
    health: async () => undefined,
  };
}
