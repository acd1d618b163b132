/** The load generator: built once from its Go module, run with a suite, its figures read back. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { buildLoadGenerator } from '../tools/platform/install.ts';
import { root, state } from '../tools/platform/paths.ts';
import { step } from '../tools/platform/progress.ts';
import { binaryPath } from '../tools/platform/tool-versions.ts';
import { runToEnd } from './children.ts';

/** Where a run keeps what nobody reads afterwards. */
export const workFolder = join(state.folder, 'perf');

/** One metric as k6 sums it up; `thresholds` say which promises were kept. */
export interface K6Metric {
  type: 'counter' | 'rate' | 'trend' | 'gauge';
  values: Record<string, number>;
  thresholds?: Record<string, { ok: boolean }>;
}

export interface K6Result {
  metrics: Record<string, K6Metric>;
  /** Thresholds that were missed, as `metric: expression`. */
  missed: string[];
  seconds: number;
}

/** k6 exits with this when thresholds were missed: the figures are there all the same. */
const thresholdsMissed = 99;

/** Builds k6 when it is not there yet. */
export async function ensureK6(): Promise<void> {
  if (!existsSync(binaryPath('k6', 'k6'))) await step('k6', buildLoadGenerator);
}

/** Runs one suite file to its end. */
export async function runK6(file: string, env: Record<string, string>, limitMs: number): Promise<K6Result> {
  mkdirSync(workFolder, { recursive: true });
  const summaryFile = join(workFolder, `${basename(file)}.summary.json`);
  const { code, stderr, stdout } = await runToEnd(
    [
      binaryPath('k6', 'k6'),
      'run',
      '--quiet',
      '--no-usage-report',
      '--no-color',
      '--address',
      '',
      suiteFile(file),
    ],
    {
      env: { ...env, SOUK_PERF_SUMMARY: summaryFile, SOUK_PERF_DATA: join(workFolder, 'data.json') },
      cwd: root,
      limitMs,
    },
  );
  if (code !== 0 && code !== thresholdsMissed) throw new Error(`k6 ${file}: ${code}\n${stderr}${stdout}`);
  const { metrics, state: ended } = JSON.parse(readFileSync(summaryFile, 'utf8')) as {
    metrics: Record<string, K6Metric>;
    state: { testRunDurationMs: number };
  };
  return { metrics, missed: missedIn(metrics), seconds: ended.testRunDurationMs / 1_000 };
}

const suiteFile = (file: string) => join(root, 'perf/suites', `${file}.js`);

/** Thresholds that did not hold. */
export function missedIn(metrics: Record<string, K6Metric>): string[] {
  return Object.entries(metrics).flatMap(([name, { thresholds = {} }]) =>
    Object.entries(thresholds)
      .filter(([, { ok }]) => !ok)
      .map(([expression]) => `${name}: ${expression}`),
  );
}
