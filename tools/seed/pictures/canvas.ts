/** The drawing vocabulary of the shop's pictures: flat shapes, shades of a colour, and the arch that every product stands in. */

/** A picture's wall colour, the half width of its shadow on the floor (0: it hangs), and its shapes back to front. */
export type Picture = { wall: string; shadow: number; shapes: string[] };
/** Pictures by product slug. */
export type Pictures = Record<string, Picture>;

/** A complete SVG document of 800 × 800 units; the floor is at y = 690. */
export function svgDocument(title: string, { wall, shadow, shapes }: Picture): string {
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 800" role="img">`,
    `<title>${escaped(title)}</title>`,
    box(0, 0, [800, 800], wall),
    path('M90 700V370C90 240 210 130 400 50C590 130 710 240 710 370V700Z', shade(wall, 0.45)),
    box(0, 690, [800, 110], shade(wall, -0.16)),
    ...(shadow > 0 ? [oval(400, 696, [shadow, 15], '#201810', 'opacity=".22"')] : []),
    ...shapes,
    '</svg>',
  ];
  return `${parts.join('\n')}\n`;
}

/** Mixes a #rrggbb colour with white (amount up to 1) or black (down to -1). */
export function shade(colour: string, amount: number): string {
  const target = amount > 0 ? 255 : 0;
  const channels = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
  const mixed = channels.map((channel) => Math.round(channel + (target - channel) * Math.abs(amount)));
  return `#${mixed.map((channel) => channel.toString(16).padStart(2, '0')).join('')}`;
}

type Pair = [number, number];
type Triple = [number, number, number];

/** A rectangle; the size may carry a corner radius. */
export function box(x: number, y: number, size: Pair | Triple, ...[fill, more]: [string, string?]): string {
  const [width, height, radius] = size;
  const corner = radius ? ` rx="${radius}"` : '';
  return `<rect x="${n(x)}" y="${n(y)}" width="${n(width)}" height="${n(height)}"${corner} fill="${fill}"${extra(more)}/>`;
}

export function disc(x: number, y: number, radius: number, ...[fill, more]: [string, string?]): string {
  return `<circle cx="${n(x)}" cy="${n(y)}" r="${n(radius)}" fill="${fill}"${extra(more)}/>`;
}

export function oval(x: number, y: number, [across, down]: Pair, ...[fill, more]: [string, string?]): string {
  return `<ellipse cx="${n(x)}" cy="${n(y)}" rx="${n(across)}" ry="${n(down)}" fill="${fill}"${extra(more)}/>`;
}

export function path(d: string, fill: string, more?: string): string {
  return `<path d="${d}" fill="${fill}"${extra(more)}/>`;
}

/** An unfilled line with round ends. */
export function line(d: string, colour: string, width: number, ...[more]: [string?]): string {
  return `<path d="${d}" fill="none" stroke="${colour}" stroke-width="${width}" stroke-linecap="round" stroke-linejoin="round"${extra(more)}/>`;
}

/** Moves and turns shapes: `at('translate(10 20) rotate(30)', …)`. */
export function at(transform: string, ...shapes: string[]): string {
  return `<g transform="${transform}">${shapes.join('')}</g>`;
}

/** The shapes and their mirror image across the vertical middle. */
export function mirrored(...shapes: string[]): string {
  return shapes.join('') + at('translate(800 0) scale(-1 1)', ...shapes);
}

export function times(count: number, shape: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => shape(index)).join('');
}

/** `count` shapes spread evenly without a pattern over the area [x, y, width, height]. */
export function scatter(
  count: number,
  [x, y, width, height]: [number, number, number, number],
  shape: (x: number, y: number, index: number) => string,
): string {
  // Multiples of the golden ratio's and the root of two's fractions never line up.
  return times(count, (i) =>
    shape(n(x + ((i * 0.618034) % 1) * width), n(y + ((i * 0.414214 + 0.2) % 1) * height), i),
  );
}

export function words(text: string, place: Triple, fill: string): string {
  const [x, y, size] = place;
  return `<text x="${x}" y="${y}" font-family="Georgia,serif" font-size="${size}" text-anchor="middle" fill="${fill}">${escaped(text)}</text>`;
}

/** A leaf that grows upwards from (0, 0). */
export function leaf(length: number, fill: string): string {
  const half = n(length * 0.26);
  return (
    path(
      `M0 0C${half} ${n(-length * 0.3)} ${half} ${n(-length * 0.7)} 0 ${-length}C-${half} ${n(-length * 0.7)} -${half} ${n(-length * 0.3)} 0 0Z`,
      fill,
    ) + line(`M0 0V${n(-length * 0.8)}`, shade(fill, -0.25), 3)
  );
}

/** A candle or lamp flame that stands on (x, y). */
export function flame(x: number, y: number, height: number): string {
  const side = n(height * 0.36);
  return at(
    `translate(${x} ${y})`,
    path(
      `M0 0C${-side} ${n(-height * 0.2)} ${n(-side * 0.6)} ${n(-height * 0.55)} 0 ${-height}C${n(side * 0.6)} ${n(-height * 0.55)} ${side} ${n(-height * 0.2)} 0 0Z`,
      '#f6a623',
    ),
    oval(0, -height * 0.26, [side * 0.5, height * 0.22], '#fff1b8'),
  );
}

/** Two wisps of steam or smoke that rise from (x, y). */
export function steam(x: number, y: number, colour = '#ffffff'): string {
  const wisp = (left: number) =>
    line(`M${x + left} ${y}c-26 -30 24 -52 0 -92c-14 -26 4 -40 10 -52`, colour, 11, 'opacity=".75"');
  return wisp(-26) + wisp(24);
}

function n(value: number): number {
  return Math.round(value * 10) / 10;
}

function extra(more: string | undefined): string {
  return more ? ` ${more}` : '';
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
