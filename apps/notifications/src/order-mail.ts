/** The mails about an order, as pure functions of its event. */
import type { Address } from '@souk/contracts/identifiers';
import { formatMoney, type Money } from '@souk/contracts/money';
import type { Quote } from '@souk/contracts/quote';
import { type Html, html, joined } from './html.ts';
import { type WrittenMail, written } from './written-mail.ts';

/** What every event of an order tells. */
export interface OrderFacts {
  orderId: string;
  /** Null for a guest. */
  customerId: string | null;
  number: string | null;
  email: string;
  address: Address;
  quote: Quote;
  /** SKU → what the article was called. */
  names: Record<string, string>;
  reason?: string;
}

/** Where the parcel is, as order.dispatched tells. */
export interface Tracking {
  carrier: string;
  trackingNumber: string;
}

/** Thanks for an order, with all that was agreed. */
export function confirmationMail(order: OrderFacts, eventId: string): WrittenMail {
  const number = numberOf(order);
  return written(`Your order ${number}`, eventId, [
    html`<p>Dear ${order.address.name},</p>
<p>thank you for your order <strong>${number}</strong>. We will write again when it is on its way.</p>`,
    invoice(order),
    destination(order),
  ]);
}

/** The end of an order that had been confirmed. */
export function cancellationMail(order: OrderFacts, eventId: string): WrittenMail {
  const number = numberOf(order);
  return written(`Your order ${number} is cancelled`, eventId, [
    html`<p>Dear ${order.address.name},</p>
<p>your order <strong>${number}</strong> has been cancelled. ${formatMoney(order.quote.total)} will not be charged, or
come back to you the way you paid.</p>`,
    invoice(order),
  ]);
}

/** The parcel has left. */
export function dispatchMail(order: OrderFacts & Tracking, eventId: string): WrittenMail {
  const number = numberOf(order);
  return written(`Your order ${number} is on its way`, eventId, [
    html`<p>Dear ${order.address.name},</p>
<p>your order <strong>${number}</strong> is on its way to you with ${order.carrier}. Its tracking number is
<strong>${order.trackingNumber}</strong>.</p>`,
    articles(order),
    destination(order),
  ]);
}

/** The parcel has come. */
export function deliveryMail(order: OrderFacts, eventId: string): WrittenMail {
  const number = numberOf(order);
  return written(`Your order ${number} has arrived`, eventId, [
    html`<p>Dear ${order.address.name},</p>
<p>your order <strong>${number}</strong> has been delivered. We hope that you like it.</p>`,
    articles(order),
  ]);
}

/** Money on its way back: all of it, or a part. */
export function refundMail(order: OrderFacts & { amount: Money }, eventId: string): WrittenMail {
  const number = numberOf(order);
  return written(`Money back for your order ${number}`, eventId, [
    html`<p>Dear ${order.address.name},</p>
<p>we are giving you back <strong>${formatMoney(order.amount)}</strong> for your order <strong>${number}</strong>. It
comes back the way you paid, within a few days.</p>`,
  ]);
}

function numberOf({ number, orderId }: OrderFacts): string {
  return number ?? orderId;
}

function invoice({ quote, names }: OrderFacts): Html {
  const { lines, shipping, discounts, tax, taxIncluded, total } = quote;
  const rows = [
    ...lines.map((line) =>
      row(`${line.quantity} × ${names[line.sku] ?? line.sku} `, formatMoney(line.total)),
    ),
    ...discounts.map(({ code, amount }) => row(`Included discount ${code}`, formatMoney(amount))),
    ...(shipping ? [row(shipping.name, formatMoney(shipping.total))] : []),
    row('Total', formatMoney(total)),
    row(taxIncluded ? 'Tax in it' : 'Tax in the total', formatMoney(tax)),
  ];
  return html`<table>
${joined(rows, html`\n`)}
</table>`;
}

function articles({ quote, names }: OrderFacts): Html {
  const lines = quote.lines.map(({ sku, quantity }) => html`<li>${quantity} × ${names[sku] ?? sku}</li>`);
  return html`<ul>
${joined(lines, html`\n`)}
</ul>`;
}

function destination({ address }: OrderFacts): Html {
  return html`<h2>Delivery</h2>
<p>${joined(addressLines(address), html`<br>`)}</p>`;
}

function row(what: string, amount: string): Html {
  return html`<tr><td>${what}</td><td align="right">${amount}</td></tr>`;
}

function addressLines({ name, line1, line2, postalCode, city, region, country }: Address): Html[] {
  const lines = [name, line1, line2, `${postalCode} ${city}`, region, country];
  return lines.filter((line) => line !== undefined).map((line) => html`${line}`);
}
