/** Dead events of cart, in its state store: a list of at most 200, and each event under a key of its own. */

import type { DeadEvents } from '@souk/back-office/dead-event-routes';
import type { DeadEvent } from '@souk/back-office/dead-event-store';
import { staffIdOf } from '@souk/back-office/staff-command';
import type { KeepDead } from '@souk/kit/dapr-subscribe';
import { type KeptEvent, keptEventOf } from '@souk/kit/dead-event-store';
import { fingerprintOf } from '@souk/kit/idempotency';
import { refuse } from '@souk/kit/problem';
import { type Input, reply } from '@souk/kit/routes';
import type { Deps } from '@souk/kit/service';
import { unlessStale } from './cart-store.ts';

export interface DeadEventShelf extends DeadEvents {
  keep: KeepDead;
  /** Removes all events that name `id` anywhere. */
  removeNaming(id: string): Promise<void>;
}

type ShelfDeps = Pick<Deps, 'dapr' | 'log' | 'now'>;
type Kept = KeptEvent & { at: string };

const maxEvents = 200;
const maxTries = 10;
const keepSeconds = 30 * 24 * 3_600;
const answerTtlSeconds = 24 * 3_600;
const listKey = 'dead-events';
const keyOf = (id: string) => `dead-event:${id}`;

/** Makes the shelf; what it holds is in the store alone. */
export function openDeadEvents({ dapr, log, now }: ShelfDeps): DeadEventShelf {
  const store = dapr.state('statestore');

  const ids = async () => ((await store.get(listKey))?.value as string[] | undefined) ?? [];
  const changeIds = async (change: (ids: string[]) => string[]) => {
    for (let tries = 1; tries <= maxTries; tries += 1) {
      const before = await store.get(listKey);
      const next = change((before?.value as string[] | undefined) ?? []);
      const guard = before ? { etag: before.etag } : { ifAbsent: true };
      if (await unlessStale(store.save(listKey, next, guard))) return;
    }
    throw new Error('the list of dead events is changing too fast');
  };
  const find = async (id: string): Promise<DeadEvent | undefined> => {
    const kept = (await store.get(keyOf(id)))?.value as Kept | undefined;
    return kept && { ...kept, at: new Date(kept.at) };
  };
  const remove = async (gone: string[]) => {
    for (const id of gone) await store.delete(keyOf(id));
    await changeIds((known) => known.filter((id) => !gone.includes(id)));
  };

  return {
    find,
    async keep(event, reason) {
      const kept: Kept = { ...keptEventOf(event, reason), at: now().toISOString() };
      await unlessStale(store.save(keyOf(kept.id), kept, { ifAbsent: true, ttlSeconds: keepSeconds }));
      let dropped: string[] = [];
      await changeIds((known) => {
        const all = known.includes(kept.id) ? known : [...known, kept.id];
        dropped = all.slice(0, -maxEvents);
        return all.slice(-maxEvents);
      });
      for (const id of dropped) await store.delete(keyOf(id));
    },
    async list({ beforeId, limit }) {
      const wanted = (await ids()).filter((id) => beforeId === undefined || id < beforeId);
      const found = await Promise.all(wanted.sort().reverse().slice(0, limit).map(find));
      return found.filter((event) => event !== undefined);
    },
    async settle(input, dead) {
      const answered = await claimAnswer({ store, input, dead });
      if (dead) await remove([dead.id]);
      if (dead) log.info('event.redriven', { eventId: dead.id, topic: dead.topic });
      return reply(200, answered);
    },
    async removeNaming(name) {
      const found = await Promise.all((await ids()).map(find));
      const naming = found.filter((event) => event?.event.includes(`"${name}"`));
      if (naming.length > 0) await remove(naming.map((event) => event!.id));
    },
  };
}

interface Settling {
  store: ReturnType<ShelfDeps['dapr']['state']>;
  input: Input;
  dead: DeadEvent | undefined;
}

/** The answer belongs to the key before the event goes: a repetition after a crash finds one of the two. */
async function claimAnswer({ store, input, dead }: Settling): Promise<{ id: string }> {
  const key = `redriven:${staffIdOf(input)}:${input.headers['idempotency-key']}`;
  const answer = { id: input.params.id!, fingerprint: fingerprintOf([input.url, input.body ?? null]) };
  const before = (await store.get(key))?.value as typeof answer | undefined;
  if (before && before.fingerprint !== answer.fingerprint) refuse('idempotency-key-reused');
  if (!before && !dead) refuse('not-found');
  if (!before) await store.save(key, answer, { ttlSeconds: answerTtlSeconds });
  return { id: answer.id };
}
