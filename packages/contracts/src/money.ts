/** Money as it crosses a boundary: integer minor units and a currency. Only pricing adds it. */
import joi from 'joi';

/** Currencies that the shop sells in (ISO 4217). Both have two decimal places. */
export const currencies = ['EUR', 'USD'] as const;
export type Currency = (typeof currencies)[number];

/** An amount in minor units (cents), e.g. `{amount: 1999, currency: 'EUR'}` is 19.99 €. */
export interface Money {
  amount: number;
  currency: Currency;
}

export const currencySchema = joi
  .string()
  .valid(...currencies)
  .description('ISO 4217 code');

/** The largest amount accepted or produced: ten million in major units, far inside what a double holds exactly. */
export const maxAmount = 1_000_000_000;

/** An amount of money on the wire. */
export const moneySchema = joi
  .object({
    amount: joi.number().integer().min(0).max(maxAmount).required().description('integer minor units'),
    currency: currencySchema.required(),
  })
  .required();

/** Makes a {@link Money} from minor units. */
export function money(amount: number, currency: Currency): Money {
  return { amount, currency };
}

/** Money for people, e.g. `19.99 EUR`, without locale guesses. */
export function formatMoney({ amount, currency }: Money): string {
  const sign = amount < 0 ? '-' : '';
  const digits = String(Math.abs(amount)).padStart(3, '0');
  return `${sign}${digits.slice(0, -2)}.${digits.slice(-2)} ${currency}`;
}
