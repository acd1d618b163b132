/** Draws a tree of frames as a flame graph: the width is time, what calls stands below what it calls. */
import type { Frame, Kind } from './frames.ts';

const width = 1_200;
const rowHeight = 17;
const charWidth = 6.6;
const headHeight = 46;
const bytesLimit = 150_000;

/** Light enough for dark letters, dark enough to be seen on a white page. */
const colours: Readonly<Record<Kind, { fill: string; words: string }>> = {
  service: { fill: '#f4a259', words: 'the service' },
  shared: { fill: '#f6cf71', words: 'packages of ours' },
  package: { fill: '#8fc1e3', words: 'libraries' },
  node: { fill: '#9fd3a8', words: "Node's own JavaScript" },
  native: { fill: '#c9b6dc', words: 'V8 and C++' },
};

const style = `<style>
text{font:11px ui-monospace,monospace;fill:#1f2328}.h{font:13px system-ui,sans-serif}.t{font-weight:600}
rect{stroke:#fff;stroke-width:.5}
${Object.entries(colours)
  .map(([kind, { fill }]) => `.${kind}{fill:${fill}}`)
  .join('')}
@media (prefers-color-scheme:dark){.h{fill:#e6edf3}rect{stroke:#0d1117}}
</style>`;

const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** An SVG of less than 150 kB. Frames narrower than `leastShare` of all are left out, more of them if it is too large. */
export function drawFlames(title: string, top: Frame, leastShare = 0.003): string {
  const drawn = drawAll(title, top, leastShare);
  return Buffer.byteLength(drawn) < bytesLimit ? drawn : drawFlames(title, top, leastShare * 1.25);
}

function drawAll(title: string, top: Frame, leastShare: number): string {
  const least = top.totalUs * leastShare;
  const wide = (frame: Frame) => frame.children.filter(({ totalUs }) => totalUs >= least && totalUs > 0);
  const depthOf = (frame: Frame): number => Math.max(0, ...wide(frame).map((child) => 1 + depthOf(child)));
  const height = headHeight + depthOf(top) * rowHeight + 4;
  const scale = width / Math.max(1, top.totalUs);
  const rows: string[] = [];
  const draw = (frame: Frame, from: number, depth: number): void => {
    let x = from;
    for (const child of wide(frame).toSorted((a, b) => a.name.localeCompare(b.name))) {
      rows.push(rectOf(child, { x, y: height - depth * rowHeight, scale, all: top.totalUs }));
      draw(child, x, depth + 1);
      x += child.totalUs * scale;
    }
  };
  draw(top, 0, 1);
  const note = `frames narrower than ${(leastShare * 100).toFixed(1)} % are left out`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(title)}">
${style}
<text x="0" y="15" class="h t">${escaped(title)}</text><text x="${width}" y="15" class="h" text-anchor="end">${note}</text>
${legend()}
${rows.join('\n')}
</svg>
`;
}

function rectOf(
  { name, place, kind, totalUs }: Frame,
  { x, y, scale, all }: { x: number; y: number; scale: number; all: number },
): string {
  const room = totalUs * scale;
  const full = place ? `${name} ${place}` : name;
  const title = `${escaped(full)}, ${((100 * totalUs) / all).toFixed(1)} %`;
  const letters = Math.floor((room - 4) / charWidth);
  const shown = full.length <= letters ? full : `${full.slice(0, letters - 1)}…`;
  const words = letters < 3 ? '' : `<text x="${(x + 2).toFixed(1)}" y="${y + 12}">${escaped(shown)}</text>`;
  return `<g><title>${title}</title><rect class="${kind}" x="${x.toFixed(1)}" y="${y}" width="${room.toFixed(1)}" height="${rowHeight}"/>${words}</g>`;
}

function legend(): string {
  return Object.entries(colours)
    .map(([kind, { words }], place) => {
      const x = place * 190;
      return `<rect class="${kind}" x="${x}" y="24" width="12" height="12"/><text x="${x + 17}" y="34" class="h">${words}</text>`;
    })
    .join('\n');
}
