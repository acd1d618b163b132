// Promises a provider in memory with the simulator's cards, whose answers a test can lose or hold back.
import { refuse } from '@souk/kit/problem';
import type { Outcome, PaymentsProvider, ProviderEvent, ProviderReply } from '../src/payments-provider.ts';

type Payment = Outcome & { orderId: string; capturedAmount: number; refunds: Map<string, number> };
export type FakeProvider = ReturnType<typeof createFakeProvider>;

/** The signature that the fake takes for genuine. */
export const genuine = 'genuine';

const firstStates: Record<string, Outcome['state']> = {
  tok_ok: 'authorised',
  tok_timeout: 'authorised',
  tok_3ds: 'requires-action',
  tok_late: 'processing',
};
const timeout = { kind: 'unknown', reason: 'timeout' } as const;

/**
 * `tok_timeout` is authorised but not answered, `tok_lost` never reaches the provider (until `lost` is false).
 * `held` is awaited before each authorisation is answered. `movements` is the provider's ledger.
 */
export function createFakeProvider() {
  const payments = new Map<string, Payment>();
  const movements: [type: string, orderId: string, amount: number][] = [];
  const state = { down: false, lost: true, refuseCapture: false, held: Promise.resolve(), calls: 0 };
  const move = (payment: Payment, to: Outcome['state'], type: string) => {
    payment.state = to;
    movements.push([type, payment.orderId, payment.amount]);
    return outcomeOf(payment);
  };
  const provider: PaymentsProvider = {
    name: 'simulator',
    authorise: async ({ orderId, amount, currency, token }) => {
      state.calls += 1;
      if (state.down || (token === 'tok_lost' && state.lost)) return timeout;
      let payment = payments.get(orderId);
      const isNew = !payment;
      if (!payment) {
        const first = token === 'tok_lost' ? 'authorised' : (firstStates[token] ?? 'declined');
        payment = {
          ...{ orderId, amount, currency, state: first, ref: `psp_${orderId}` },
          ...extrasOf(first),
        };
        payments.set(orderId, payment);
        if (first === 'authorised') move(payment, first, 'authorise');
      }
      await state.held;
      if (isNew && (token === 'tok_timeout' || token === 'tok_late')) return timeout;
      return outcomeOf(payment);
    },
    find: async (orderId) => {
      if (state.down) return timeout;
      const payment = payments.get(orderId);
      return payment ? outcomeOf(payment) : { kind: 'answer', value: null };
    },
    void: async ({ orderId }) => {
      if (state.down) return timeout;
      const payment = payments.get(orderId)!;
      if (payment.state === 'voided') return outcomeOf(payment);
      if (payment.state === 'requires-action') payment.state = 'voided';
      else if (payment.state !== 'authorised') return { kind: 'refused', code: `already-${payment.state}` };
      else return move(payment, 'voided', 'void');
      return outcomeOf(payment);
    },
    capture: async ({ orderId, amount }) => {
      if (state.down) return timeout;
      if (state.refuseCapture) return { kind: 'refused', code: 'expired' };
      const payment = payments.get(orderId)!;
      if (payment.state === 'captured') return outcomeOf(payment);
      if (payment.state !== 'authorised') return { kind: 'refused', code: 'not-authorised' };
      payment.capturedAmount = amount;
      return move(payment, 'captured', 'capture');
    },
    refund: async ({ refundId, ref, amount }) => {
      if (state.down) return timeout;
      const payment = [...payments.values()].find((known) => known.ref === ref)!;
      if (!payment.refunds.has(refundId)) {
        payment.refunds.set(refundId, amount);
        movements.push(['refund', payment.orderId, amount]);
      }
      return { kind: 'answer', value: null };
    },
    readEvent: (rawBody, signature) => {
      if (signature !== genuine) refuse('unauthorised');
      return JSON.parse(rawBody.toString()) as ProviderEvent;
    },
  };
  return {
    provider,
    state,
    movements,
    /** What happens at the provider beside our requests: a late success, the buyer's answer to a challenge. */
    decide: (orderId: string, to: 'authorised' | 'declined'): ProviderEvent => {
      const payment = payments.get(orderId)!;
      if (to === 'authorised') move(payment, to, 'authorise');
      else payment.state = to;
      return eventOf(payment);
    },
    eventOf: (orderId: string) => eventOf(payments.get(orderId)!),
    movementsOf: (orderId: string) => movements.filter(([, id]) => id === orderId).map(([type]) => type),
  };
}

let events = 0;

function eventOf(payment: Payment): ProviderEvent {
  events += 1;
  const { orderId, ref, amount, currency, state } = payment;
  const outcome: Outcome = { ref, amount, currency, state };
  return { id: `evt_${events}`, type: `payment.${state}`, orderId, outcome };
}

function extrasOf(first: Outcome['state']) {
  return {
    capturedAmount: 0,
    refunds: new Map<string, number>(),
    ...(first === 'requires-action' ? { actionUrl: 'http://psp.test/3ds' } : {}),
    ...(first === 'declined' ? { reason: 'insufficient_funds' } : {}),
  };
}

function outcomeOf({
  ref,
  amount,
  currency,
  state,
  actionUrl,
  reason,
}: Payment): ProviderReply & { kind: 'answer' } {
  const value = {
    ref,
    amount,
    currency,
    state,
    ...(actionUrl ? { actionUrl } : {}),
    ...(reason ? { reason } : {}),
  };
  return { kind: 'answer', value };
}
