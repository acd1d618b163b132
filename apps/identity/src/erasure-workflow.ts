/** The workflow of an erasure: asks in rounds, for as many days as it takes, and survives every process. */
import { hostWorkflows, type Workflow, type WorkflowHost } from '@souk/kit/dapr-workflow';
import type { Deps } from '@souk/kit/service';
import { beginRound, readErasure } from './erasure.ts';
import { listUnwatched, markWatched } from './erasure-store.ts';
import type { IdentityConfig } from './identity-deps.ts';

interface Round {
  customerId: string;
  round: number;
  /** How long the answers of a round may take, and how long to wait before the next. */
  restSeconds: number;
}

export interface ErasureWorkflows {
  /** Starts the workflow of an erasure; if that fails now, the upkeep does it. */
  watch(customerId: string): Promise<void>;
  /** Tells it that everything is forgotten; if that fails, it sees so itself after its rest. */
  finish(customerId: string): Promise<void>;
  /** Starts those that nobody could start before. */
  watchAll(): Promise<void>;
  /** Begins to run workflows. */
  start(): { stop(): Promise<void> };
}

/** What keeps an erasure waiting is an order under way: days, so that asking ever so often is of no use. */
const longestRestSeconds = 86_400;

const name = 'erasure';
const finished = 'erased';
const instanceOf = (customerId: string) => `erasure-${customerId}`;

/** One round: ask, then wait for the end or until it is time to ask again. Its state holds ids only. */
export const erasureRound: Workflow = async function* (context, { customerId, round, restSeconds }: Round) {
  yield context.callActivity('begin-round', { customerId, round });
  const end = context.waitForExternalEvent(finished);
  const first = yield context.whenAny([end, context.createTimer(restSeconds)]);
  if (first === end) return;
  // The word of the end may have been lost between the database and us.
  if (yield context.callActivity('is-completed', { customerId })) return;
  const longer = Math.min(restSeconds * 2, longestRestSeconds);
  context.continueAsNew({ customerId, round: round + 1, restSeconds: longer }, true);
};

/** Workflows of this process; before `start` and after its stop, everything is left to others. */
export function createErasureWorkflows(deps: Deps<IdentityConfig>): ErasureWorkflows {
  let host: WorkflowHost | undefined;
  const restSeconds = deps.config.ERASURE_REST_SECONDS;
  const watch = async (customerId: string) => {
    if (!host) return;
    const first: Round = { customerId, round: 1, restSeconds };
    await host.start(name, instanceOf(customerId), first);
    await markWatched(deps.db, customerId, deps.now());
  };
  const quietly = (work: Promise<void>) =>
    work.catch((error: Error) => deps.log.warn('work.failed', { name, reason: error.message }));
  return {
    watch: (customerId) => quietly(watch(customerId)),
    finish: (customerId) => quietly(host?.raise(instanceOf(customerId), finished, {}) ?? Promise.resolve()),
    async watchAll() {
      for (const customerId of await listUnwatched(deps.db)) await watch(customerId);
    },
    start() {
      host = hostWorkflows({
        grpcPort: deps.config.DAPR_GRPC_PORT,
        apiToken: deps.config.DAPR_API_TOKEN,
        log: deps.log,
        workflows: { [name]: erasureRound },
        activities: {
          'begin-round': ({ customerId, round }: Round) => beginRound(deps, customerId, round),
          'is-completed': async ({ customerId }: Round) =>
            (await readErasure(deps, customerId))?.completed ?? true,
        },
      });
      const running = host;
      return {
        stop() {
          host = undefined;
          return running.stop();
        },
      };
    },
  };
}
