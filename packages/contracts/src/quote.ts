/** A quote: all that a buyer sees and pays, made by pricing alone. */
import joi from 'joi';
import { countrySchema, maxLines, quantitySchema, skuSchema } from './identifiers.ts';
import { type Currency, currencySchema, type Money, moneySchema } from './money.ts';

export interface QuoteLine {
  sku: string;
  quantity: number;
  unitPrice: Money;
  discount: Money;
  /** Tax contained in `total`. */
  tax: Money;
  /** Decimal fraction as text, e.g. `"0.19"`. */
  taxRate: string;
  /** What the buyer pays for this line, tax included. */
  total: Money;
}

export interface QuoteShipping {
  method: string;
  name: string;
  tax: Money;
  taxRate: string;
  /** What the buyer pays for shipping, tax included. */
  total: Money;
}

/** `total` = Σ lines.total + shipping.total, always with tax. */
export interface Quote {
  currency: Currency;
  country: string;
  /** Whether `unitPrice` contains tax (as in the EU) or tax comes on top (as in the US). */
  taxIncluded: boolean;
  lines: QuoteLine[];
  discounts: { code: string; amount: Money }[];
  shipping: QuoteShipping | null;
  tax: Money;
  total: Money;
  /** SHA-256 (hex) of the canonical JSON of everything above. */
  quoteHash: string;
}

const rateSchema = joi.string().pattern(/^\d(\.\d{1,6})?$/);

export const quoteHashSchema = joi.string().pattern(/^[0-9a-f]{64}$/);

export const quoteSchema = joi.object({
  currency: currencySchema.required(),
  country: countrySchema.required(),
  taxIncluded: joi.boolean().required(),
  lines: joi
    .array()
    .items(
      joi.object({
        sku: skuSchema.required(),
        quantity: quantitySchema.required(),
        unitPrice: moneySchema,
        discount: moneySchema,
        tax: moneySchema,
        taxRate: rateSchema.required(),
        total: moneySchema,
      }),
    )
    .max(maxLines)
    .required(),
  discounts: joi
    .array()
    .items(joi.object({ code: joi.string().required(), amount: moneySchema }))
    .required(),
  shipping: joi
    .object({
      method: joi.string().required(),
      name: joi.string().required(),
      tax: moneySchema,
      taxRate: rateSchema.required(),
      total: moneySchema,
    })
    .allow(null)
    .required(),
  tax: moneySchema,
  total: moneySchema,
  quoteHash: quoteHashSchema.required(),
});
