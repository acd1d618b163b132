/** Fills the shop with products: the hand-written ones, or a large generated catalogue. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { adminAccount } from './mariadb-admin.ts';
import { nodeBinary, root, state } from './paths.ts';
import { step } from './progress.ts';
import { runCommand } from './run-command.ts';
import { writeWhole } from './state-files.ts';

const seedProgram = join(root, 'tools/seed/main.ts');
/** Lies in the data folder, so that it goes with the data; written last, so that a killed seed is repeated. */
const seededMark = join(state.data, 'seeded');
const seedLimitMs = 900_000;

/** Seeds the hand-written products into an empty shop, or goes on where an earlier run was killed. */
export async function seedOnce(): Promise<void> {
  if (!existsSync(seededMark)) await seed(undefined);
}

/** Seeds what is missing; `size` like `10k` asks for a large generated catalogue. */
export async function seed(size: string | undefined): Promise<void> {
  const { host, port, user, password } = adminAccount();
  await step('products', async (tell) => {
    let last = '';
    await runCommand([nodeBinary, seedProgram, ...(size ? [size] : [])], {
      cwd: root,
      env: {
        SOUK_DB_HOST: host,
        SOUK_DB_PORT: `${port}`,
        SOUK_DB_USER: user,
        SOUK_DB_PASSWORD: password,
      },
      limitMs: seedLimitMs,
      tell: (line) => {
        last = line;
        tell(line);
      },
    });
    writeWhole(seededMark, '');
    return last;
  });
}
