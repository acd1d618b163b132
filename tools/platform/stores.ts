/** What the shop stands on, by name: one MariaDB and one Redis, or what `make ha-test` puts in their place. */
import { join } from 'node:path';
import { galeraPrograms, prepareGalera } from '../ha/galera.ts';
import { kafkaProgram, prepareKafka } from '../ha/kafka.ts';
import { writeLocalComponents } from '../ha/local-components.ts';
import { prepareRedis, sentinelPrograms } from '../ha/redis-sentinel.ts';
import type { Program } from '../runner/program.ts';
import { mariadbProgram, prepareMariadb } from './mariadb.ts';
import { root, type StoresName, state, storesName } from './paths.ts';
import { redisProgram } from './redis.ts';

export interface Stores {
  /** Makes their folders; nothing of theirs runs yet. */
  prepare(): Promise<void>;
  /** Each starts when the one before it works; the last is what services speak to. */
  database(): Program[];
  /** Likewise; events, carts and flags. */
  broker(): Program[];
  /** Whether events lie in Redis, where somebody must let them go. */
  eventsInRedis: boolean;
  /** The folder of Dapr's components. */
  components(): string;
}

const derived = (component: string) => () => {
  const folder = join(state.folder, 'components');
  writeLocalComponents(component, folder);
  return folder;
};

const known: Readonly<Record<StoresName, Stores>> = {
  single: {
    prepare: prepareMariadb,
    database: () => [mariadbProgram()],
    broker: () => [redisProgram()],
    eventsInRedis: true,
    components: () => join(root, 'components'),
  },
  replicated: {
    prepare: async () => {
      prepareRedis();
      await prepareGalera();
    },
    database: galeraPrograms,
    broker: sentinelPrograms,
    eventsInRedis: true,
    components: derived('redis-sentinel'),
  },
  kafka: {
    prepare: async () => {
      await Promise.all([prepareMariadb(), prepareKafka()]);
    },
    database: () => [mariadbProgram()],
    broker: () => [redisProgram(), kafkaProgram()],
    eventsInRedis: false,
    components: derived('kafka'),
  },
};

/** Those of this process's shop (SOUK_STORES). */
export const stores: Stores = known[storesName];
