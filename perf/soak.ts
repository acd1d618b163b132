/** Watches the memory of every process while a load goes on: none may grow once it has warmed up. */
import { readMemory } from './cpu.ts';
import type { Load } from './measure.ts';

const lookEveryMs = 5_000;
/** Heaps and caches fill in the first minutes; what grows after that grows for ever. */
const warmUpMs = 180_000;
const slopeLimit = 1;
const mebibyte = 2 ** 20;

interface Look {
  atMs: number;
  memory: Record<string, number>;
}

/** Adds each process's growth in MiB a minute after the warm-up, and misses the promise when one exceeds 1. */
export async function watchMemory(run: () => Promise<Load>): Promise<Load> {
  const looks: Look[] = [];
  const begunMs = performance.now();
  const timer = setInterval(() => {
    looks.push({ atMs: performance.now() - begunMs, memory: readMemory() });
  }, lookEveryMs);
  const load = await run().finally(() => clearInterval(timer));
  const late = looks.filter(({ atMs }) => atMs > warmUpMs);
  const slopes = Object.keys(late.at(-1)?.memory ?? {}).map(
    (name) => [name, slopeOf(late.map(({ atMs, memory }) => [atMs, memory[name] ?? 0]))] as const,
  );
  const grown = slopes.filter(([, slope]) => slope > slopeLimit);
  return {
    ...load,
    missed: [
      ...load.missed,
      ...grown.map(([name, slope]) => `${name} grows ${slope.toFixed(1)} MiB a minute`),
    ],
    details: {
      ...load.details,
      ...Object.fromEntries(slopes.map(([name, slope]) => [`MiB a minute ${name}`, slope])),
    },
  };
}

/** The straight line through the points by least squares, in MiB a minute. */
export function slopeOf(points: readonly (readonly [atMs: number, bytes: number])[]): number {
  if (points.length < 2) return 0;
  const mean = (values: number[]) => values.reduce((total, value) => total + value, 0) / values.length;
  const middleMs = mean(points.map(([atMs]) => atMs));
  const middleBytes = mean(points.map(([, bytes]) => bytes));
  const above = points.reduce((total, [atMs, bytes]) => total + (atMs - middleMs) * (bytes - middleBytes), 0);
  const below = points.reduce((total, [atMs]) => total + (atMs - middleMs) ** 2, 0);
  return below === 0 ? 0 : (above / below / mebibyte) * 60_000;
}
