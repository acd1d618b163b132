/** Following an order live: each entry of its history is an event, from where the listener left off until the end. */
import { eventStreamHeaders, openEventStream } from '@souk/kit/event-stream';
import { type Reply, reply } from '@souk/kit/routes';
import type { RowWatch } from '@souk/kit/row-watch';
import type { Deps } from '@souk/kit/service';
import { type OrderOwner, readOwnOrder } from './buyer.ts';
import { type Move, readHistory } from './history-store.ts';
import { finalStates } from './order.ts';

/**
 * GET /orders/{id}/events: a stream, or 204 if the listener knows all and nothing will follow (which tells an
 * EventSource not to come again).
 */
export async function followOrder(
  deps: Pick<Deps, 'db' | 'secrets'>,
  watch: RowWatch<Move>,
  { lastEventId, ...owner }: OrderOwner & { lastEventId: string | undefined },
): Promise<Reply> {
  const { id: orderId, paymentState, fulfilmentState } = await readOwnOrder(deps, owner);
  const history = await readHistory(deps.db, orderId);
  // Not by comparison: only the history knows the order. Whoever knows none of it gets all of it.
  const known = history.findIndex(({ id }) => id === lastEventId) + 1;
  const news = history.slice(known);
  const last = history.at(-1);
  if (news.length === 0 && last && finalStates.includes(last.state)) return reply(204);

  const sent = new Set(history.slice(0, known).map(({ id }) => id));
  const hear = ({ id, state, at, ...others }: Move) => {
    if (sent.has(id)) return;
    sent.add(id);
    const { paymentState, fulfilmentState } = others;
    stream.send({ id, event: 'state', data: { state, at: at.toISOString(), paymentState, fulfilmentState } });
    if (finalStates.includes(state)) stream.end();
  };
  // First, because it may refuse: a stream that nobody reads would only end after its time.
  const leave = watch.add(orderId, { hear, end: () => stream.end() });
  const stream = openEventStream();
  stream.body.once('close', leave);
  for (const { id, state, at } of news) hear({ id, state, at, paymentState, fulfilmentState });
  return reply(200, stream.body, { ...eventStreamHeaders });
}
