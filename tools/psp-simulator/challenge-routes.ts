// Promises the page on which a shopper approves or refuses a payment (3-D Secure), and the way back to the shop.
import { Router, urlencoded } from 'express';
import type { Provider } from './provider.ts';
import type { ProviderPayment } from './provider-payment.ts';
import { checked, schemas } from './requests.ts';

/** The routes under /3ds; open to everybody who knows the payment's unguessable id, as a bank's page is. */
export function challengeRoutes(provider: Provider): Router {
  const router = Router();
  router.use(urlencoded({ extended: false, limit: '4kb' }));
  router.get('/:id', (req, res) => {
    res.type('html').send(page(provider.find(String(req.params.id))));
  });
  router.post('/:id', (req, res) => {
    // A parsed form has no prototype, which a strict schema takes for a stranger.
    const { outcome } = checked<{ outcome: 'approve' | 'refuse' }>(schemas.challenge, { ...req.body });
    const payment = provider.challenge(String(req.params.id), outcome);
    if (payment.returnUrl) return res.redirect(303, payment.returnUrl);
    return res.type('html').send(page(payment));
  });
  return router;
}

function page(payment: ProviderPayment): string {
  const sum = escaped(`${(payment.amount / 100).toFixed(2)} ${payment.currency}`);
  const open = payment.status === 'requires_action';
  const form = `<form method="post"><button name="outcome" value="approve">Approve</button>
<button name="outcome" value="refuse">Refuse</button></form>`;
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Confirm your payment</title></head>
<body><main><h1>Confirm your payment</h1><p>Order ${escaped(payment.orderId)}, ${sum}</p>
${open ? form : `<p>This payment is ${payment.status}.</p>`}</main></body></html>`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}
