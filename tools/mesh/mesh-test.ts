/** What runs where the shop's public name leads to the mesh's gateway: `make mesh-test` and `make elasticity`. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { nodeBinary, root } from '../platform/paths.ts';
import { insideWithNames, networkOwner, shopOrigin } from './mesh-network.ts';
import { publicAuthority } from './mesh-programs.ts';

/** Runs test/mesh and the journeys; answers whether all passed. `FILES` narrows the run: words that a file's path holds. */
export function testMesh(): Promise<boolean> {
  const files = (process.env.FILES ?? '').split(' ').filter(Boolean);
  return runInMesh('node_modules/vitest/vitest.mjs', 'run', ...files);
}

/** Measures one, two and four pods of a service; answers whether that went well. */
export const measureElasticity = (): Promise<boolean> => runInMesh('perf/elasticity/run.ts');

function runInMesh(file: string, ...words: string[]): Promise<boolean> {
  if (networkOwner() !== root) throw new Error('The mesh of this checkout is not up: make mesh-up');
  const [program, ...before] = insideWithNames;
  const env = { ...process.env, SOUK_ORIGIN: shopOrigin, NODE_EXTRA_CA_CERTS: publicAuthority };
  return new Promise((resolve, reject) => {
    const all = [...before, nodeBinary, join(root, file), ...words];
    const child = spawn(program, all, { cwd: root, stdio: 'inherit', env });
    child.on('error', reject);
    child.on('exit', (code) => resolve(code === 0));
  });
}
