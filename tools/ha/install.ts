/** What `make ha-test` needs beyond the shop: HAProxy, Sentinel, the tool that copies a database, Java, and Kafka's artifacts. */
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { installPackages } from '../platform/install.ts';
import { cacheFolder, root } from '../platform/paths.ts';
import type { Tell } from '../platform/progress.ts';
import { runCommand } from '../platform/run-command.ts';

export const javaBinary = '/usr/bin/java';

const packageFiles = {
  '/usr/lib/galera/libgalera_smm.so': 'galera-4',
  '/usr/bin/mariadb-backup': 'mariadb-backup',
  '/usr/bin/socat': 'socat',
  '/usr/sbin/haproxy': 'haproxy',
  '/usr/bin/redis-sentinel': 'redis-sentinel',
  '/usr/bin/redis-cli': 'redis-tools',
  '/usr/bin/ip': 'iproute2',
  [javaBinary]: 'openjdk-17-jre-headless',
  '/usr/bin/mvn': 'maven',
};

const mavenLimitMs = 600_000;
const pom = join(root, 'tools/ha/pom.xml');
const kafkaVersion = /kafka_2\.13<\/artifactId>\s*<version>([\d.]+)</.exec(readFileSync(pom, 'utf8'))![1]!;
const kafkaFolder = join(cacheFolder, `kafka-${kafkaVersion}`);

/** Where Kafka's archives lie once they are there. */
export const kafkaLibraries = join(kafkaFolder, 'lib');

export const installStorePackages = (tell: Tell): Promise<string> => installPackages(packageFiles, tell);

/** Kafka and what it needs, by Maven, once into the cache. */
export async function fetchKafka(tell: Tell): Promise<string> {
  if (existsSync(kafkaFolder)) return 'there';
  const unfinished = mkdtempSync(`${kafkaFolder}.`);
  try {
    const words = ['-B', '-f', pom, 'dependency:copy-dependencies', `-DoutputDirectory=${unfinished}/lib`];
    await runCommand(['mvn', ...words], { limitMs: mavenLimitMs, tell });
    renameSync(unfinished, kafkaFolder);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  return `fetched ${kafkaVersion}`;
}
