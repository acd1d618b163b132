// Promises the port behind which every payment provider looks alike: definite answers, refusals, and not knowing.
import type { Currency } from '@souk/contracts/money';

/** What the provider holds to be true of one payment; `amount` in minor units. */
export interface Outcome {
  state: 'processing' | 'requires-action' | 'authorised' | 'declined' | 'captured' | 'voided';
  ref: string;
  amount: number;
  currency: string;
  actionUrl?: string;
  reason?: string;
}

/** `refused` is a definite no without effect; `unknown` (timeout, 5xx, no connection) may have had its effect. */
export type ProviderReply<T = Outcome> =
  | { kind: 'answer'; value: T }
  | { kind: 'refused'; code: string }
  | { kind: 'unknown'; reason: string };

export interface AuthoriseRequest {
  /** Also the idempotency key: however often it is sent, the buyer's money is held once. */
  orderId: string;
  amount: number;
  currency: Currency;
  token: string;
  returnUrl: string | null;
}

/** An event whose signature was found good; `outcome` is null for kinds that say nothing about a payment's state. */
export interface ProviderEvent {
  id: string;
  type: string;
  orderId: string;
  outcome: Outcome | null;
}

/** Every call ends within the adapter's deadline and never throws; all are keyed, so all may be repeated. */
export interface PaymentsProvider {
  name: string;
  authorise(request: AuthoriseRequest): Promise<ProviderReply>;
  /** What became of an order's payment; null if the provider has never heard of it. */
  find(orderId: string): Promise<ProviderReply<Outcome | null>>;
  capture(request: { orderId: string; ref: string; amount: number }): Promise<ProviderReply>;
  void(request: { orderId: string; ref: string }): Promise<ProviderReply>;
  refund(request: { refundId: string; ref: string; amount: number }): Promise<ProviderReply<null>>;
  /** Refuses (`unauthorised`, `invalid-request`) what the provider has not signed in the last five minutes. */
  readEvent(rawBody: Buffer, signature: string | undefined): ProviderEvent;
}
