/** Writes every file that is generated from packages/contracts. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { daprFiles } from './dapr.ts';
import { envoyFile, envoyYaml } from './envoy.ts';

const root = join(import.meta.dirname, '../..');
const files = { ...daprFiles(), [envoyFile]: envoyYaml() };

for (const [path, text] of Object.entries(files)) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
  process.stdout.write(`${path}\n`);
}
