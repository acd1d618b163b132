/** The mails about an order, as pure functions of its event. */
import type { Address } from '@souk/contracts/identifiers';
import { formatMoney } from '@souk/contracts/money';
import type { Quote } from '@souk/contracts/quote';
import { type Html, html, joined } from './html.ts';

/** What order.confirmed and order.cancelled tell. */
export interface OrderFacts {
  orderId: string;
  number: string | null;
  email: string;
  address: Address;
  quote: Quote;
  /** SKU → what the article was called. */
  names: Record<string, string>;
  reason?: string;
}

export interface WrittenMail {
  /** One line, without control characters. */
  subject: string;
  /** HTML. */
  body: string;
}

/** Thanks for an order, with all that was agreed. */
export function confirmationMail(order: OrderFacts, eventId: string): WrittenMail {
  const number = numberOf(order);
  return written(`Your order ${number}`, eventId, [
    html`<p>Dear ${order.address.name},</p>
<p>thank you for your order <strong>${number}</strong>. We will write again when it is on its way.</p>`,
    invoice(order),
    html`<h2>Delivery</h2>
<p>${joined(addressLines(order.address), html`<br>`)}</p>`,
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

function numberOf({ number, orderId }: OrderFacts): string {
  return number ?? orderId;
}

/** The reference is the same in a repetition, so that people and programs can see that it is one. */
function written(subject: string, eventId: string, parts: Html[]): WrittenMail {
  const line = singleLine(subject);
  const page = html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>${line}</title></head>
<body>
${joined(parts, html`\n`)}
<p>Souk</p>
<p><small>Reference: ${eventId}</small></p>
</body>
</html>
`;
  return { subject: line, body: page.text };
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

function row(what: string, amount: string): Html {
  return html`<tr><td>${what}</td><td align="right">${amount}</td></tr>`;
}

function addressLines({ name, line1, line2, postalCode, city, region, country }: Address): Html[] {
  const lines = [name, line1, line2, `${postalCode} ${city}`, region, country];
  return lines.filter((line) => line !== undefined).map((line) => html`${line}`);
}

/** A header must be one line: whatever could end it becomes a space. */
function singleLine(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
    .slice(0, 200);
}
