/** Services written in Go: which they are, and their binaries, built anew only when their sources have changed. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { serviceNames } from '@souk/contracts/ports';
import { root } from './paths.ts';
import type { Tell } from './progress.ts';
import { runCommand } from './run-command.ts';
import { writeWhole } from './state-files.ts';

const buildLimitMs = 600_000;
const bin = join(root, '.souk/bin');

/** Whether a service is a Go module. */
export function isGoApp(service: string): boolean {
  return existsSync(join(root, 'apps', service, 'go.mod'));
}

/** Where a Go service's binary lies once it is built. */
export const goBinary = (service: string) => join(bin, service);

/** Builds what is missing or older than its sources; answers what it did. */
export async function buildGoApps(tell: Tell): Promise<string> {
  const services = serviceNames.filter(isGoApp);
  const changed = services.filter((service) => !isBuilt(service));
  for (const service of changed) await build(service, (line) => tell(`${service}: ${line}`));
  return changed.length === 0 ? 'there' : `built ${changed.join(', ')}`;
}

/** The sources' digest lies beside the binary, written last: a killed build is repeated. */
const digestFile = (service: string) => `${goBinary(service)}.sources`;

function isBuilt(service: string): boolean {
  const file = digestFile(service);
  return (
    existsSync(goBinary(service)) && existsSync(file) && readFileSync(file, 'utf8') === digestOf(service)
  );
}

function digestOf(service: string): string {
  const folder = join(root, 'apps', service);
  const sources = readdirSync(folder)
    .filter((name) => /^go\.(mod|sum)$|\.(go|json)$/.test(name) && !name.endsWith('_test.go'))
    .toSorted();
  const digest = createHash('sha256');
  for (const name of sources) digest.update(name).update(readFileSync(join(folder, name)));
  return digest.digest('hex');
}

async function build(service: string, tell: Tell): Promise<void> {
  mkdirSync(bin, { recursive: true });
  const sources = digestOf(service);
  const unfinished = `${goBinary(service)}.${process.pid}.new`;
  await runCommand(['go', 'build', '-trimpath', '-ldflags', '-s -w', '-o', unfinished, '.'], {
    cwd: join(root, 'apps', service),
    env: { CGO_ENABLED: '0' },
    limitMs: buildLimitMs,
    tell,
  });
  renameSync(unfinished, goBinary(service));
  writeWhole(digestFile(service), sources);
}
