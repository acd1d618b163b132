/** Work beside requests: the first owner, and rows whose time is over. */
import { reapKeys } from '@souk/kit/idempotency';
import { startPeriodicWork } from '@souk/kit/periodic-work';
import { reapExports } from './export-store.ts';
import { ensureFirstOwner } from './first-owner.ts';
import type { IdentityDeps } from './identity-deps.ts';
import { reapLimits } from './limit-store.ts';
import { reapLinks } from './link-store.ts';
import { reapSessions } from './session-store.ts';
import { reapKeysBefore } from './signing-key-store.ts';

const everyMs = 60_000;
const retryMs = 1_000;
const watchEveryMs = 10_000;
const exportLifeMs = 7 * 24 * 3_600_000;

/** Starts it; the owner is made at once, and tried again until it works. */
export function startUpkeep(deps: IdentityDeps): { stop(): Promise<void> } {
  let ready = false;
  const makeReady = async () => {
    if (ready) return;
    await ensureFirstOwner(deps);
    await deps.keys.signing();
    ready = true;
  };
  const begun = makeReady().catch((error: Error) => {
    deps.log.warn('work.failed', { name: 'first-owner', reason: error.message });
  });
  const owner = startPeriodicWork({ name: 'first-owner', everyMs: retryMs, log: deps.log, work: makeReady });
  const reaper = startPeriodicWork({ name: 'reaper', everyMs, log: deps.log, work: () => reap(deps) });
  const watcher = startPeriodicWork({
    name: 'erasures',
    everyMs: watchEveryMs,
    log: deps.log,
    work: () => deps.erasures.watchAll(),
  });
  return {
    async stop() {
      await Promise.all([begun, owner.stop(), reaper.stop(), watcher.stop()]);
    },
  };
}

/** Forgets what no request can ask for any more. */
export async function reap(deps: IdentityDeps): Promise<void> {
  const at = deps.now();
  await reapSessions(deps.db, at);
  await reapLinks(deps.db, at);
  await reapKeysBefore(deps.db, at);
  await reapExports(deps.db, new Date(at.getTime() - exportLifeMs));
  await reapLimits(deps.db);
  await reapKeys(deps.db);
}
