/** `make mesh-test`: runs test/mesh, and the journeys, where the shop's public name leads to the mesh's gateway. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { nodeBinary, root } from '../platform/paths.ts';
import { insideWithNames, networkOwner, shopOrigin } from './mesh-network.ts';
import { publicAuthority } from './mesh-programs.ts';

/** Answers whether all passed. `FILES` narrows the run: words that a file's path holds. */
export function testMesh(): Promise<boolean> {
  if (networkOwner() !== root) throw new Error('The mesh of this checkout is not up: make mesh-up');
  const files = (process.env.FILES ?? '').split(' ').filter(Boolean);
  const [program, ...words] = [
    ...[...insideWithNames, nodeBinary, join(root, 'node_modules/vitest/vitest.mjs'), 'run'],
    ...files,
  ];
  const env = { ...process.env, SOUK_ORIGIN: shopOrigin, NODE_EXTRA_CA_CERTS: publicAuthority };
  return new Promise((resolve, reject) => {
    const child = spawn(program!, words, { cwd: root, stdio: 'inherit', env });
    child.on('error', reject);
    child.on('exit', (code) => resolve(code === 0));
  });
}
