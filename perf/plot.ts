/** Draws the figures of the report as SVG: bars and lines, readable on light and on dark ground. */

export interface Bar {
  label: string;
  /** Parts from left to right; one part for a plain bar. */
  parts: { name: string; value: number }[];
}

export interface Line {
  name: string;
  points: { x: number; y: number }[];
}

const width = 760;
const left = 190;
const right = 90;
const barHeight = 22;
const barGap = 10;
const plotHeight = 240;

/** Colours that keep their distance on both grounds, and for eyes that do not tell red from green. */
const style = `<style>
  text { font: 13px system-ui, sans-serif; fill: #1f2328; }
  .quiet { fill: #59636e; } .axis { stroke: #8c959f; } .grid { stroke: #8c959f; stroke-opacity: .25; }
  .title { font-weight: 600; }
  @media (prefers-color-scheme: dark) { text { fill: #e6edf3; } .quiet { fill: #9198a1; } }
</style>`;
const colours = ['#2f7ed8', '#e08214', '#35978f', '#b2558e', '#8073ac', '#a6761d', '#5a9e2f', '#7f7f7f'];

const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const text = (x: number, y: number, words: string, more = '') =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}"${more}>${escaped(words)}</text>`;

/** A number as people read it: three figures. */
export function short(value: number): string {
  if (value === 0) return '0';
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en');
  return value.toPrecision(value >= 10 ? 3 : 2);
}

function svg(height: number, title: string, body: string): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(title)}">
${style}
${text(0, 16, title, ' class="title"')}
${body}
</svg>
`;
}

/** Horizontal bars from zero, each with its value; parts are stacked and named below. */
export function drawBars(title: string, unit: string, bars: readonly Bar[]): string {
  const total = ({ parts }: Bar) => parts.reduce((sum, { value }) => sum + value, 0);
  const largest = Math.max(...bars.map(total), Number.MIN_VALUE);
  const scale = (width - left - right) / largest;
  const names = [...new Set(bars.flatMap(({ parts }) => parts.map(({ name }) => name)))];
  const colourOf = (name: string) => colours[names.indexOf(name) % colours.length]!;
  const rows = bars.map((bar, place) => {
    const y = 34 + place * (barHeight + barGap);
    let x = left;
    const rects = bar.parts.map(({ name, value }) => {
      const rect = `<rect x="${x.toFixed(1)}" y="${y}" width="${(value * scale).toFixed(1)}" height="${barHeight}" fill="${colourOf(name)}"><title>${escaped(name)}: ${short(value)} ${escaped(unit)}</title></rect>`;
      x += value * scale;
      return rect;
    });
    const label = text(left - 8, y + 16, bar.label, ' text-anchor="end"');
    return `${label}${rects.join('')}${text(x + 6, y + 16, `${short(total(bar))} ${unit}`)}`;
  });
  const endOfBars = 34 + bars.length * (barHeight + barGap);
  const legend = names.length > 1 ? drawLegend(names, colourOf, endOfBars + 8) : { svg: '', height: 0 };
  return svg(endOfBars + legend.height + 8, title, `${rows.join('\n')}\n${legend.svg}`);
}

function drawLegend(names: readonly string[], colourOf: (name: string) => string, top: number) {
  const perRow = 4;
  const cells = names.map((name, place) => {
    const x = (place % perRow) * (width / perRow);
    const y = top + Math.floor(place / perRow) * 20;
    return `<rect x="${x}" y="${y}" width="11" height="11" fill="${colourOf(name)}"/>${text(x + 17, y + 10, name, ' class="quiet"')}`;
  });
  return { svg: cells.join('\n'), height: 20 * Math.ceil(names.length / perRow) + 8 };
}

export interface Axes {
  title: string;
  x: string;
  y: string;
}

/** Lines over a common ground that begins at zero. */
export function drawLines({ title, x: xName, y: yName }: Axes, lines: readonly Line[]): string {
  const all = lines.flatMap(({ points }) => points);
  const xMost = Math.max(...all.map(({ x }) => x), Number.MIN_VALUE);
  const yMost = Math.max(...all.map(({ y }) => y), Number.MIN_VALUE);
  const from = 60;
  const top = 40;
  const at = ({ x, y }: { x: number; y: number }) =>
    [from + (x / xMost) * (width - from - 20), top + plotHeight - (y / yMost) * plotHeight] as const;
  const colourOf = (name: string) => colours[lines.findIndex((line) => line.name === name) % colours.length]!;
  const grid = [0, 0.25, 0.5, 0.75, 1].map((share) => {
    const y = top + plotHeight * (1 - share);
    return `<line class="grid" x1="${from}" x2="${width - 20}" y1="${y}" y2="${y}"/>${text(from - 6, y + 4, short(yMost * share), ' class="quiet" text-anchor="end"')}`;
  });
  const xs = [...new Set(all.map(({ x }) => x))].map((x) =>
    text(at({ x, y: 0 })[0], top + plotHeight + 18, short(x), ' class="quiet" text-anchor="middle"'),
  );
  const drawn = lines.map(({ name, points }) => {
    const corners = points.map((point) =>
      at(point)
        .map((part) => part.toFixed(1))
        .join(','),
    );
    const dots = points.map((point) => {
      const [cx, cy] = at(point);
      return `<circle cx="${cx.toFixed(1)}" cy="${cy.toFixed(1)}" r="3.5" fill="${colourOf(name)}"/>`;
    });
    return `<polyline fill="none" stroke="${colourOf(name)}" stroke-width="2" points="${corners.join(' ')}"/>${dots.join('')}`;
  });
  const legend = drawLegend(
    lines.map(({ name }) => name),
    colourOf,
    top + plotHeight + 50,
  );
  const names = `${text(0, 32, yName, ' class="quiet"')}${text(width - 20, top + plotHeight + 38, xName, ' class="quiet" text-anchor="end"')}`;
  const body = [...grid, ...xs, names, ...drawn, legend.svg].join('\n');
  return svg(top + plotHeight + 58 + legend.height, title, body);
}
