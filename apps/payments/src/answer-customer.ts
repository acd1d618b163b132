// Promises an answer to whoever asks for a customer's data: payments keeps none of it.
import type { ReceivedEvent } from '@souk/kit/dapr-subscribe';
import { inTransaction } from '@souk/kit/db';
import { firstTime } from '@souk/kit/inbox';
import { enqueue, type OutgoingEvent } from '@souk/kit/outbox';
import type { Deps } from '@souk/kit/service';

type AnswerDeps = Pick<Deps, 'db' | 'wakeRelay'>;

/**
 * Nothing to forget: payments and refunds are kept by order id, no customer is known here, and card tokens and return
 * addresses are gone as soon as the provider has answered. An order whose payment is still being asked for is counted
 * as open by orders.
 */
export function answerErasure(deps: AnswerDeps, event: ReceivedEvent): Promise<void> {
  const { customerId, round = 1 } = event.payload;
  const payload = { customerId, round, service: 'payments', openCount: 0 };
  return answerOnce(deps, event, {
    type: 'erasure.completed',
    subject: customerId,
    version: round,
    payload,
  });
}

/** Nothing to hand out that orders does not: what was paid and given back stands there. */
export function answerExport(deps: AnswerDeps, event: ReceivedEvent): Promise<void> {
  const { customerId, exportId } = event.payload;
  const data = { note: 'Payments are kept by order, without anything personal; see the orders.' };
  const payload = { customerId, exportId, service: 'payments', part: 1, parts: 1, data };
  return answerOnce(deps, event, { type: 'export.completed', subject: customerId, version: 1, payload });
}

async function answerOnce({ db, wakeRelay }: AnswerDeps, { id, type }: ReceivedEvent, answer: OutgoingEvent) {
  await inTransaction(db, async (tx) => {
    if (await firstTime(tx, type, id)) await enqueue(tx, [answer]);
  });
  wakeRelay();
}
