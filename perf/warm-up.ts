/** Services that have just begun run uncompiled code: what they cost then is not what they cost in a shop that is open. */
import { say } from '../tools/platform/progress.ts';
import { runSuite, suites } from './suites.ts';

/** Lets four guests buy for so many seconds. */
export async function warmUp(seconds: number): Promise<void> {
  if (seconds === 0) return;
  await runSuite(suites.find(({ name }) => name === 'checkout')!, { CLIENTS: '4', SECONDS: `${seconds}` });
  say(`warmed up for ${seconds} s`);
}
