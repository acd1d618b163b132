/** The two halves of the rules that staff edit, each by itself: tax rates and shipping rates. */
import type { Half } from './publish-rules.ts';
import type { Rules } from './rules.ts';

export interface TaxRates {
  taxRates: Rules['taxes'];
}

export type ShippingRates = Rules['shipping'];

export const taxRates: Half<TaxRates> = Object.freeze({
  of: ({ taxes }: Rules) => ({ taxRates: taxes }),
  put: (rules: Rules, view: TaxRates) => ({ ...rules, taxes: view.taxRates }),
  // A country of the other half that is not taxed any more is missing here.
  pointerOf: (pointer: string) =>
    pointer.startsWith('/taxes') ? pointer.replace('/taxes', '/body/taxRates') : '/body/taxRates',
});

export const shippingRates: Half<ShippingRates> = Object.freeze({
  of: ({ shipping }: Rules) => shipping,
  put: (rules: Rules, view: ShippingRates) => ({ ...rules, shipping: view }),
  pointerOf: (pointer: string) => pointer.replace(/^\/shipping/, '/body'),
});

/** What differs, for the audit log: each tax rate by its country, each member and each method of shipping by its name. */
export function differenceOf<View extends object>(
  before: View,
  after: View,
): { before: object; after: object } {
  const [was, is] = [byName(before), byName(after)];
  const names = [...new Set([...Object.keys(was), ...Object.keys(is)])].filter(
    (name) => JSON.stringify(was[name]) !== JSON.stringify(is[name]),
  );
  const part = (all: Record<string, unknown>) =>
    Object.fromEntries(names.map((name) => [name, all[name] ?? null]));
  return { before: part(was), after: part(is) };
}

/** A view as one flat object: what stands in a list goes by its country or code. */
function byName(view: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(view).flatMap(([name, value]): [string, unknown][] =>
      Array.isArray(value)
        ? value.map((item) => [`${name}.${item.country ?? item.code}`, item])
        : [[name, value]],
    ),
  );
}
