/** Fills the shop with products: the hand-written ones, or a large generated catalogue. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { RowDataPacket } from 'mysql2';
import { adminAccount, openAdmin } from './mariadb-admin.ts';
import { nodeBinary, root } from './paths.ts';
import { step } from './progress.ts';
import { runCommand } from './run-command.ts';

const seedProgram = join(root, 'tools/seed/main.ts');
const seedLimitMs = 600_000;

/** Seeds the hand-written products when the shop has none yet. */
export async function seedWhenEmpty(): Promise<void> {
  if (!existsSync(seedProgram) || (await hasProducts())) return;
  await seed(undefined);
}

/** Seeds; `size` like `10k` asks for a large generated catalogue. */
export async function seed(size: string | undefined): Promise<void> {
  const { host, port, user, password } = adminAccount();
  await step('products', (tell) =>
    runCommand([nodeBinary, seedProgram, ...(size ? [size] : [])], {
      cwd: root,
      env: { SOUK_DB_HOST: host, SOUK_DB_PORT: `${port}`, SOUK_DB_USER: user, SOUK_DB_PASSWORD: password },
      limitMs: seedLimitMs,
      tell,
    }),
  );
}

async function hasProducts(): Promise<boolean> {
  const connection = await openAdmin();
  try {
    const [rows] = await connection.query<RowDataPacket[]>('SELECT id FROM catalog.products LIMIT 1');
    return rows.length > 0;
  } finally {
    await connection.end();
  }
}
