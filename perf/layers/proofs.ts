/** Whether what was switched off is off, and what was left on is on: a figure for a switch that did nothing would be a lie. */
import { connect } from 'node:tls';
import { ensureSecrets } from '../../tools/platform/secrets.ts';
import { type Copy, logOf, type Sidecars } from './copies.ts';

const answerLimitMs = 5_000;
const forbidden = 403;

/** Throws unless the copy has written a line for requests (or, with `writes` false, none). */
export async function provenLog(copy: Copy, writes: boolean): Promise<void> {
  const lines = logOf(copy).match(/"event":"request"/g)?.length ?? 0;
  if (lines > 0 !== writes)
    throw new Error(`${copy.name} has written ${lines} lines for requests; see ${copy.logFile}`);
}

/** Throws unless the pair refuses (or, with `guarded` false, lets through) a call that the call table does not name. */
export async function provenAccessControl({ caller, callee }: Sidecars, guarded: boolean): Promise<void> {
  const url = `http://127.0.0.1:${caller.port}/v1.0/invoke/pricing/method/internal/quotes`;
  const token = ensureSecrets().platform['dapr-api-token'];
  // The table names POST alone; pricing itself answers 405.
  const { status } = await fetch(url, {
    headers: { 'dapr-api-token': token },
    signal: AbortSignal.timeout(answerLimitMs),
  });
  if ((status === forbidden) !== guarded)
    throw new Error(`${callee.name} answers ${status} to a call that only access control forbids`);
}

/** Throws unless the callee speaks TLS at the port for other sidecars (or, with `encrypted` false, does not). */
export async function provenMtls({ callee }: Sidecars, encrypted: boolean): Promise<void> {
  const speaksTls = await new Promise<boolean>((resolve) => {
    // Only whether there is a certificate counts; without one of ours it refuses us afterwards.
    const socket = connect({
      host: '127.0.0.1',
      port: callee.port + 2,
      rejectUnauthorized: false,
      ALPNProtocols: ['h2'],
      timeout: answerLimitMs,
    });
    const found = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('secureConnect', () => found(true));
    socket.once('error', () => found(false));
    socket.once('timeout', () => found(false));
  });
  if (speaksTls !== encrypted)
    throw new Error(`${callee.name} ${speaksTls ? 'speaks' : 'does not speak'} TLS`);
}
