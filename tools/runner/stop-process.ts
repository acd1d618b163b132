/** Ends a process politely, then by force, and returns only when it is gone. */
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, type ProcessIdentity, signalGroup } from './process-table.ts';

const usualPoliteMs = 20_000;
const forcedMs = 5_000;
const lookEveryMs = 20;

/** Resolves with how it ended; rejects when even SIGKILL did not end it within 5 s. */
export async function stopProcess(
  target: ProcessIdentity,
  { politeMs = usualPoliteMs }: { politeMs?: number | undefined } = {},
): Promise<'gone' | 'killed'> {
  signalGroup(target, 'SIGTERM');
  if (await endsWithin(target, politeMs)) return 'gone';
  signalGroup(target, 'SIGKILL');
  if (await endsWithin(target, forcedMs)) return 'killed';
  throw new Error(`process ${target.pid} does not end`);
}

async function endsWithin(target: ProcessIdentity, limitMs: number): Promise<boolean> {
  const giveUpAt = Date.now() + limitMs;
  while (isAlive(target)) {
    if (Date.now() > giveUpAt) return false;
    await sleep(lookEveryMs);
  }
  return true;
}
