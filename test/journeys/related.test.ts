/** What is bought together is shown together, by a service in another language, in the trace of the order itself. */
import { ports } from '@souk/contracts/ports';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Article, closeBackRoom, newArticle, untilShopIsUp } from '../support/back-room.ts';
import { expectProblem } from '../support/problem-check.ts';
import { eventually, type Json, place, readyCart, send } from '../support/shop.ts';

beforeAll(() => untilShopIsUp());
afterAll(() => closeBackRoom());

const related = (slug: string, headers: Record<string, string> = {}) =>
  send('GET', `/products/${slug}/related`, { headers });
const slugsIn = (body: Json): string[] => body.items.map(({ slug }: Json) => slug);

describe('GET /products/{slug}/related', () => {
  let cup: Article;
  let pot: Article;
  let traceId: string;

  beforeAll(async () => {
    [cup, pot] = await Promise.all([newArticle({ stock: 9 }), newArticle({ stock: 9 })]);
    const lines = [cup, pot].map(({ sku }) => ({ sku, quantity: 1 }));
    const placed = await place(await readyCart({ lines }));
    expect(placed.status).toBe(201);
    traceId = placed.headers.get('traceparent')!.split('-')[1]!;
  });

  it('shows first what was ordered together, and fills up with its category', async () => {
    const { body } = await eventually(async () => {
      const answer = await related(cup.slug);
      return slugsIn(answer.body)[0] === pot.slug && answer;
    }, 20_000);
    expect(body.items.length).toBeGreaterThan(1);
    expect(new Set(slugsIn(body)).size).toBe(body.items.length);
    expect(slugsIn(body)).not.toContain(cup.slug);
    expect(body.items[0]).toMatchObject({ name: `Test article ${pot.sku}`, price: { currency: 'EUR' } });
  });

  it('answers 304 to whoever has it already, and refuses what catalog does not know', async () => {
    const first = await related(cup.slug);
    const again = await related(cup.slug, { 'if-none-match': first.headers.get('etag')! });
    expect([again.status, again.body]).toEqual([304, '']);
    expectProblem(await related('no-such-thing'), 'not-found');
    expectProblem(await send('GET', `/products/${cup.slug}/related?currency=GBP`), 'invalid-request');
  });

  it("counts in the order's own trace", async () => {
    await eventually(async () => {
      const answer = await fetch(`http://127.0.0.1:${ports.jaegerQuery}/api/traces/${traceId}`);
      const trace = ((await answer.json()) as Json).data?.[0];
      const names: string[] = trace.spans
        .filter(({ processID }: Json) => trace.processes[processID].serviceName === 'recommendations')
        .map(({ operationName }: Json) => operationName);
      return (
        names.includes('POST /events/order.confirmed') && names.includes('GET catalog/internal/variants')
      );
    }, 30_000);
  });
});
