/** Dapr's components on other stores: one of production's own (deploy/components) laid over ours, with addresses of one machine. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { applyPatch, type Operation } from 'rfc6902';
import { parse, stringify } from 'yaml';
import { root } from '../platform/paths.ts';
import { onOneMachine } from './addresses.ts';

const ours = join(root, 'components');
const production = join(root, 'deploy/base/dapr');

interface Patch {
  target: { kind: string; name?: string; labelSelector?: string };
  patch: string;
}

interface Component {
  kind: string;
  metadata: { name: string; namespace?: string; labels?: Record<string, string> };
}

/** Writes all components into `folder`, as production's component of that name makes them; answers which it changed. */
export function writeLocalComponents(component: string, folder: string): string[] {
  const file = join(root, 'deploy/components', component, 'kustomization.yaml');
  const { patches } = parse(readFileSync(file, 'utf8')) as { patches: Patch[] };
  mkdirSync(folder, { recursive: true });
  const changed: string[] = [];
  for (const name of readdirSync(ours).filter((entry) => entry.endsWith('.yaml'))) {
    const patched = patchedComponent(name, patches);
    if (patched) changed.push(name.replace('.yaml', ''));
    writeIfNew(join(folder, name), patched ?? readFileSync(join(ours, name), 'utf8'));
  }
  return changed;
}

/** Null for a component that none of the patches is for. */
function patchedComponent(file: string, patches: readonly Patch[]): string | null {
  const path = join(production, file);
  if (!existsSync(path)) return null;
  const component = parse(readFileSync(path, 'utf8')) as Component;
  const meant = patches.filter(({ target }) => isTarget(component, target));
  if (meant.length === 0) return null;
  for (const { patch } of meant) {
    const failure = applyPatch(component, parse(patch) as Operation[]).find((result) => result !== null);
    if (failure) throw new Error(`deploy/components: a patch does not fit ${file}: ${failure.message}`);
  }
  // A sidecar outside Kubernetes knows no namespaces.
  delete component.metadata.namespace;
  return onOneMachine(stringify(component, { lineWidth: 0 }));
}

/** By kind and name (both are patterns of the whole word, as kustomize takes them), or by one label. */
function isTarget({ kind, metadata }: Component, target: Patch['target']): boolean {
  const whole = (pattern: string, word: string) => new RegExp(`^(?:${pattern})$`).test(word);
  const [label, value] = target.labelSelector?.split('=') ?? [];
  return (
    whole(target.kind, kind) &&
    (target.name === undefined || whole(target.name, metadata.name)) &&
    (label === undefined || metadata.labels?.[label] === value)
  );
}

/** A file that is written again looks changed, and its sidecars would start anew. */
function writeIfNew(path: string, content: string): void {
  if (!existsSync(path) || readFileSync(path, 'utf8') !== content) writeFileSync(path, content);
}
