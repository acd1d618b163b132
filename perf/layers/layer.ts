/** The layers, and what each costs: the difference between two variants that were measured one after the other. */
import type { Round } from '../measure.ts';
import { median } from '../report.ts';

export interface Layer {
  name: string;
  /** By what it is switched off, for people. */
  by: string;
  /** One of it is what the costs are of. */
  unit: 'request' | 'call' | 'checkout';
  /** Names of the variants. */
  with: string;
  without: string;
}

export const layers: readonly Layer[] = Object.freeze([
  {
    name: 'ingress',
    by: 'asking catalog at its own port',
    unit: 'request',
    with: 'list',
    without: 'list, at catalog',
  },
  {
    name: 'its access log',
    by: 'a second Envoy without `access_log`',
    unit: 'request',
    with: 'list, second ingress',
    without: 'list, ingress without access log',
  },
  {
    name: 'log of the service',
    by: 'a second catalog with `LOG_LEVEL=warn`',
    unit: 'request',
    with: 'list, at a second catalog',
    without: 'list, at a catalog without request log',
  },
  {
    name: 'tracing of 1 %',
    by: "Envoy's runtime: 0 %",
    unit: 'request',
    with: 'list, 1 % traced',
    without: 'list',
  },
  {
    name: 'tracing of 100 %',
    by: "Envoy's runtime: 0 %",
    unit: 'request',
    with: 'list, all traced',
    without: 'list',
  },
  {
    name: 'hop: two sidecars',
    by: 'asking pricing at its own port',
    unit: 'call',
    with: 'quote',
    without: 'quote, at pricing',
  },
  {
    name: 'access control',
    by: 'second sidecars without `accessControl`',
    unit: 'call',
    with: 'quote, second sidecars',
    without: 'quote, no access control',
  },
  {
    name: 'mTLS',
    by: 'second sidecars without `accessControl`, with and without mTLS',
    unit: 'call',
    with: 'quote, no access control',
    without: 'quote, nor mTLS',
  },
  {
    name: 'tracing of 1 %',
    by: "Envoy's runtime: 0 %",
    unit: 'checkout',
    with: 'checkout, 1 % traced',
    without: 'checkout',
  },
  {
    name: 'tracing of 100 %',
    by: "Envoy's runtime: 0 %",
    unit: 'checkout',
    with: 'checkout, all traced',
    without: 'checkout',
  },
  {
    name: 'durable flush',
    by: '`innodb_flush_log_at_trx_commit` 2 instead of 1',
    unit: 'checkout',
    with: 'checkout',
    without: 'checkout, log on disk once a second',
  },
  {
    name: 'nothing: another ingress',
    by: 'a second Envoy, unchanged',
    unit: 'request',
    with: 'list',
    without: 'list, second ingress',
  },
  {
    name: 'nothing: another catalog',
    by: 'a second catalog, unchanged',
    unit: 'request',
    with: 'list, at catalog',
    without: 'list, at a second catalog',
  },
  {
    name: 'nothing: other sidecars',
    by: 'second sidecars, unchanged but for their components',
    unit: 'call',
    with: 'quote',
    without: 'quote, second sidecars',
  },
]);

/** A median, and between what the single values lay. */
export interface Spread {
  median: number;
  least: number;
  most: number;
}

export interface Difference {
  with: Spread;
  /** By how much it is less without the layer, each round compared with its neighbour in time. */
  cost: Spread;
}

export interface LayerCost extends Layer {
  /** Milliseconds of processor time of all processes, less what they need while nobody asks. */
  cpuMs: Difference;
  p50Ms: Difference;
}

/** Rounds by the variant's name, in the order in which they were measured. */
export type Measured = Readonly<Record<string, readonly Round[]>>;

/**
 * What a layer costs. `idleCores`: what everything needed while nobody asked, before each round. Throws if a variant was
 * not measured in every round.
 */
export function costOf(layer: Layer, measured: Measured, idleCores: readonly number[]): LayerCost {
  const whole = measured[layer.with] ?? [];
  const less = measured[layer.without] ?? [];
  if (idleCores.length === 0 || whole.length !== idleCores.length || less.length !== idleCores.length)
    throw new Error(`${layer.with}: ${whole.length} rounds, ${layer.without}: ${less.length}`);
  const differenceOf = (figure: (round: Round, idle: number) => number): Difference => {
    const figures = whole.map((round, place) => figure(round, idleCores[place]!));
    const lower = less.map((round, place) => figure(round, idleCores[place]!));
    return {
      with: spreadOf(figures),
      cost: spreadOf(figures.map((one, place) => one - lower[place]!)),
    };
  };
  return {
    ...layer,
    cpuMs: differenceOf(busyMs),
    p50Ms: differenceOf(({ p50Ms }) => p50Ms),
  };
}

/** Processor time a unit without what the shop would have used anyway. */
function busyMs({ cpuMsPerUnit, measuredSeconds, units }: Round, idleCores: number): number {
  return cpuMsPerUnit - (idleCores * measuredSeconds * 1_000) / units;
}

export function spreadOf(values: readonly number[]): Spread {
  return { median: median(values), least: Math.min(...values), most: Math.max(...values) };
}

/** Whether it stands out: in every round the same sign, and more than the rounds with the layer differ among themselves. */
export function standsOut({ with: whole, cost }: Difference): boolean {
  return (
    Math.sign(cost.least) === Math.sign(cost.most) && Math.abs(cost.median) > (whole.most - whole.least) / 2
  );
}
