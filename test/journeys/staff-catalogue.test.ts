/** Staff put a product on sale through the ingress, with a picture of 2 MB, and shoppers see each change within 2 s. */
import { randomBytes, randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { pngOf } from '../../apps/catalog/test/sample-pictures.ts';
import { type Answer, api, eventually, type Json, send } from '../support/shop.ts';
import { staff } from '../support/staff.ts';

/** The promise: a change is seen within 2 s. */
const seenWithinMs = 2_000;
/** Events between services, also just after one of them was started. */
const heardWithinMs = 30_000;

const name = randomBytes(5).toString('hex');
const slug = `brass-${name}`;
const sku = `BRASS-${name.toUpperCase()}`;

async function ask(method: string, path: string, body?: unknown, etag?: string): Promise<Answer> {
  const key = method === 'POST' ? { 'idempotency-key': randomUUID() } : {};
  const headers = { ...(await staff()), ...key, ...(etag && { 'if-match': etag }) };
  return send(method, path, { headers, ...(body !== undefined && { body }) });
}

async function upload(bytes: Buffer): Promise<Answer> {
  const response = await fetch(`${api}/admin/media`, {
    method: 'POST',
    headers: { ...(await staff()), 'idempotency-key': randomUUID(), 'content-type': 'image/png' },
    body: new Uint8Array(bytes),
    signal: AbortSignal.timeout(10_000),
  });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

const shown = async (): Promise<Json> => {
  const { status, body } = await send('GET', `/products/${slug}`);
  return status === 200 && body;
};

describe('a product of the staff', () => {
  it('is for sale once it is published and has a price, and not after it is archived', async () => {
    const made = await ask('POST', '/admin/products', {
      ...{ slug, name: `Brass lamp ${name}`, brand: 'Khan Nour', category: 'lighting' },
      ...{ description: 'It burns.', taxClass: 'standard', attributes: { metal: 'brass' } },
      variants: [{ sku, options: { size: 'small' }, weightGrams: 700 }],
    });
    expect([made.status, made.body]).toEqual([201, expect.objectContaining({ version: 1 })]);
    const path = `/admin/products/${made.body.id}`;
    const picture = pngOf(100, 100, 2_097_152);
    picture.write(name, 200);
    const stored = await upload(picture);
    expect([stored.status, stored.body]).toEqual([201, expect.objectContaining({ byteCount: 2_097_152 })]);
    expect((await ask('PUT', `${path}/image`, { file: stored.body.file })).status).toBe(200);
    expect((await ask('POST', `${path}/publication`)).body.status).toBe('published');
    await eventually(async () => {
      const prices = [{ currency: 'EUR', amount: 4_900 }];
      return (await ask('PUT', `/admin/prices/${sku}`, { prices })).status === 200;
    }, heardWithinMs);
    const page = await eventually(shown, heardWithinMs);
    expect(page).toMatchObject({ price: { amount: 4_900, currency: 'EUR' }, image: stored.body.url });
    const served = await fetch(`${api}/media/${stored.body.file}`, { signal: AbortSignal.timeout(5_000) });
    expect(served.headers.get('content-type')).toBe('image/png');
    expect(Buffer.compare(Buffer.from(await served.arrayBuffer()), picture)).toBe(0);
    const { headers } = await ask('GET', path);
    const change = { name: `Gilded lamp ${name}` };
    const changes = [1, 2].map(() => ask('PATCH', path, change, headers.get('etag')!));
    expect((await Promise.all(changes)).map(({ status }) => status).sort()).toEqual([200, 412]);
    await eventually(async () => (await shown())?.name === change.name, seenWithinMs);
    await eventually(async () => {
      const { body } = await send('GET', `/products?q=gilded%20${name}`);
      return body.items.length === 1;
    }, seenWithinMs);
    expect((await ask('POST', `${path}/archival`)).status).toBe(200);
    await eventually(async () => (await shown()) === false, seenWithinMs);
  });

  it('is told of in the audit log', async () => {
    const { body } = await ask('GET', '/admin/catalog/audit?limit=20');
    const actions = body.items.map(({ action }: { action: string }) => action);
    expect(actions).toEqual(
      expect.arrayContaining(['product.created', 'picture.stored', 'product.archived']),
    );
  });

  it('has no picture of more than 2 MB, and no other body of more than 64 kB', async () => {
    const large = await upload(pngOf(100, 100, 2_097_153));
    expect([large.status, large.body.code]).toEqual([413, 'body-too-large']);
    const words = await ask('POST', '/admin/products', { description: 'x'.repeat(70_000) });
    expect([words.status, words.body.code]).toEqual([413, 'body-too-large']);
  });
});
