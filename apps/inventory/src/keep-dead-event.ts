/** What inventory keeps of an event that it could not apply: the order's id, and nothing about who ordered. */
import type { KeepDead } from '@souk/kit/dapr-subscribe';
import { storeDeadEvent } from '@souk/kit/dead-event-store';
import type { Deps } from '@souk/kit/service';

/** Keeps it without mail and address: inventory is not asked when somebody wants to be forgotten. */
export function keepDeadEvent({ db }: Pick<Deps, 'db'>): KeepDead {
  return (event, reason) => {
    const orderId = event.payload?.orderId;
    return storeDeadEvent(db, { ...event, payload: { orderId } }, reason);
  };
}
