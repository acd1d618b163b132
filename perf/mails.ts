/**
 * `make perf-mails`: how long after an order is confirmed its mail is with the mail server, at several rates of orders
 * (RATES, SECONDS). Writes perf/results/<date>-mails.json and its table in docs/performance.md; exits with 1 when a bar is missed.
 */
import { openAdmin } from '../tools/platform/mariadb-admin.ts';
import { prepareData } from './data.ts';
import { timeMails } from './mails/delays.ts';
import { type MailRun, writeMailReport } from './mails/report.ts';
import { aboutRun } from './run-facts.ts';
import { failFor, judged, writeResult } from './write-result.ts';

async function main(): Promise<void> {
  const admin = await openAdmin();
  const data = await prepareData(admin, true).finally(() => admin.end());
  const about = await aboutRun(data);
  const mail = await timeMails(data.skus);
  const run: MailRun = judged({ ...about, mail }, mail.rounds);
  const file = writeResult(run, 'mails');
  if (run.isMeasurement || process.env.REPORT === '1') writeMailReport(run, file);
  failFor(
    'Bars missed',
    mail.rates.flatMap(({ rate, missed }) => missed.map((bar) => `at ${rate}/s: ${bar}`)),
  );
}

await main();
