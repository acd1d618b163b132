/** The regression gate: a run of its own, because it needs the shop for itself. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // What a test says while it measures is shown at once.
    disableConsoleIntercept: true,
    projects: [{ test: { name: 'perf', include: ['perf/*.test.ts'], fileParallelism: false } }],
  },
});
