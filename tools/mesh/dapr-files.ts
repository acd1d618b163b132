/** Dapr's objects of the cluster as the files that a sidecar outside of Kubernetes' own mode reads. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { state } from '../platform/paths.ts';
import { writeWhole } from '../platform/state-files.ts';

/** `resources/` is for all sidecars, each takes what is scoped to it; `config/<app>.yaml` is one sidecar's. */
export const daprFolder = join(state.folder, 'dapr');

/** Writes those of a kustomized text, word for word. */
export function writeDaprFiles(manifests: string): void {
  rmSync(daprFolder, { recursive: true, force: true });
  for (const name of ['resources', 'config']) mkdirSync(join(daprFolder, name), { recursive: true });
  for (const document of parseAllDocuments(manifests)) {
    const object = document.toJS() as { apiVersion: string; kind: string; metadata: { name: string } } | null;
    if (!object?.apiVersion.startsWith('dapr.io/')) continue;
    const folder = object.kind === 'Configuration' ? 'config' : 'resources';
    writeWhole(join(daprFolder, folder, `${object.metadata.name}.yaml`), document.toString());
  }
}
