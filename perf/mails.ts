/**
 * `make perf-mails`: how long after an order is confirmed its mail is with the mail server, at several rates of orders
 * (RATES, SECONDS). Writes perf/results/<date>-mails.json and its table in docs/performance.md; exits with 1 when a bar is missed.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openAdmin } from '../tools/platform/mariadb-admin.ts';
import { root } from '../tools/platform/paths.ts';
import { say } from '../tools/platform/progress.ts';
import { prepareData } from './data.ts';
import { timeMails } from './mails/delays.ts';
import { type MailRun, writeMailReport } from './mails/report.ts';
import { foreignLimitCores, takenCores } from './measure.ts';
import { aboutRun } from './run-facts.ts';

async function main(): Promise<void> {
  const admin = await openAdmin();
  const data = await prepareData(admin, true).finally(() => admin.end());
  const about = await aboutRun(data);
  const mail = await timeMails(data.skus);
  const busy = mail.rounds.some((round) => takenCores(round) > foreignLimitCores);
  const run: MailRun = { ...about, isMeasurement: about.isMeasurement && !busy, mail };
  mkdirSync(join(root, 'perf/results'), { recursive: true });
  const stamp = run.at.slice(0, 19).replaceAll(':', '');
  const file = `perf/results/${stamp}-mails${run.isMeasurement ? '' : '-trial'}.json`;
  writeFileSync(join(root, file), `${JSON.stringify(run, null, 1)}\n`);
  say(`written: ${file}`);
  if (run.isMeasurement || process.env.REPORT === '1') writeMailReport(run, file);
  const missed = mail.rates.flatMap(({ rate, missed: bars }) => bars.map((bar) => `at ${rate}/s: ${bar}`));
  if (missed.length === 0) return;
  console.error(`\nBars missed:\n${missed.join('\n')}`);
  process.exitCode = 1;
}

await main();
