/** What staff do to a product's variants. A SKU never changes its product; once it may have been ordered, it stays known. */
import { refuse } from '@souk/kit/problem';
import { type Edit, refuseBody } from './change-product.ts';
import { endVariant, insertVariants, type NewVariant, updateVariant } from './staff-product-store.ts';

/** As many as an event names. */
const maxVariants = 100;

/** The edit of PUT /admin/products/{id}/variants/{sku}: adds it, rewrites it, or sells it again. */
export function writingVariant(variant: NewVariant): Edit {
  return async (tx, { id, variants }) => {
    if (variants.some(({ sku }) => sku === variant.sku)) return updateVariant(tx, variant);
    if (variants.length >= maxVariants) refuseBody('', `is one more than ${maxVariants} variants`);
    await insertVariants(tx, id, { variants: [variant], position: variants.length });
  };
}

/** The edit of DELETE /admin/products/{id}/variants/{sku}: of a product that was ever published, it is archived. */
export function endingVariant(sku: string, now: () => Date): Edit {
  return async (tx, { variants, publishedAt }) => {
    if (!variants.some((variant) => variant.sku === sku)) refuse('not-found');
    await endVariant(tx, sku, publishedAt === null ? null : now());
  };
}
