/** The manifests of mesh/ and deploy/ without a cluster: generated ones are as generated, and tables, policies and routes agree. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { serviceNames } from '@souk/contracts/ports';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { deployFiles } from '../generate/deploy.ts';
import { envoyYaml } from '../generate/envoy.ts';
import { meshFiles } from '../generate/mesh.ts';
import { localOverlayFiles } from '../generate/mesh-local.ts';
import { edgeFindings } from '../mesh/edge-check.ts';
import { documentsOf, overlaid } from '../mesh/manifest.ts';
import { operationsOfApi } from '../mesh/operations.ts';
import { plantedMistakes } from '../mesh/planted.ts';
import { localRoutes, routeFindings, samples } from '../mesh/route-check.ts';

const root = join(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');

const generated = { ...(await meshFiles()), ...deployFiles(), ...localOverlayFiles() };
const operations = await operationsOfApi();
const local = localRoutes(parse(envoyYaml()));

/** What is committed, as one set; folders of kustomize hold it too, but these need no kubectl. */
const documents = ['mesh/security', 'mesh/services', 'mesh/gateway', 'deploy/base/services'].flatMap(
  (folder) =>
    readdirSync(join(root, folder))
      .filter((name) => name.endsWith('.yaml') && name !== 'kustomization.yaml')
      .flatMap((name) => documentsOf(read(`${folder}/${name}`))),
);

describe('what is generated', () => {
  it.each(Object.entries(generated))('%s is as `npm run generate` writes it', (path, text) => {
    expect(read(path)).toBe(text);
  });

  it.each(['mesh/services', 'deploy/base/services'])(
    '%s has a file for each service, and kustomize takes it',
    (folder) => {
      const { resources } = parse(read(`${folder}/kustomization.yaml`));
      for (const service of serviceNames) {
        expect(existsSync(join(root, folder, `${service}.yaml`))).toBe(true);
        expect(resources).toContain(`${service}.yaml`);
      }
    },
  );
});

describe('the policies', () => {
  it('allow exactly what the call table and the API allow', () => {
    expect(edgeFindings(documents, operations)).toEqual([]);
  });

  it('are found wanting when a caller loses its permission', () => {
    const without = documents.filter(
      ({ kind, metadata }) => !(kind === 'AuthorizationPolicy' && metadata.name === 'pricing'),
    );
    expect(edgeFindings(without, operations)).toContain(
      'callers of pricing by its policy: cluster.local/ns/shop/sa/cart may not, and should',
    );
  });
});

describe('the routes', () => {
  it('lead in the mesh where they lead on one machine', () => {
    expect(samples().length).toBeGreaterThan(100);
    expect(routeFindings(local, documents)).toEqual([]);
  });
});

const tableMistakes = plantedMistakes().filter(({ check }) => check === 'edges' || check === 'routes');

it.each(tableMistakes)('planted/$name is refused by $check', ({ text, check, saying }) => {
  const changed = overlaid(documents, documentsOf(text));
  const found = check === 'edges' ? edgeFindings(changed, operations) : routeFindings(local, changed);
  expect(found.join('\n')).toContain(saying);
});
