/** From the moment at which an order is confirmed until the mail server has all of its mail, at several rates of orders. */
import { ports } from '@souk/contracts/ports';
import type { Connection } from 'mysql2/promise';
import { eventually } from '../../test/support/shop.ts';
import { openAdmin } from '../../tools/platform/mariadb-admin.ts';
import { say } from '../../tools/platform/progress.ts';
import { mailLimits } from '../../tools/smtp-catcher/newest.ts';
import { sampleTraces, untilAtRest } from '../counters.ts';
import { measure, type Round } from '../measure.ts';
import { quantile } from '../quantile.ts';
import { traceShare } from '../run-facts.ts';
import { line } from '../side-by-side.ts';
import { makeCarts, type Placed, placeAtRate } from './placing.ts';

const rates = (process.env.RATES || '5,10,15,20').split(',').map(Number);
const seconds = Number(process.env.SECONDS || 15);
const warmUpSeconds = 15;
const mostP95Ms = 500;
/** A mail that found the server busy for a second is tried again after eight. */
const sentWithinMs = 60_000;
const mailsLimitMs = 60_000;

export interface MailDelay {
  rate: number;
  orders: number;
  /** Orders a second that were confirmed, and the 95th percentile of POST /orders. */
  confirmedPerSecond: number;
  postP95Ms: number;
  p50Ms: number;
  p95Ms: number;
  p99Ms: number;
  maxMs: number;
  missed: string[];
}

export interface Mailed {
  rates: MailDelay[];
  rounds: Round[];
}

/** Places orders of these articles at each rate and looks up when each one's mail came. */
export async function timeMails(skus: readonly string[]): Promise<Mailed> {
  if (Math.max(...rates) * seconds > mailLimits.maxItems)
    throw new Error(`the mail server keeps ${mailLimits.maxItems} mails: lower RATES or SECONDS`);
  const admin = await openAdmin();
  const restore = await sampleTraces(traceShare);
  const found: Mailed = { rates: [], rounds: [] };
  try {
    await placeAtRate(await makeCarts(warmUpSeconds * 10, skus), 10);
    for (const rate of rates) {
      let placed: Placed[] = [];
      const run = async () => {
        const done = await placeAtRate(await makeCarts(rate * seconds, skus), rate);
        placed = done.placed;
        return done.load;
      };
      const round = await measure(admin, { name: `mail at ${rate}/s`, side: 'shop', run });
      say(line(round));
      const delay = await delayOf(admin, round, { rate, placed });
      found.rounds.push(round);
      found.rates.push(delay);
      const { p50Ms, p95Ms, maxMs } = delay;
      say(`mails at ${rate}/s: ${[p50Ms, p95Ms, maxMs].map(Math.round).join(' / ')} ms (p50, p95, most)`);
    }
  } finally {
    await restore();
    await admin.end();
  }
  return found;
}

async function delayOf(
  admin: Connection,
  round: Round,
  { rate, placed }: { rate: number; placed: Placed[] },
): Promise<MailDelay> {
  await untilAtRest(admin);
  const confirmedMs = await whenConfirmed(admin, placed);
  const mailedMs = await eventually(async () => {
    const known = await whenMailed();
    return placed.every(({ email }) => known.has(email)) && known;
  }, sentWithinMs).catch(whenMailed);
  const delays = placed.flatMap(({ id, email }) =>
    mailedMs.has(email) ? [mailedMs.get(email)! - confirmedMs.get(id)!] : [],
  );
  const at = (share: number) => quantile(delays, share);
  const lost = placed.length - delays.length;
  const perSecond = round.units / round.seconds;
  return {
    ...{ rate, orders: placed.length, confirmedPerSecond: perSecond, postP95Ms: round.p95Ms },
    ...{ p50Ms: at(0.5), p95Ms: at(0.95), p99Ms: at(0.99), maxMs: at(1) },
    missed: [
      ...(round.errors > 0 ? [`${round.errors} orders were not confirmed at once`] : []),
      ...(lost > 0 ? [`${lost} mails did not come within ${sentWithinMs / 1_000} s`] : []),
      ...(at(0.95) > mostP95Ms ? [`p95 is ${at(0.95).toFixed(0)} ms, more than ${mostP95Ms} ms`] : []),
    ],
  };
}

/** By orders: set in the transaction that confirms, before it commits; the same clock as the mail server's. */
async function whenConfirmed(db: Connection, placed: readonly Placed[]): Promise<Map<string, number>> {
  const [rows] = (await db.query(
    'SELECT id, ROUND(UNIX_TIMESTAMP(confirmed_at) * 1000) AS ms FROM orders.orders WHERE id IN (?)',
    [placed.map(({ id }) => id)],
  )) as unknown as [{ id: string; ms: string }[]];
  return new Map(rows.map(({ id, ms }) => [id, Number(ms)]));
}

/** By the mail server: when it had the last byte of a mail. Every buyer here has a mailbox of their own. */
async function whenMailed(): Promise<Map<string, number>> {
  const url = `http://127.0.0.1:${ports.smtpApi}/mails?to=guest-&limit=${mailLimits.maxItems}`;
  const answer = await fetch(url, { signal: AbortSignal.timeout(mailsLimitMs) });
  const { items } = (await answer.json()) as { items: { at: string; to: string[] }[] };
  // Newest first: a mail that came twice counts from its first coming.
  return new Map(items.flatMap(({ at, to }) => to.map((address) => [address, Date.parse(at)] as const)));
}
