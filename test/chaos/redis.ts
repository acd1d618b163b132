/** The one thing that a test must tell Redis itself: to forget everything. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { ports } from '@souk/contracts/ports';
import { ensureSecrets } from '../../tools/platform/secrets.ts';

/** FLUSHALL on the shop's own Redis: carts, streams, consumer groups and marks are gone. */
export async function emptyRedis(): Promise<void> {
  const password = ensureSecrets().served['redis-password']!;
  await promisify(execFile)('redis-cli', ['-p', String(ports.redis), '--no-auth-warning', 'FLUSHALL'], {
    env: { ...process.env, REDISCLI_AUTH: password },
    timeout: 10_000,
  });
}
