/** Work that goes on beside requests: one run at a time, a pause after each, and a failure is logged and not the end. */
import type { Log } from './log.ts';

export interface PeriodicWork {
  /** Named in the log when a run fails. */
  name: string;
  /** Pause between the end of one run and the begin of the next. */
  everyMs: number;
  log: Log;
  work(): Promise<unknown>;
}

/** Starts it; `stop` waits for the run in hand. */
export function startPeriodicWork({ name, everyMs, log, work }: PeriodicWork): { stop(): Promise<void> } {
  let stopped = false;
  let endPause = () => {};
  const pause = () =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, everyMs);
      endPause = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  const loop = async () => {
    while (!stopped) {
      await pause();
      if (stopped) return;
      await work().catch((error: Error) => log.warn('work.failed', { name, reason: error.message }));
    }
  };
  const running = loop();
  return {
    async stop() {
      stopped = true;
      endPause();
      await running;
    },
  };
}
