/** What is made of a CPU profile: frames without a word about the machine, widths that add up, the widest things. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { drawFlames } from '../../perf/flames/draw.ts';
import { frameTree, placeOf, thingsIn } from '../../perf/flames/frames.ts';
import { root } from '../platform/paths.ts';

const inCheckout = (path: string) => pathToFileURL(join(root, path)).href;
const node = (id: number, functionName: string, url: string, children: number[] = []) => ({
  id,
  callFrame: { functionName, url },
  children,
});

/** Ten milliseconds: four of nothing to do, two in the service, three in joi below it, one of garbage collection. */
const profile = {
  nodes: [
    node(1, '(root)', '', [2, 3, 6]),
    node(2, '(idle)', ''),
    node(3, 'addToCart', inCheckout('apps/cart/src/change-cart.ts'), [4, 5]),
    node(4, 'validate', inCheckout('node_modules/joi/lib/base.js')),
    // The same function once more: it was compiled anew.
    node(5, 'validate', inCheckout('node_modules/joi/lib/base.js')),
    node(6, '(garbage collector)', ''),
  ],
  samples: [2, 3, 4, 5, 6, 3],
  timeDeltas: [4_000, 1_500, 2_000, 1_000, 1_000, 500],
};

it('places are files of the repository, packages, or modules of Node, wherever it has been checked out', () => {
  expect(placeOf(inCheckout('packages/kit/src/http.ts'))).toBe('packages/kit/src/http.ts');
  expect(placeOf(inCheckout('node_modules/@opentelemetry/api/build/src/index.js'))).toBe(
    '@opentelemetry/api',
  );
  expect(placeOf(join(root, 'node_modules/express/node_modules/router/index.js'))).toBe('router');
  expect(placeOf('node:internal/streams/writable')).toBe('node:internal/streams/writable');
  expect(placeOf('file:///home/somebody/else.js')).toBe('else.js');
  expect(placeOf('')).toBe('');
});

it('time in which nothing was to do is left out, and a function compiled twice is one frame', () => {
  const top = frameTree(profile);
  expect(top.totalUs).toBe(6_000);
  expect(top.children.map(({ name, totalUs, selfUs }) => [name, totalUs, selfUs])).toEqual([
    ['addToCart', 5_000, 2_000],
    ['(garbage collector)', 1_000, 1_000],
  ]);
  expect(top.children[0]!.children).toMatchObject([{ name: 'validate', place: 'joi', totalUs: 3_000 }]);
});

it('things are told by the time in themselves, widest first', () => {
  expect(thingsIn(frameTree(profile))).toEqual([
    { name: 'joi', share: 0.5 },
    { name: 'apps/cart', share: 1 / 3 },
    { name: 'garbage collection', share: 1 / 6 },
  ]);
});

it("whichever call of Node's writes to a socket is the same thing, and one that writes to a file is not", () => {
  const writing = {
    nodes: [
      node(1, '(root)', '', [2, 5, 7]),
      node(2, 'writeGeneric', 'node:internal/stream_base_commons', [3, 4]),
      node(3, 'writeUtf8String', ''),
      node(4, 'writev', ''),
      node(5, 'writeSync', 'node:fs', [6]),
      node(6, 'writeString', ''),
      node(7, '(program)', ''),
    ],
    samples: [3, 4, 6, 7],
    timeDeltas: [1_000, 1_000, 1_000, 1_000],
  };
  expect(thingsIn(frameTree(writing)).filter(({ share }) => share > 0)).toEqual([
    { name: 'writing to sockets', share: 0.5 },
    { name: '`writeString`', share: 0.25 },
    { name: 'outside JavaScript', share: 0.25 },
  ]);
});

it('the picture names no path of the machine, leaves out what is narrow, and stays small', () => {
  const picture = drawFlames('cart', frameTree(profile));
  expect(picture).not.toContain(root);
  expect(picture).toContain('validate joi, 50.0 %');
  expect(drawFlames('cart', frameTree(profile), 0.2)).not.toContain('garbage');
  const many = Array.from({ length: 3_000 }, (_, place) => node(place + 10, `f${place}`, 'node:net'));
  const broad = {
    nodes: [
      node(1, '(root)', '', [2]),
      node(
        2,
        'all',
        '',
        many.map(({ id }) => id),
      ),
      ...many,
    ],
    samples: many.map(({ id }) => id),
    timeDeltas: many.map((_, place) => (place < 300 ? 1_000_000 : 10)),
  };
  expect(drawFlames('broad', frameTree(broad)).length).toBeLessThan(150_000);
});
