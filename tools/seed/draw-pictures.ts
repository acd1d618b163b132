/** Writes one SVG a product to apps/catalog/media, all drawn by us from the shapes in pictures/. Run it after a change there. */
import { writeFileSync } from 'node:fs';
import { loadShop } from './catalogue.ts';
import { type Pictures, svgDocument } from './pictures/canvas.ts';

const media = new URL('../../apps/catalog/media/', import.meta.url);
const maximumBytes = 6_000;

const { products } = loadShop();
for (const category of new Set(products.map((product) => product.category))) {
  const modules: Record<string, Pictures> = await import(`./pictures/${category}.ts`);
  const pictures = Object.assign({}, ...Object.values(modules)) as Pictures;
  for (const { slug, name } of products.filter((product) => product.category === category)) {
    const picture = pictures[slug];
    if (!picture) throw new Error(`pictures/${category}.ts draws no ${slug}`);
    const svg = svgDocument(name, picture);
    if (svg.length > maximumBytes)
      throw new Error(`${slug}.svg has ${svg.length} bytes, more than ${maximumBytes}`);
    writeFileSync(new URL(`${slug}.svg`, media), svg);
  }
}
console.log(`drew ${products.length} pictures`);
