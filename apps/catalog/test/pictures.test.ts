/** Pictures that staff bring: what passes for one, and that each is kept once and served as what it is. */
import { createHash } from 'node:crypto';
import { newId } from '@souk/kit/identifier';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fillCategories } from './fill-catalogue.ts';
import { jpegOf, pngOf, webpOf } from './sample-pictures.ts';
import { audited, type CatalogUnderTest, newProduct, openCatalog } from './shop.ts';

let shop: CatalogUnderTest;

beforeAll(async () => {
  shop = await openCatalog();
  await fillCategories(shop.db);
});
afterAll(() => shop.close());

const store = (bytes: Buffer, type: string, headers: Record<string, string> = {}) =>
  shop.ask('post', '/admin/media', { body: bytes, headers: { 'content-type': type, ...headers } });

describe('a picture', () => {
  it.each([
    ['image/png', 'png', pngOf(640, 480)],
    ['image/jpeg', 'jpg', jpegOf(640, 480)],
    ['image/webp', 'webp', webpOf.lossy(640, 480)],
    ['image/webp', 'webp', webpOf.lossless(640, 480)],
    ['image/webp', 'webp', webpOf.extended(640, 480)],
  ])('of type %s (%s) is stored under its content and served for ever', async (type, extension, bytes) => {
    const { status, body } = await store(bytes, type);
    const file = `${createHash('sha256').update(bytes).digest('hex')}.${extension}`;
    expect([status, body]).toEqual([
      201,
      {
        ...{ file, url: `/api/v1/media/${file}`, mediaType: type },
        ...{ byteCount: bytes.length, width: 640, height: 480 },
      },
    ]);
    const { headers, body: served } = await shop.get(`/media/${file}`);
    expect(headers).toMatchObject({ 'content-type': type, 'x-content-type-options': 'nosniff' });
    expect(headers['cache-control']).toContain('immutable');
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(Buffer.compare(served, bytes)).toBe(0);
  });

  it('that comes twice is one', async () => {
    const bytes = pngOf(7, 7);
    const answers = await Promise.all([1, 2, 3].map(() => store(bytes, 'image/png')));
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
    const { file } = answers[0]!.body;
    expect(await shop.db('pictures').where({ file })).toHaveLength(1);
    expect((await audited(shop)).filter(({ entityId }) => entityId === file)).toHaveLength(1);
  });

  it('needs a key, which is good for this picture only', async () => {
    const key = { 'idempotency-key': newId() };
    const first = await store(pngOf(8, 8), 'image/png', key);
    expect((await store(pngOf(8, 8), 'image/png', key)).body).toEqual(first.body);
    expect((await store(pngOf(9, 8), 'image/png', key)).body.code).toBe('idempotency-key-reused');
    const none = await store(pngOf(8, 8), 'image/png', { 'idempotency-key': '' });
    expect(none.status).toBe(400);
  });

  const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>');
  it.each<[string, Buffer, string, number, string]>([
    ['an SVG', svg, 'image/svg+xml', 415, 'unsupported-media-type'],
    ['an SVG that calls itself PNG', svg, 'image/png', 400, 'invalid-request'],
    ['a PNG that calls itself JPEG', pngOf(4, 4), 'image/jpeg', 400, 'invalid-request'],
    [
      'a GIF',
      Buffer.from('GIF89a0123456789012345678901234567890123456789'),
      'image/png',
      400,
      'invalid-request',
    ],
    ['half a PNG', pngOf(4, 4).subarray(0, 40), 'image/png', 400, 'invalid-request'],
    ['a PNG with a page behind it', Buffer.concat([pngOf(4, 4), svg]), 'image/png', 400, 'invalid-request'],
    [
      'a JPEG without a frame',
      Buffer.from(`ffd8${'00'.repeat(30)}ffd9`, 'hex'),
      'image/jpeg',
      400,
      'invalid-request',
    ],
    [
      'a WebP of another length',
      Buffer.concat([webpOf.lossy(4, 4), svg]),
      'image/webp',
      400,
      'invalid-request',
    ],
    ['nothing', Buffer.alloc(0), 'image/png', 400, 'invalid-request'],
    ['a PNG of no width', pngOf(0, 4), 'image/png', 400, 'invalid-request'],
    ['a PNG of a million pixels a side', pngOf(1_000_000, 1_000_000), 'image/png', 400, 'invalid-request'],
    ['more than 2 MB', Buffer.alloc(2_097_153), 'image/png', 413, 'body-too-large'],
  ])('is not %s', async (_what, bytes, type, status, code) => {
    const answer = await store(bytes, type);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(shop.files.values().some((text) => text.includes('svg'))).toBe(false);
  });

  it('of just 2 MB is taken', async () => {
    expect((await store(pngOf(100, 100, 2_097_152), 'image/png')).status).toBe(201);
  });

  it('that is damaged where it lies is not served', async () => {
    const { body } = await store(pngOf(11, 11), 'image/png');
    shop.files.set(body.file, 'data:image/png;base64,AAAA');
    expect((await shop.get(`/media/${body.file}`)).status).toBe(503);
  });

  it('whatever its random bytes are, is never our fault', async () => {
    const heads = [pngOf(4, 4), jpegOf(4, 4), webpOf.lossy(4, 4), webpOf.extended(4, 4)];
    for (let round = 0; round < 60; round += 1) {
      const bytes = Buffer.from(heads[round % heads.length]!);
      for (let hit = 0; hit < 3; hit += 1)
        bytes[Math.floor(Math.random() * bytes.length)] = Math.random() * 256;
      const type = ['image/png', 'image/jpeg', 'image/webp', 'image/webp'][round % 4]!;
      const cut = bytes.subarray(0, Math.ceil(Math.random() * bytes.length));
      expect([201, 400]).toContain((await store(round % 2 ? cut : bytes, type)).status);
    }
  });
});

describe("a product's picture", () => {
  it('is one that is there, and is seen at once', async () => {
    const { body: made } = await shop.ask('post', '/admin/products', { body: newProduct() });
    const price = { amount: 900, currency: 'EUR' };
    await shop.deliver('price.changed', 1, { sku: 'POT-1', currency: 'EUR', price });
    await shop.ask('post', `/admin/products/${made.id}/publication`);
    expect((await shop.get('/products')).body.items[0].image).toContain('picture-to-come.svg?v=');
    expect((await shop.get('/media/picture-to-come.svg')).status).toBe(200);
    const show = (file: string) => shop.ask('put', `/admin/products/${made.id}/image`, { body: { file } });
    const { file, url } = (await store(pngOf(20, 20), 'image/png')).body;
    expect((await show(file)).body).toMatchObject({ image: file, imageUrl: url, version: 3 });
    expect((await shop.get('/products')).body.items[0].image).toBe(url);
    expect((await shop.get('/products/copper-pot')).body.images).toEqual([url]);
    expect((await show('gale-kettle.svg')).status).toBe(200);
    for (const missing of [`${'0'.repeat(64)}.png`, 'nothing.svg']) {
      const { status, body } = await show(missing);
      expect([status, body.errors[0].pointer]).toEqual([400, '/body/file']);
    }
    expect((await shop.get(`/media/${'0'.repeat(64)}.png`)).status).toBe(404);
  });
});
