/** The fingerprint of a quote: equal exactly when everything that the buyer sees is equal. */
import { createHash } from 'node:crypto';
import type { Quote } from '@souk/contracts/quote';

/** SHA-256 (hex) of the canonical JSON of a quote without its `quoteHash`. */
export function quoteHashOf(quote: Omit<Quote, 'quoteHash'>): string {
  return createHash('sha256').update(canonicalJson(quote)).digest('hex');
}

/** JSON without spaces and with sorted keys at every depth, so that the order in which an object was built is no matter. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const members = Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
}
