// Promises that nothing stays held for an order that ended, also when the authorisation is still under way.
import { crashPoint } from '@souk/kit/crash-point';
import { setOrderId } from '@souk/kit/trace';
import { changePayment, type PaymentsDeps } from './change-payment.ts';
import { mustVoid, type Payment, settled, voidRequested } from './payment.ts';
import { findPayment, insertPayment } from './payment-store.ts';

/**
 * Gives back what is held for the order, and leaves a tombstone even if there is nothing yet, so that a late
 * authorisation is refused. Answers `void-requested` while the provider has not confirmed; the sweeper goes on.
 */
export async function voidPayment(deps: PaymentsDeps, orderId: string): Promise<'voided' | 'void-requested'> {
  setOrderId(orderId);
  const known = (await findPayment(deps.db, orderId)) ?? (await insertTombstone(deps, orderId));
  const payment = await changePayment(deps, known ?? orderId, { decide: voidRequested });
  const after = mustVoid(payment) ? await finishVoid(deps, payment) : payment;
  return after.state === 'voided' || after.state === 'declined' ? 'voided' : 'void-requested';
}

/** Tells the provider to let the money go and records it; whatever else the provider says is left to the sweeper. */
export async function finishVoid(deps: PaymentsDeps, payment: Payment): Promise<Payment> {
  const { orderId, providerRef } = payment;
  if (providerRef === null) throw new Error('An authorised payment has a reference of the provider.');
  crashPoint('payments.void.before-provider');
  const reply = await deps.provider.void({ orderId, ref: providerRef });
  crashPoint('payments.void.after-provider');
  if (reply.kind === 'answer') {
    return changePayment(deps, payment, { decide: (now) => settled(now, reply.value, true) });
  }
  deps.log.warn('payment.void-open', {
    orderId,
    reason: reply.kind === 'refused' ? reply.code : reply.reason,
  });
  return payment;
}

async function insertTombstone(deps: PaymentsDeps, orderId: string): Promise<Payment | null> {
  crashPoint('payments.void.before-tombstone');
  const tombstone = await insertPayment(deps.db, {
    ...{
      orderId,
      state: 'voided',
      amount: 0,
      currency: null,
      method: null,
      token: null,
      returnUrl: null,
      traceparent: null,
    },
    createdAt: deps.now(),
    dueAt: null,
  });
  crashPoint('payments.void.after-tombstone');
  return tombstone;
}
