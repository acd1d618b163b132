/** Which tool comes in which version, and where its binaries lie once they are there. */
import { execFileSync } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { cacheFolder } from './paths.ts';

export const versions = Object.freeze({ dapr: '1.18.2', jaeger: '1.76.0', envoy: '1.40.0', k6: '1.8.1' });

export type Tool = keyof typeof versions;

/** The binaries of Dapr that the platform runs. */
export const daprBinaries = ['daprd', 'placement', 'scheduler', 'sentry'] as const;

/** Where the Dapr CLI keeps its binaries. */
export const daprCliFolder = join(homedir(), '.dapr/bin');

const versionLimitMs = 10_000;

/** The folder of a tool's binaries in the cache, e.g. `…/dapr-1.18.2/bin`. */
export function cachedBinFolder(tool: Tool): string {
  return join(cacheFolder, `${tool}-${versions[tool]}`, 'bin');
}

/** Path of one binary; the Dapr CLI's own wins when it has the same version. */
export function binaryPath(tool: Tool, name: string): string {
  const installed = join(daprCliFolder, name);
  if (tool === 'dapr' && existsSync(installed) && cliHasOurVersion()) return realpathSync(installed);
  return join(cachedBinFolder(tool), name);
}

let cliAnswer: boolean | undefined;

function cliHasOurVersion(): boolean {
  cliAnswer ??= versionOf(join(daprCliFolder, 'daprd')) === versions.dapr;
  return cliAnswer;
}

function versionOf(daprd: string): string | null {
  try {
    return execFileSync(daprd, ['--version'], { timeout: versionLimitMs, encoding: 'utf8' }).trim();
  } catch {
    return null;
  }
}
