/** Makes of a CPU profile a tree of named frames, each as wide as its time, and of that the widest things. */
import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { root } from '../../tools/platform/paths.ts';
import type { CpuProfile } from './cpu-profile.ts';

/** Whose code it is. */
export type Kind = 'service' | 'shared' | 'package' | 'node' | 'native';

export interface Frame {
  name: string;
  /** File within the repository, package, or module of Node; empty for what has none. */
  place: string;
  kind: Kind;
  /** Microseconds in it and in what it called; without what it called. */
  totalUs: number;
  selfUs: number;
  children: Frame[];
}

const checkout = `${realpathSync(root)}/`;
const idle = '(idle)';

/** The whole profile but the time in which nothing was to do. The root has no name. */
export function frameTree({ nodes, samples, timeDeltas }: CpuProfile): Frame {
  const selfUs = new Map<number, number>();
  samples.forEach((id, place) => {
    // Clocks of two processors differ a little: a negative time is none.
    selfUs.set(id, (selfUs.get(id) ?? 0) + Math.max(0, timeDeltas[place] ?? 0));
  });
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const top: Frame = { name: '', place: '', kind: 'native', totalUs: 0, selfUs: 0, children: [] };
  const graft = (id: number, parent: Frame): void => {
    const { callFrame, children = [] } = byId.get(id)!;
    if (callFrame.functionName === idle) return;
    const frame = frameIn(parent, callFrame);
    frame.selfUs += selfUs.get(id) ?? 0;
    for (const child of children) graft(child, frame);
  };
  for (const id of byId.get(nodes[0]!.id)?.children ?? []) graft(id, top);
  addUp(top);
  return top;
}

/** The child of that name, made if there is none: V8 tells one function apart by how it was compiled. */
function frameIn(parent: Frame, { functionName, url }: CpuProfile['nodes'][number]['callFrame']): Frame {
  const place = placeOf(url);
  const name = functionName || '(anonymous)';
  const known = parent.children.find((child) => child.name === name && child.place === place);
  if (known) return known;
  const made: Frame = { name, place, kind: kindOf(place), totalUs: 0, selfUs: 0, children: [] };
  parent.children.push(made);
  return made;
}

function addUp(frame: Frame): number {
  frame.totalUs = frame.children.reduce((sum, child) => sum + addUp(child), frame.selfUs);
  return frame.totalUs;
}

/** Where a function is written, without a word about the machine: it may have been checked out anywhere. */
export function placeOf(url: string): string {
  if (url === '' || url.startsWith('node:')) return url;
  const path = url.startsWith('file:') ? fileURLToPath(url) : url;
  const inPackage = /^.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1];
  if (inPackage) return inPackage;
  return path.startsWith(checkout) ? path.slice(checkout.length) : (path.split('/').at(-1) ?? '');
}

function kindOf(place: string): Kind {
  if (place === '') return 'native';
  if (place.startsWith('node:')) return 'node';
  if (place.startsWith('apps/')) return 'service';
  return place.startsWith('packages/') ? 'shared' : 'package';
}

export interface Thing {
  name: string;
  /** Of the busy time, 0 to 1. */
  share: number;
}

/** What V8 has seen no JavaScript in: libuv, system calls, C++. */
export const outsideJavaScript = 'outside JavaScript';

const wordsFor: Readonly<Record<string, string>> = {
  '(garbage collector)': 'garbage collection',
  '(program)': outsideJavaScript,
};

/** Everything by the time in itself, not in what it called, widest first. */
export function thingsIn(top: Frame): Thing[] {
  const byThing = new Map<string, number>();
  const look = (frame: Frame, caller: Frame): void => {
    const name = thingOf(frame, caller);
    byThing.set(name, (byThing.get(name) ?? 0) + frame.selfUs);
    for (const child of frame.children) look(child, frame);
  };
  for (const child of top.children) look(child, top);
  return [...byThing]
    .map(([name, us]) => ({ name, share: top.totalUs === 0 ? 0 : us / top.totalUs }))
    .toSorted((a, b) => b.share - a.share);
}

/** A package of ours, a library, a module of Node, or one of V8's and Node's own functions. */
function thingOf({ name, place, kind }: Frame, caller: Frame): string {
  // Which of the calls it is depends on the letters that are sent.
  if (kind === 'native' && caller.place === 'node:internal/stream_base_commons') return 'writing to sockets';
  if (kind === 'native') return wordsFor[name] ?? `\`${name}\``;
  if (kind === 'service' || kind === 'shared') return place.split('/').slice(0, 2).join('/');
  return kind === 'node' ? place.replace('internal/', '').split('/')[0]! : place;
}
