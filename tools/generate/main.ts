/** Writes every file that is generated: from packages/contracts, and the tables of docs/data.md from the migrations. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { asyncApiFile, asyncApiYaml } from './asyncapi.ts';
import { daprFiles } from './dapr.ts';
import { dataDoc, dataDocFile } from './data-doc.ts';
import { deployFiles } from './deploy.ts';
import { envoyFile, envoyYaml } from './envoy.ts';
import { meshFiles } from './mesh.ts';
import { localOverlayFiles } from './mesh-local.ts';

const root = join(import.meta.dirname, '../..');
const files = {
  ...daprFiles(),
  [envoyFile]: envoyYaml(),
  [asyncApiFile]: asyncApiYaml(),
  ...(await meshFiles()),
  ...deployFiles(),
  ...localOverlayFiles(),
};

for (const [path, text] of Object.entries(files)) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
  process.stdout.write(`${path}\n`);
}

// Last, because it alone needs the database.
writeFileSync(join(root, dataDocFile), await dataDoc());
process.stdout.write(`${dataDocFile}\n`);
