/** Who carries parcels, and where each of them shows what has become of one. */

interface Carrier {
  name: string;
  /** `{number}` stands for the tracking number. */
  trackingUrl: string;
}

const table = {
  dhl: {
    name: 'DHL',
    trackingUrl: 'https://www.dhl.de/de/privatkunden/pakete-empfangen/verfolgen.html?piececode={number}',
  },
  dpd: { name: 'DPD', trackingUrl: 'https://tracking.dpd.de/status/en_US/parcel/{number}' },
  gls: { name: 'GLS', trackingUrl: 'https://gls-group.com/track/{number}' },
  ups: { name: 'UPS', trackingUrl: 'https://www.ups.com/track?tracknum={number}' },
  usps: { name: 'USPS', trackingUrl: 'https://tools.usps.com/go/TrackConfirmAction?tLabels={number}' },
} as const satisfies Record<string, Carrier>;

export type CarrierCode = keyof typeof table;

/** Every carrier that a shipment can be given to. */
export const carrierCodes = Object.freeze(Object.keys(table)) as readonly CarrierCode[];

/** Where a parcel can be followed; null for a carrier that we no longer know. */
export function trackingUrlOf(carrier: string, trackingNumber: string): string | null {
  if (!Object.hasOwn(table, carrier)) return null;
  return table[carrier as CarrierCode].trackingUrl.replace('{number}', encodeURIComponent(trackingNumber));
}
