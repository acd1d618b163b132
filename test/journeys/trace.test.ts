/** One trace of one order, read back from Jaeger: from the ingress to the mail. */
import { ports } from '@souk/contracts/ports';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { closeBackRoom, newArticle, untilShopIsUp } from '../support/back-room.ts';
import { eventually, type Json, mailsTo, place, readyCart } from '../support/shop.ts';

beforeAll(() => untilShopIsUp());
afterAll(() => closeBackRoom());

it('one trace leads from the ingress through the saga and the event to the mail', async () => {
  const article = await newArticle({ stock: 2 });
  const cart = await readyCart({ lines: [{ sku: article.sku, quantity: 1 }] });
  const placed = await place(cart);
  expect(placed.status).toBe(201);
  const traceId = placed.headers.get('traceparent')?.split('-')[1] ?? '';
  expect(traceId).toMatch(/^[0-9a-f]{32}$/);
  await eventually(async () => (await mailsTo(cart.email)).length === 1);
  const seen = await eventually(async () => {
    const response = await fetch(`http://127.0.0.1:${ports.jaegerQuery}/api/traces/${traceId}`);
    const trace = ((await response.json()) as Json).data?.[0];
    if (!trace) return undefined;
    const spans: { service: string; name: string }[] = trace.spans.map((span: Json) => ({
      service: trace.processes[span.processID].serviceName,
      name: span.operationName,
    }));
    const services = new Set(spans.map(({ service }) => service));
    const wanted = ['ingress', 'orders', 'cart', 'pricing', 'inventory', 'payments', 'notifications'];
    const missing = wanted.filter((service) => !services.has(service));
    if (missing.length > 0) throw new Error(`no span yet of ${missing}`);
    return spans;
  });
  const names = seen.map(({ service, name }) => `${service} ${name}`).join('\n');
  expect(names).toMatch(/notifications .*order\.confirmed|notifications POST/);
  expect(names).toMatch(/(orders|inventory) .*(INSERT|UPDATE|insert|update)/);
  const order = await fetch(`http://127.0.0.1:${ports.jaegerQuery}/api/traces/${traceId}`).then(
    (r) => r.json() as Json,
  );
  const tags = order.data[0].spans.flatMap((span: Json) => span.tags);
  expect(tags.some(({ key, value }: Json) => key === 'order.id' && value === placed.body.id)).toBe(true);
});
