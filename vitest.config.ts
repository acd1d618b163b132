/** One runner, three stages in this order: `unit` needs at most MariaDB, `shop` the whole shop, `chaos` breaks it. */
import { defineConfig } from 'vitest/config';

const slow = { testTimeout: 90_000, hookTimeout: 120_000, fileParallelism: false };

/** The closing line that CI reads. */
const countReporter = {
  onTestRunEnd(modules: readonly { children: { allTests(): Iterable<{ result(): { state: string } }> } }[]) {
    const states = modules.flatMap(({ children }) =>
      [...children.allTests()].map((test) => test.result().state),
    );
    const passed = states.filter((state) => state === 'passed').length;
    console.log(`\n${passed} passed, ${states.length - passed} failed`);
  },
};

export default defineConfig({
  test: {
    reporters: ['default', countReporter],
    // Of the files that may run side by side: a test waits for its parts more than it computes. (By itself vitest leaves a core free.)
    maxWorkers: 2,
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
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'shop',
          include: ['journeys', 'security', 'conformance'].map((folder) => `test/${folder}/**/*.test.ts`),
          ...slow,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: { name: 'chaos', include: ['test/chaos/**/*.test.ts'], ...slow, sequence: { groupOrder: 2 } },
      },
    ],
  },
});
