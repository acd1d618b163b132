/** What it costs to send a parcel: method, zone of the country, currency, weight band, and free from a value on. */
import type { Currency } from '@souk/contracts/money';
import type { Rules, ShippingMethod } from './rules.ts';

/** What is to be sent. `value` is that of the goods after discounts, in minor units, as listed in that country. */
export interface Parcel {
  country: string;
  currency: Currency;
  weightGrams: number;
  value: bigint;
}

export interface ShippingOption {
  code: string;
  name: string;
  /** Minor units; contains tax exactly where the country's prices do. */
  price: bigint;
}

/** Every method by which the parcel can go, in the order of the rules; none for a country outside all zones. */
export function shippingOptions({ shipping }: Rules, parcel: Parcel): ShippingOption[] {
  const zone = Object.keys(shipping.zones).find((name) => shipping.zones[name]!.includes(parcel.country));
  if (zone === undefined) return [];
  return shipping.methods.flatMap((method) => {
    const price = priceOf(method, zone, parcel);
    return price === undefined ? [] : [{ code: method.code, name: method.name, price }];
  });
}

function priceOf(method: ShippingMethod, zone: string, parcel: Parcel): bigint | undefined {
  const rate = method.rates.find((row) => row.zone === zone && row.currency === parcel.currency);
  const band = rate?.bands.find(({ upToGrams }) => parcel.weightGrams <= upToGrams);
  if (!rate || !band) return undefined;
  const free = rate.freeOver !== undefined && parcel.value >= BigInt(rate.freeOver);
  return free ? 0n : BigInt(band.price);
}
