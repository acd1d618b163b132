/** One runner for everything: `unit` needs at most MariaDB, `shop` needs the whole shop up. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: [
            'packages/*/test/**/*.test.ts',
            'apps/*/test/**/*.test.ts',
            'tools/**/test/**/*.test.ts',
            'test/*.test.ts',
          ],
          testTimeout: 20_000,
          hookTimeout: 60_000,
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: 'shop',
          include: ['test/journeys/**/*.test.ts', 'test/security/**/*.test.ts', 'test/chaos/**/*.test.ts'],
          testTimeout: 90_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
