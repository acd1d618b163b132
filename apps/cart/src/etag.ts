/** ETags of carts: `"7"`, or `"7-1f3a…"` with a hash of all that is shown, for prices change without the cart. */
import { createHash } from 'node:crypto';
import { Refusal } from '@souk/kit/problem';
import type { Cart } from './cart.ts';
import { type CartDeps, type CartView, priceCart } from './price-cart.ts';

/** A cart as it is sent: the bytes and their ETag. */
export interface Shown {
  body: Buffer;
  etag: string;
}

/** The ETag of a cart that is not shown. */
export function versionEtag({ version }: Pick<Cart, 'version'>): string {
  return `"${version}"`;
}

/** The bytes of a view of `cart`, and their ETag. */
export function shown({ version }: Pick<Cart, 'version'>, view: object): Shown {
  const body = Buffer.from(JSON.stringify(view));
  const hash = createHash('sha256').update(body).digest('hex').slice(0, 12);
  return { body, etag: `"${version}-${hash}"` };
}

/** A cart is no longer what the client believes: `current` is how it looks now. */
export class StaleCart extends Refusal {
  readonly etag: string;

  constructor(cart: Cart, current: CartView) {
    super('stale-etag', undefined, { current });
    this.etag = shown(cart, current).etag;
  }
}

/** Refuses ({@link StaleCart}) if `ifMatch` is given and names another version; prices alone make no other version. */
export async function requireIfMatch(
  deps: Pick<CartDeps, 'dapr' | 'summaries'>,
  cart: Cart,
  ifMatch: string | undefined,
): Promise<void> {
  if (ifMatch === undefined || ifMatch.trim() === '*') return;
  const versions = [...ifMatch.matchAll(/(?:^|,)\s*"(\d+)(?:-[0-9a-f]+)?"/g)].map(([, version]) => version);
  if (!versions.includes(String(cart.version))) throw new StaleCart(cart, await priceCart(deps, cart));
}
