/** Events of cart. It has no outbox: what the broker does not take is thrown, and the event that asked for it comes again. */
import type { EventType } from '@souk/contracts/events';
import type { Deps } from '@souk/kit/service';
import { currentTraceparent } from '@souk/kit/trace';

export interface Message {
  type: EventType;
  subject: string;
  version: number;
  payload: Record<string, unknown>;
}

/** Publishes one event; throws unless the broker says that it has it. */
export async function publish(
  { dapr, newId, now }: Pick<Deps, 'dapr' | 'newId' | 'now'>,
  { type, ...message }: Message,
): Promise<void> {
  const id = newId();
  const traceparent = currentTraceparent();
  const data = { id, type, at: now().toISOString(), ...message };
  const { failedIds } = await dapr.publishBulk(type, [{ id, data, ...(traceparent && { traceparent }) }]);
  if (failedIds.length > 0) throw new Error(`the broker did not take ${type}`);
}
