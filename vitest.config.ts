/**
 * One runner, three stages in this order: `unit` needs at most MariaDB, `shop` the whole shop, `chaos` breaks it. The shop in
 * the mesh has tests of its own, and passes the journeys too: `make mesh-test`.
 */
import { defineConfig } from 'vitest/config';

// Limits end what hangs; they are no measure of the machine, whose processors others may take for minutes.
// For the same reason CI gives a test a second try, and names it at its end; whoever runs tests by hand sees the first.
const patient = { expect: { poll: { timeout: 10_000 } }, retry: process.env.CI ? 1 : 0 };
const slow = { ...patient, testTimeout: 90_000, hookTimeout: 120_000, fileParallelism: false };

/** What the reporter asks of a test that has run. */
interface Ended {
  fullName: string;
  module: { relativeModuleId: string };
  result(): { state: string; errors?: readonly { message: string }[] };
  diagnostic(): { flaky: boolean } | undefined;
}

/** The closing lines that CI reads: who needed a second try and why, and the count. */
const countReporter = {
  onTestRunEnd(modules: readonly { children: { allTests(): Iterable<Ended> } }[]) {
    const tests = modules.flatMap(({ children }) => [...children.allTests()]);
    for (const test of tests.filter((each) => each.diagnostic()?.flaky)) {
      const reason = test.result().errors?.[0]?.message.split('\n')[0];
      console.log(`NEEDED A SECOND TRY: ${test.module.relativeModuleId} > ${test.fullName}: ${reason}`);
    }
    const passed = tests.filter((test) => test.result().state === 'passed').length;
    console.log(`\n${passed} passed, ${tests.length - passed} failed`);
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
      ...patient,
      testTimeout: 60_000,
      hookTimeout: 120_000,
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
