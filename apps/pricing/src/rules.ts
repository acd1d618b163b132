/** The rules of a quote as one immutable document: tax by country and class, shipping, promotions; and their schema. */
import { countrySchema, slugSchema } from '@souk/contracts/identifiers';
import { type Currency, currencies, maxAmount } from '@souk/contracts/money';
import { type Fault, validatePart } from '@souk/kit/validate';
import joi from 'joi';

export const taxClasses = ['standard', 'reduced', 'zero'] as const;
export type TaxClass = (typeof taxClasses)[number];

/** Rates are decimal fractions as text; `included` says whether prices in that country contain the tax. */
export type CountryTax = { country: string; included: boolean } & Record<TaxClass, string>;

/** Minor units of `currency`. Bands ascend; a parcel heavier than the last cannot go. From `freeOver` on it costs nothing. */
export interface ShippingRate {
  zone: string;
  currency: Currency;
  freeOver?: number;
  bands: { upToGrams: number; price: number }[];
}

export interface ShippingMethod {
  code: string;
  name: string;
  rates: ShippingRate[];
}

export interface Rules {
  taxes: CountryTax[];
  shipping: { taxClass: TaxClass; zones: Record<string, string[]>; methods: ShippingMethod[] };
  /** Reserved: no promotion can be written yet, but {@link file://./discount.ts} is where one takes effect. */
  promotions: never[];
}

const rateSchema = joi.string().pattern(/^0(\.\d{1,6})?$/);
const taxClassSchema = joi.string().valid(...taxClasses);
const amountSchema = joi.number().integer().min(0).max(maxAmount);
const zoneSchema = joi.string().pattern(/^[a-z][a-z-]{0,30}$/);

const taxSchema = joi.object({
  country: countrySchema.required(),
  included: joi.boolean().required(),
  standard: rateSchema.required(),
  reduced: rateSchema.required(),
  zero: rateSchema.required(),
});

const shippingRateSchema = joi.object({
  zone: zoneSchema.required(),
  currency: joi
    .string()
    .valid(...currencies)
    .required(),
  freeOver: amountSchema,
  bands: joi
    .array()
    .items(
      joi.object({ upToGrams: joi.number().integer().min(1).required(), price: amountSchema.required() }),
    )
    .min(1)
    .max(20)
    .sort({ by: 'upToGrams' })
    .unique('upToGrams')
    .required(),
});

const methodSchema = joi.object({
  code: slugSchema.required(),
  name: joi.string().min(1).max(80).required(),
  rates: joi
    .array()
    .items(shippingRateSchema)
    .min(1)
    .max(200)
    .unique((a, b) => a.zone === b.zone && a.currency === b.currency)
    .required(),
});

/** The JSON of a rule version. */
export const rulesSchema = joi
  .object({
    taxes: joi.array().items(taxSchema).min(1).max(250).unique('country').required(),
    shipping: joi
      .object({
        taxClass: taxClassSchema.required(),
        zones: joi.object().pattern(zoneSchema, joi.array().items(countrySchema).min(1).unique()).required(),
        methods: joi.array().items(methodSchema).max(20).unique('code').required(),
      })
      .required(),
    promotions: joi.array().max(0).required(),
  })
  .custom((rules: Rules, check) => {
    const fault = faultOf(rules);
    return fault ? check.message({ custom: fault }) : rules;
  });

/** What is wrong with a value as rules, each with a JSON pointer; empty when nothing is. */
export function faultsOfRules(value: unknown): Fault[] {
  const faults: Fault[] = [];
  validatePart('body', rulesSchema.required(), value, faults);
  return faults;
}

/** What no single field can show: zones that nobody defined, countries in two zones or without a tax. */
function faultOf({ taxes, shipping }: Rules): string | undefined {
  const delivered = Object.values(shipping.zones).flat();
  if (new Set(delivered).size < delivered.length) return 'a country is in two zones';
  const untaxed = delivered.find((country) => !taxes.some((tax) => tax.country === country));
  if (untaxed) return `no tax is given for ${untaxed}`;
  const lost = shipping.methods.flatMap(({ rates }) => rates).find(({ zone }) => !shipping.zones[zone]);
  return lost && `no zone is named ${lost.zone}`;
}
