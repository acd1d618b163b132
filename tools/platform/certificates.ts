/** Sentry's certificate authority on disk, and the environment that lets sidecars trust it. */
import { spawn } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { state } from './paths.ts';
import { untilHealthy } from './probe.ts';
import { ensureSecrets } from './secrets.ts';
import { writeWhole } from './state-files.ts';

export const certificateFiles = Object.freeze({
  anchors: join(state.certificates, 'ca.crt'),
  chain: join(state.certificates, 'issuer.crt'),
  key: join(state.certificates, 'issuer.key'),
});

const renewBeforeMs = 7 * 24 * 3_600_000;
const writeLimitMs = 20_000;

/** Whether there is an authority that lasts for another week. */
export function hasCertificates(): boolean {
  return Object.values(certificateFiles).every(existsSync) && !endsSoon();
}

/** Lets sentry make a new authority; no other sentry of ours may run. */
export async function makeCertificates(sentry: { command: readonly string[] }): Promise<void> {
  const unfinished = `${state.certificates}.new`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true, mode: 0o700 });
  const options = sentry.command.slice(1).map((option) => option.replace(state.certificates, unfinished));
  const child = spawn(sentry.command[0]!, options, { stdio: 'ignore' });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  try {
    await untilHealthy(async () => {
      for (const file of ['ca.crt', 'issuer.crt', 'issuer.key']) {
        if (!readFileSync(join(unfinished, file), 'utf8').includes('-----END'))
          throw new Error(`${file} is unfinished`);
      }
    }, writeLimitMs);
  } finally {
    child.kill('SIGTERM');
    await ended;
  }
  rmSync(state.certificates, { recursive: true, force: true });
  renameSync(unfinished, state.certificates);
}

function endsSoon(): boolean {
  const end = Date.parse(new X509Certificate(readFileSync(certificateFiles.chain)).validTo);
  return end - Date.now() < renewBeforeMs;
}

/** What each app and each sidecar gets: trust (empty before makeCertificates), tokens, and loopback as our address. */
export function daprEnvironment(): Record<string, string> {
  const { platform } = ensureSecrets();
  const read = (path: string) => (existsSync(path) ? readFileSync(path, 'utf8') : '');
  return {
    DAPR_TRUST_ANCHORS: read(certificateFiles.anchors),
    DAPR_CERT_CHAIN: read(certificateFiles.chain),
    DAPR_CERT_KEY: read(certificateFiles.key),
    NAMESPACE: 'default',
    DAPR_API_TOKEN: platform['dapr-api-token'],
    APP_API_TOKEN: platform['app-api-token'],
    DAPR_HOST_IP: '127.0.0.1',
  };
}

/** Writes `.souk/env` for people who start the apps with the Dapr CLI: `set -a; . .souk/env`. */
export function writeEnvFile(): void {
  const lines = Object.entries(daprEnvironment()).map(([name, value]) => `${name}='${value}'\n`);
  writeWhole(state.env, lines.join(''));
}
