/** The one table of problem codes (RFC 9457): what a client may program against. */

interface ProblemKind {
  status: number;
  title: string;
  /** What it means and what the client can do, for /problems/{code}. */
  help: string;
}

const table = {
  'invalid-request': {
    status: 400,
    title: 'The request does not fit its description',
    help: 'Each entry of `errors` names the place (`pointer`) and what is wrong there.',
  },
  'malformed-json': { status: 400, title: 'The body is not JSON', help: 'Send well-formed JSON in UTF-8.' },
  'idempotency-key-required': {
    status: 400,
    title: 'An Idempotency-Key is required',
    help: 'Send a key of your own making, 8 to 128 characters, and the same one when you try again.',
  },
  unauthorised: { status: 401, title: 'Not known', help: 'Send valid credentials.' },
  'invalid-credentials': {
    status: 401,
    title: 'Address or password is wrong',
    help: 'Try again, or ask for a new password by POST /password-resets.',
  },
  'payment-declined': {
    status: 402,
    title: 'The payment was declined',
    help: 'The cart is still open: try another card.',
  },
  'email-not-verified': {
    status: 403,
    title: 'The address has not been verified',
    help: 'Follow the link in the mail; POST /customers again sends another.',
  },
  forbidden: { status: 403, title: 'Not allowed', help: 'You are known, but may not do this.' },
  'not-found': { status: 404, title: 'Not found', help: 'It does not exist, or it is not yours.' },
  'method-not-allowed': {
    status: 405,
    title: 'The method is not allowed here',
    help: 'The Allow header lists the methods of this resource.',
  },
  'request-too-slow': {
    status: 408,
    title: 'The request came too slowly',
    help: 'Headers must be here within 10 s, the body within 15 s. Send it again with the same key.',
  },
  'address-book-full': {
    status: 409,
    title: 'The address book is full',
    help: 'It holds 20 addresses. Delete one first.',
  },
  'already-dispatched': {
    status: 409,
    title: 'The order is on its way',
    help: 'It can no longer be cancelled; return it when it has come.',
  },
  'already-ordered': {
    status: 409,
    title: 'This cart has been ordered',
    help: '`orderId` names the order that was made of it.',
  },
  'cart-closed': { status: 409, title: 'The cart is closed', help: 'It has been ordered. Start a new cart.' },
  'category-in-use': { status: 409, title: 'The category is not empty', help: 'Empty it first.' },
  'cart-empty': { status: 409, title: 'The cart is empty', help: 'Add something first.' },
  'cart-full': {
    status: 409,
    title: 'The cart is full',
    help: 'A cart holds 50 different articles, and 99 pieces of each.',
  },
  'delivery-missing': {
    status: 409,
    title: 'The cart has no delivery',
    help: 'Set address and shipping method by PUT /carts/{id}/delivery.',
  },
  'idempotency-key-in-use': {
    status: 409,
    title: 'The same request is still running',
    help: 'Wait for Retry-After seconds and send it again with the same key.',
  },
  'not-cancellable': {
    status: 409,
    title: 'The order cannot be cancelled now',
    help: 'Read the order: its state says why.',
  },
  'order-closed': {
    status: 409,
    title: 'The order has ended',
    help: 'A step came after the order was cancelled; nothing was done.',
  },
  'order-in-progress': {
    status: 409,
    title: 'This cart is being ordered',
    help: '`orderId` names the order; read it until it has ended.',
  },
  'out-of-stock': {
    status: 409,
    title: 'Not enough pieces left',
    help: '`lines` says how many there are of each article.',
  },
  'price-changed': {
    status: 409,
    title: 'The price has changed',
    help: '`quote` is the new one: order again with its quoteHash if you accept it.',
  },
  'refund-too-high': {
    status: 409,
    title: 'More than was captured',
    help: 'The sum of refunds cannot be more than what was captured.',
  },
  'not-shippable': {
    status: 409,
    title: 'Not delivered there',
    help: 'The shop has no such shipping method for this country, currency and weight.',
  },
  'total-too-high': {
    status: 409,
    title: 'The total is too high',
    help: 'An order may cost ten million at most. Order less at a time.',
  },
  'already-exists': { status: 409, title: 'There is one already', help: '`detail` says what is taken.' },
  'last-owner': {
    status: 409,
    title: 'The last owner stays',
    help: 'Make somebody else an owner first.',
  },
  'not-dispatched': {
    status: 409,
    title: 'The shipment has not been dispatched',
    help: 'Dispatch it first.',
  },
  'not-publishable': {
    status: 409,
    title: 'The product cannot be on sale like this',
    help: '`detail` says what is missing; a product that is to go is archived.',
  },
  'not-refundable': {
    status: 409,
    title: 'The order cannot be refunded now',
    help: 'Only what was captured can be given back; read the order: its payment state says why.',
  },
  'shipment-cancelled': {
    status: 409,
    title: 'The shipment was cancelled',
    help: 'The order was cancelled: do not send it.',
  },
  'still-failing': {
    status: 409,
    title: 'The event fails again',
    help: '`detail` says why; it is kept.',
  },
  'stock-too-low': {
    status: 409,
    title: 'Fewer pieces than are reserved',
    help: 'Stock cannot be corrected below what orders hold.',
  },
  'unknown-sku': { status: 409, title: 'No such article', help: '`skus` lists those that are not for sale.' },
  'stale-etag': {
    status: 412,
    title: 'It has changed meanwhile',
    help: '`current` is how it looks now; the ETag header belongs to it.',
  },
  'body-too-large': { status: 413, title: 'The body is too large', help: 'At most 64 kB; a picture 2 MB.' },
  'unsupported-media-type': {
    status: 415,
    title: 'The body is of another type',
    help: 'Send application/json.',
  },
  'idempotency-key-reused': {
    status: 422,
    title: 'The key belongs to another request',
    help: 'A key may be sent again only with the same body. Make a new one.',
  },
  'too-many-requests': { status: 429, title: 'Too many requests', help: 'Wait for Retry-After seconds.' },
  'headers-too-large': { status: 431, title: 'The headers are too large', help: 'At most 16 kB.' },
  internal: { status: 500, title: 'Something went wrong here', help: 'It is in our log; try again later.' },
  'shop-closed': { status: 503, title: 'The shop is closed for a moment', help: 'Come back later.' },
  unavailable: {
    status: 503,
    title: 'Not available at the moment',
    help: 'Wait for Retry-After seconds and send it again with the same key.',
  },
  timeout: { status: 504, title: 'No answer in time', help: 'Send it again with the same key.' },
} as const satisfies Record<string, ProblemKind>;

/** A stable code that a client programs against. */
export type ProblemCode = keyof typeof table;

/** Code → status, title, help. */
export const problems: Readonly<Record<ProblemCode, ProblemKind>> = Object.freeze(table);

/** Whether a text is one of our codes (a neighbour's answer is data, not trusted). */
export function isProblemCode(code: unknown): code is ProblemCode {
  return typeof code === 'string' && Object.hasOwn(problems, code);
}
