/**
 * One runner, three stages in this order: `unit` needs at most MariaDB, `shop` the whole shop, `chaos` breaks it. The shop in
 * the mesh has tests of its own, and passes the journeys too: `make mesh-test`.
 */
import { defineConfig } from 'vitest/config';

const slow = { testTimeout: 90_000, hookTimeout: 120_000, fileParallelism: false };

interface EndedTest {
  fullName: string;
  result(): { state: string };
  diagnostic(): { retryCount: number } | undefined;
}

/** Which tests needed another try, and the closing line that CI reads. */
const countReporter = {
  onTestRunEnd(modules: readonly { children: { allTests(): Iterable<EndedTest> } }[]) {
    const tests = modules.flatMap(({ children }) => [...children.allTests()]);
    for (const test of tests.filter((one) => (one.diagnostic()?.retryCount ?? 0) > 0))
      console.log(`needed ${test.diagnostic()!.retryCount} more tries: ${test.fullName}`);
    const states = tests.map((test) => test.result().state);
    const passed = states.filter((state) => state === 'passed').length;
    console.log(`\n${passed} passed, ${states.length - passed} failed`);
  },
};

const ofTheShop = [
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
  { test: { name: 'chaos', include: ['test/chaos/**/*.test.ts'], ...slow, sequence: { groupOrder: 2 } } },
];

const ofTheMesh = [
  {
    test: {
      name: 'mesh',
      include: ['test/mesh/*.test.ts', 'test/journeys/{buy,customer}.test.ts'],
      ...slow,
      testTimeout: 180_000,
    },
  },
];

export default defineConfig({
  test: {
    reporters: ['default', countReporter],
    // Files that may run side by side do: a test waits more than it computes, and vitest by itself leaves a core free.
    maxWorkers: 3,
    projects: process.env.SOUK_STACK === 'mesh' ? ofTheMesh : ofTheShop,
  },
});
