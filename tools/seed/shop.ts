/** The words of the seed: what a product, a category, a tax row and a shipping rate look like, and their schemas. */
import Joi from 'joi';

/** A choice has a closed list of values; a number is an integer in the unit at the end of its name. */
export type AttributeKind = { type: 'choice' | 'number' | 'boolean'; values?: string[] };
/** A node of the tree; roots have children, leaves have attributes and products. */
export type Category = {
  slug: string;
  name: string;
  children?: Category[];
  attributes?: Record<string, AttributeKind>;
};
export type TaxClass = 'standard' | 'reduced' | 'zero';
/** `prices` are minor units by currency; whether they contain tax is for the buyer's country to say. */
export type Variant = {
  sku: string;
  options: Record<string, string>;
  weightGrams: number;
  prices: { EUR: number; USD: number };
  stock: number;
};
/** `image` names the picture without its folder and ending; `publishedAt` is a UTC day, YYYY-MM-DD. */
export type Product = {
  slug: string;
  name: string;
  brand: string;
  category: string;
  taxClass: TaxClass;
  popularity: number;
  publishedAt: string;
  attributes: Record<string, string | number | boolean>;
  description: string;
  variants: Variant[];
  image: string;
};
/** Rates are decimal strings such as `0.19`; `included` tells whether prices in that country contain the tax. */
export type Tax = { country: string; included: boolean } & Record<TaxClass, string>;
/** Prices and `freeOver` in minor units of `currency`; bands ascend by weight, the last is the heaviest parcel. */
export type ShippingRate = {
  zone: string;
  currency: 'EUR' | 'USD';
  freeOver?: number;
  bands: { upToGrams: number; price: number }[];
};
export type Shipping = {
  taxClass: TaxClass;
  zones: Record<string, string[]>;
  methods: { code: string; name: string; rates: ShippingRate[] }[];
};
export type Shop = { categories: Category[]; products: Product[]; taxes: Tax[]; shipping: Shipping };

const slug = Joi.string()
  .pattern(/^[a-z0-9]+(-[a-z0-9]+)*$/)
  .max(80)
  .required();
const taxClass = Joi.string().valid('standard', 'reduced', 'zero').required();
const minorUnits = Joi.number().integer().min(0).max(10_000_000).required();
const country = Joi.string()
  .pattern(/^[A-Z]{2}$/)
  .required();
const rate = Joi.string()
  .pattern(/^0(\.\d{1,4})?$/)
  .required();

const attributeKind = Joi.alternatives(
  Joi.object({
    type: Joi.valid('choice').required(),
    values: Joi.array().items(Joi.string()).unique().required(),
  }),
  Joi.object({ type: Joi.valid('number', 'boolean').required() }),
);
const leaf = Joi.object({
  slug,
  name: Joi.string().required(),
  attributes: Joi.object()
    .pattern(/^[a-z][A-Za-z]*$/, attributeKind)
    .min(2)
    .required(),
});

export const categoriesSchema = Joi.array().items(
  Joi.object({ slug, name: Joi.string().required(), children: Joi.array().items(leaf).min(1).required() }),
);

const variant = Joi.object({
  sku: Joi.string()
    .pattern(/^[A-Z0-9-]{3,40}$/)
    .required(),
  options: Joi.object()
    .pattern(/^[a-z]+$/, Joi.string().max(40))
    .min(1)
    .required(),
  weightGrams: Joi.number().integer().min(1).max(30_000).required(),
  prices: Joi.object({ EUR: minorUnits, USD: minorUnits }).required(),
  stock: Joi.number().integer().min(1).max(500).required(),
});

export const productFileSchema = Joi.object({
  category: slug,
  products: Joi.array()
    .items(
      Joi.object({
        slug,
        name: Joi.string().max(80).required(),
        brand: Joi.string().max(40).required(),
        taxClass,
        popularity: Joi.number().integer().min(0).required(),
        publishedAt: Joi.string()
          .pattern(/^\d{4}-\d{2}-\d{2}$/)
          .required(),
        attributes: Joi.object().required(),
        description: Joi.string().max(2000).required(),
        variants: Joi.array().items(variant).min(1).max(4).required(),
      }),
    )
    .required(),
});

export const taxesSchema = Joi.array().items(
  Joi.object({ country, included: Joi.boolean().required(), standard: rate, reduced: rate, zero: rate }),
);

const band = Joi.object({ upToGrams: Joi.number().integer().min(1).required(), price: minorUnits });
const shippingRate = Joi.object({
  zone: Joi.string().required(),
  currency: Joi.string().valid('EUR', 'USD').required(),
  freeOver: minorUnits.optional(),
  bands: Joi.array().items(band).min(1).sort({ by: 'upToGrams' }).required(),
});

export const shippingSchema = Joi.object({
  taxClass,
  zones: Joi.object()
    .pattern(/^[a-z]+$/, Joi.array().items(country))
    .required(),
  methods: Joi.array()
    .items(
      Joi.object({
        code: slug,
        name: Joi.string().required(),
        rates: Joi.array().items(shippingRate).min(1).required(),
      }),
    )
    .required(),
});
