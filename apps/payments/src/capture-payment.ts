// Promises that the money of a dispatched order is taken once; a failed capture is kept and tried again.
import { crashPoint } from '@souk/kit/crash-point';
import { changePayment, type PaymentsDeps } from './change-payment.ts';
import { captureFailed, captureRequested, type Payment, settled } from './payment.ts';

/** Takes the money that is held for the order. The intent is committed first, so that the sweeper can finish it. */
export async function capturePayment(deps: PaymentsDeps, orderId: string): Promise<Payment> {
  const payment = await changePayment(deps, orderId, { decide: captureRequested });
  return payment.state === 'capturing' ? askToCapture(deps, payment) : payment;
}

/** How often the sweeper asks a provider that does not answer, within about five minutes, before it is a failure. */
const doubts = 6;

/** Asks the provider to capture and records the answer; for payments `capturing` or `capture-failed`. */
export async function askToCapture(deps: PaymentsDeps, payment: Payment): Promise<Payment> {
  const { orderId, authorised, providerRef } = payment;
  if (providerRef === null) throw new Error('An authorised payment has a reference of the provider.');
  crashPoint('payments.capture.before-provider');
  const reply = await deps.provider.capture({ orderId, ref: providerRef, amount: authorised });
  crashPoint('payments.capture.after-provider');
  if (reply.kind === 'answer' && reply.value.state === 'captured') {
    return changePayment(deps, payment, { decide: (now) => settled(now, reply.value, true) });
  }
  if (reply.kind === 'unknown' && payment.state === 'capturing' && payment.attempts < doubts) {
    deps.log.warn('payment.in-doubt', { orderId, reason: reply.reason });
    return payment;
  }
  const reason =
    reply.kind === 'refused' ? reply.code : reply.kind === 'unknown' ? reply.reason : reply.value.state;
  deps.log.error('payment.capture-failed', { orderId, reason });
  return changePayment(deps, payment, { decide: (now) => captureFailed(now, reason) });
}
