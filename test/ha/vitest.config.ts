/** The runner of `make ha-test` (tools/ha), one project for each kind of stores; `make test` does not run these. */
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

const journeys = (...names: string[]) => names.map((name) => `test/journeys/${name}.test.ts`);

const project = (name: string, include: string[]) => ({
  test: {
    ...{ name, include, testTimeout: 240_000, hookTimeout: 120_000, fileParallelism: false },
    expect: { poll: { timeout: 10_000 } },
  },
});

export default defineConfig({
  root: join(import.meta.dirname, '../..'),
  test: {
    projects: [
      project('replicated', [...journeys('buy'), 'test/ha/replicated.test.ts']),
      project('kafka', [
        ...journeys('buy', 'follow-order', 'related', 'customer', 'trace'),
        'test/ha/kafka.test.ts',
      ]),
    ],
  },
});
