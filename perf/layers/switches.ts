/** What can be turned in the running shop itself: the share of traced requests, and how durable a commit is. */
import type { Connection } from 'mysql2/promise';
import { sampleTraces, setTraceShare } from '../counters.ts';
import { undoneAtEnd } from '../undo.ts';

export interface Switches {
  /** Of the requests that come to the ingress; 1 is all, as the shop is opened. */
  traceShare: number;
  /** 1: each commit waits until its log is on the disk, as the shop is opened; 2: the log follows once a second. */
  flush: 1 | 2;
}

const variable = 'innodb_flush_log_at_trx_commit';
const asOpened = 1;

export interface Panel {
  turn(wanted: Switches): Promise<void>;
  /** Puts back what the shop was opened with; an interrupted process does so too. */
  restore(): Promise<void>;
}

/** Takes the switches in hand. What an earlier run that was killed has left is not kept. */
export async function openPanel(admin: Connection): Promise<Panel> {
  const setFlush = (value: number) => admin.query(`SET GLOBAL ${variable} = ?`, [value]);
  const restoreFlush = undoneAtEnd(() => setFlush(asOpened));
  const restoreShare = await sampleTraces(0);
  return {
    async turn({ traceShare, flush }) {
      await setTraceShare(traceShare);
      await setFlush(flush);
    },
    async restore() {
      await Promise.all([restoreFlush(), restoreShare()]);
    },
  };
}
