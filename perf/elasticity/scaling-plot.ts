/** The curve of docs/scaling.md: how many times as much several pods do as one. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../tools/platform/paths.ts';
import { drawLines } from '../plot.ts';

export interface ScalingPoint {
  service: string;
  pods: number;
  perSecond: number;
}

/** Writes docs/performance/scaling.svg: one line a service, beside what pods would do that cost each other nothing. */
export function writeScalingPlot(points: readonly ScalingPoint[]): void {
  const lines = [...Map.groupBy(points, ({ service }) => service)].map(([name, own]) => {
    const alone = own.find(({ pods }) => pods === 1)!.perSecond;
    return { name, points: own.map(({ pods, perSecond }) => ({ x: pods, y: perSecond / alone })) };
  });
  const counts = [...new Set(points.map(({ pods }) => pods))];
  const ideal = {
    name: 'each pod as much as the first',
    points: counts.map((pods) => ({ x: pods, y: pods })),
  };
  const title = 'Throughput of several pods, in times of one';
  const svg = drawLines({ title, x: 'pods', y: 'times as much' }, [ideal, ...lines]);
  writeFileSync(join(root, 'docs/performance/scaling.svg'), svg);
}
