/** `make ha-test`: the shop on replicated stores that are killed under load, then the shop on Kafka; both closed again. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildGoApps } from '../platform/go-apps.ts';
import { buildGoBinaries, installEnvoy, installSystemPackages } from '../platform/install.ts';
import type { StoresName } from '../platform/paths.ts';
import { say, step } from '../platform/progress.ts';
import { emptyAllButLogs, enclosedState, runEnclosed } from './enclosure.ts';
import { fetchKafka, installStorePackages } from './install.ts';

const runLimitMs = 420_000;
const reportName = 'ha-report.json';

/** Resolves with whether all passed; the last line that it prints is the count. */
export async function haTest(only: string | undefined = process.env.STORES): Promise<boolean> {
  if (process.getuid?.() !== 0) throw new Error('make ha-test makes namespaces of its own: run it as root');
  await step('system packages', installSystemPackages);
  await step('packages of the stores', installStorePackages);
  await step('Dapr and Jaeger', buildGoBinaries);
  await step('Envoy', installEnvoy);
  await step('services in Go', buildGoApps);
  await step('Kafka', fetchKafka);
  leaveNothingWhenInterrupted();
  const wanted = (['replicated', 'kafka'] as const).filter((stores) => !only || stores === only);
  const counts: Count[] = [];
  for (const stores of wanted) counts.push(await testOn(stores));
  const sum = (key: keyof Count) => counts.reduce((all, count) => all + count[key], 0);
  console.log(`\n${sum('passed')} passed, ${sum('failed')} failed`);
  return sum('failed') === 0 && sum('passed') > 0;
}

interface Count {
  passed: number;
  failed: number;
}

/** One shop, opened, tested and gone. Whatever keeps it from being tested counts as a failure. */
async function testOn(stores: StoresName): Promise<Count> {
  say(`a shop of its own on ${stores} stores; its logs: ${enclosedState}/logs`);
  const node = '.souk/bin/node';
  const vitest = `${node} node_modules/vitest/vitest.mjs run --config test/ha/vitest.config.ts --project ${stores}`;
  const reports = `--reporter=default --reporter=json --outputFile.json=.souk/logs/${reportName}`;
  const code = await runEnclosed({
    stores,
    script: `${node} tools/souk.ts up && ${vitest} ${reports}`,
    limitMs: runLimitMs,
  });
  const count = readCount();
  emptyAllButLogs();
  return code !== 0 && count.failed === 0 ? { ...count, failed: 1 } : count;
}

function readCount(): Count {
  try {
    const report = JSON.parse(readFileSync(join(enclosedState, 'logs', reportName), 'utf8'));
    return { passed: report.numPassedTests, failed: report.numTotalTests - report.numPassedTests };
  } catch {
    say('no test was run');
    return { passed: 0, failed: 1 };
  }
}

/** The kernel ends the processes; the data would stay. */
function leaveNothingWhenInterrupted(): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => {
      say(`${signal}: ending the shop`);
      process.exit(1);
    });
  process.once('exit', emptyAllButLogs);
}
