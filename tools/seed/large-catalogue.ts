/** A catalogue of any size, the same for the same seed number on every machine: the hand-written products first, then variations. */
import type { Product, Variant } from './shop.ts';

/** What `largeCatalogue` is to make; `batchSize` products come at a time. */
export type CatalogueOrder = { size: number; seedNumber: number; batchSize?: number };

/** Yields `size` products in batches; slugs and SKUs never repeat, pictures are those of the base products. */
export function* largeCatalogue(bases: Product[], order: CatalogueOrder): Generator<Product[]> {
  const { size, seedNumber, batchSize = 250 } = order;
  const random = mulberry32(seedNumber);
  let batch: Product[] = [];
  for (let index = 0; index < size; index += 1) {
    const base = bases[index % bases.length]!;
    batch.push(index < bases.length ? base : vary(base, index, random));
    if (batch.length === batchSize) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}

const editions = [
  'Harvest',
  'Harbour',
  'Winter',
  'Orchard',
  'Midsummer',
  'Quarry',
  'Cloister',
  'Monsoon',
  'Lantern',
  'Meadow',
  'Foundry',
  'Dune',
  'Almond',
  'Kestrel',
  'Juniper',
  'Ferry',
  'Rooftop',
  'Saffron',
  'Thistle',
  'Bellwether',
];
const places = [
  'Tavira',
  'Essaouira',
  'Kotor',
  'Gjirokastër',
  'Lindau',
  'Orkney',
  'Matera',
  'Nafplio',
  'Visby',
  'Mostar',
  'Chefchaouen',
  'Sibiu',
  'Cádiz',
  'Bergen',
  'Kyrenia',
  'Ghent',
  'Piran',
  'Sintra',
  'Tartu',
  'Cork',
];

function vary(base: Product, index: number, random: () => number): Product {
  const edition = pick(editions, random);
  const place = pick(places, random);
  const factor = 0.7 + random() * 0.8;
  const serial = index.toString(36);
  return {
    ...base,
    slug: `${base.slug}-${edition.toLowerCase()}-${serial}`,
    name: `${base.name}, ${edition} Edition of ${place}`,
    popularity: Math.floor(random() ** 3 * 900),
    publishedAt: dayAfter('2023-01-01', Math.floor(random() * 1300)),
    description: `Number ${index} in our ${edition.toLowerCase()} series, finished in ${place}. ${base.description}`,
    variants: base.variants.map((variant) => varyVariant(variant, { serial, factor, random })),
  };
}

type Change = { serial: string; factor: number; random: () => number };

function varyVariant(variant: Variant, { serial, factor, random }: Change): Variant {
  return {
    ...variant,
    sku: `${variant.sku}-${serial.toUpperCase()}`,
    weightGrams: Math.max(1, Math.round(variant.weightGrams * (0.9 + random() * 0.2))),
    prices: { EUR: shopPrice(variant.prices.EUR * factor), USD: shopPrice(variant.prices.USD * factor) },
    stock: 1 + Math.floor(random() ** 2 * 500),
  };
}

/** Rounds to a price a shop would write: it ends in 50 or 90 cents, and is never below 1.90. */
function shopPrice(amount: number): number {
  const whole = Math.floor(amount / 100) * 100;
  return Math.max(190, whole + (amount - whole < 50 ? 50 : 90));
}

function dayAfter(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

function pick<T>(list: T[], random: () => number): T {
  return list[Math.floor(random() * list.length)]!;
}

/** The well-known 32-bit generator: four lines, no dependency, uniform enough for sample data. Returns [0, 1). */
function mulberry32(seedNumber: number): () => number {
  let state = seedNumber >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
