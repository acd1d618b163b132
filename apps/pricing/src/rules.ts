/** The rules of a quote as one immutable document: tax by country and class, shipping, promotions; and their schema. */
import { countrySchema, slugSchema } from '@souk/contracts/identifiers';
import { type Currency, currencies, maxAmount } from '@souk/contracts/money';
import { type Fault, validatorOf } from '@souk/kit/validate';
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
const zonePattern = /^[a-z][a-z-]{0,30}$/;
const zoneSchema = joi.string().pattern(zonePattern);

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

/** Half of the rules: what is taxed how, where. */
export const taxesSchema = joi.array().items(taxSchema).min(1).max(250).unique('country').required();

/** Half of the rules: where it is sent, how, and for how much. */
export const shippingMembers = {
  taxClass: taxClassSchema.required(),
  zones: joi
    .object()
    .pattern(zonePattern, joi.array().items(countrySchema).min(1).max(250).unique())
    .max(50)
    .required(),
  methods: joi.array().items(methodSchema).max(20).unique('code').required(),
};

/** The JSON of a rule version. */
export const rulesSchema = joi.object({
  taxes: taxesSchema,
  shipping: joi.object(shippingMembers).required(),
  promotions: joi.array().max(0).required(),
});

const checkRules = validatorOf('body', rulesSchema.required());

/** What is wrong with a value as rules, each with a JSON pointer (`/taxes/0/standard`); empty when nothing is. */
export function faultsOfRules(value: unknown): Fault[] {
  const faults: Fault[] = [];
  checkRules(value, faults);
  const own = faults.map(({ pointer, detail }) => ({ pointer: pointer.slice('/body'.length), detail }));
  return own.length > 0 ? own : faultsAcross(value as Rules);
}

/** What no single field can show: countries in two zones or without a tax, zones that nobody defined. */
function faultsAcross({ taxes, shipping }: Rules): Fault[] {
  const taxed = new Set(taxes.map(({ country }) => country));
  const seen = new Set<string>();
  const ofZones = Object.entries(shipping.zones).flatMap(([zone, countries]) =>
    countries.flatMap((country, index) => {
      const pointer = `/shipping/zones/${zone}/${index}`;
      const isTwice = seen.has(country);
      seen.add(country);
      return [
        ...(isTwice ? [{ pointer, detail: `${country} is in two zones` }] : []),
        ...(taxed.has(country) ? [] : [{ pointer, detail: `no tax is given for ${country}` }]),
      ];
    }),
  );
  const ofRates = shipping.methods.flatMap(({ rates }, method) =>
    rates.flatMap(({ zone }, rate) => {
      const pointer = `/shipping/methods/${method}/rates/${rate}/zone`;
      return Object.hasOwn(shipping.zones, zone) ? [] : [{ pointer, detail: `no zone is named ${zone}` }];
    }),
  );
  return [...ofZones, ...ofRates];
}
