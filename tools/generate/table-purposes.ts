/** What each table is for, in one sentence; a table without its sentence fails the generator. */

export const tablePurposes: Readonly<Record<string, string>> = Object.freeze({
  outbox:
    'Events that have been decided and are to be sent; written in the transaction of their cause, kept 24 h.',
  inbox:
    'Which events were applied by which consumer; written in the transaction of their effect, kept 7 days.',
  audit_log: 'Who of the staff changed what; append only, each row seals the one before it.',
  idempotency_keys: 'Which request had which effect, and the answer it got; kept 24 h.',
  dead_events: 'Events that could not be applied in about ten seconds of trying; kept to be looked at.',
  'catalog.categories': 'The tree in which products stand.',
  'catalog.products':
    'What the shop describes: names, words, pictures, tax class, and whether it is on sale.',
  'catalog.product_attributes': 'Facts about a product by which a shopper may filter.',
  'catalog.variants': 'The buyable forms of a product, each with its SKU.',
  'catalog.variant_prices':
    "A copy of pricing's prices, kept up by `price.changed`; only a greater version applies.",
  'catalog.variant_stock':
    "A copy of inventory's available pieces, kept up by `stock.changed`; only a greater version applies.",
  'catalog.listings':
    'What lists show, one row a product and currency; derived, and rebuilt when its sources change.',
  'catalog.pictures': 'Pictures that staff brought: what they are; the bytes lie in the media store.',
  'catalog.search_documents':
    'Words by which products were found by the release before; nothing writes or reads it, and the next one drops it.',
  'pricing.prices': 'What an article costs, by SKU and currency; `version` is that of `price.changed`.',
  'pricing.articles':
    'What products say of their SKUs: tax class, weight, whether they are sold; kept up by `product.*`.',
  'pricing.rule_versions':
    'Taxes, shipping rates and promotions; a version never changes, the highest counts.',
  'inventory.stock_levels':
    'Pieces on hand and reserved, per SKU; `announced` says whether the shop front knows of the last change.',
  'inventory.reservations':
    'One row an order: reserved, sold or released. Released without lines is a tombstone: the release came first.',
  'inventory.reservation_lines': 'What an order holds, by SKU.',
  'inventory.stock_movements': 'The ledger of every change of pieces on hand; each cause counts once.',
  'orders.orders':
    'An order with all that was agreed: quote, delivery, payment, state, and when to look at it again.',
  'orders.order_lines': 'Articles of an order, for questions that go by SKU.',
  'orders.order_history': 'Each state an order came to, when, by whom and in which trace.',
  'orders.refunds': 'What staff want given back, and what payments said to it.',
  'orders.idempotency_keys': 'Which request made which order, and the answer it got; kept 24 h.',
  'payments.payments':
    'One row an order: what was authorised, captured, refunded. Voided with amount 0 is a tombstone: the void came first.',
  'payments.refunds': 'Money on its way back, by the id that the caller chose.',
  'payments.ledger_entries': 'Double-entry bookkeeping: the entries of one transaction add up to 0.',
  'payments.provider_events':
    "The provider's webhooks, each once; those that nobody can place yet wait here.",
  'identity.accounts': 'Customers and staff; what is personal is NULL once erased.',
  'identity.sessions': 'One row a login: the family of its refresh tokens, and why it ended.',
  'identity.refresh_tokens':
    'Hashes of refresh tokens, used ones too, so that a copy that comes again is noticed.',
  'identity.account_links': 'Links sent by mail; the token is computed from the id, and works once.',
  'identity.addresses': "A customer's address book.",
  'identity.signing_keys': 'Keys of access tokens, by generation; private ones are encrypted.',
  'identity.limits': 'How often somebody tried in this minute; rate-limiter-flexible counts here.',
  'identity.erasures': 'Customers who asked to be forgotten, and which round of asking is on.',
  'identity.erasure_answers': 'What each service said last: how much it must keep for now.',
  'identity.exports': 'Customers who asked for what is known about them; kept 7 days.',
  'identity.export_parts': 'What each service handed out for an export.',
  'shipping.shipments':
    'One row an order: what to pack, and how far it is. Cancelled without lines is a tombstone: the cancellation came first.',
  'notifications.mails':
    'Which mail an event called for, and whether it has gone; unique by event, so it is the inbox too.',
});

/** The sentence for a table of a service; throws when nobody has written one. */
export function purposeOf(service: string, table: string): string {
  const purpose = tablePurposes[`${service}.${table}`] ?? tablePurposes[table];
  if (!purpose) throw new Error(`say in tools/generate/table-purposes.ts what ${service}.${table} is for`);
  return purpose;
}
