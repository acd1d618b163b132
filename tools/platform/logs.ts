/** Follows the log of one process and of its sidecar. */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { sidecarOf } from '../runner/app-programs.ts';
import { state } from './paths.ts';

const firstLines = 50;

/** Prints the last lines and goes on until it is interrupted. */
export function followLogs(name: string | undefined): Promise<void> {
  const files = [name, sidecarOf(name ?? '')]
    .map((part) => join(state.logs, `${part}.log`))
    .filter(existsSync);
  if (!name || files.length === 0) {
    const known = existsSync(state.logs)
      ? readdirSync(state.logs).filter((file) => file.endsWith('.log'))
      : [];
    throw new Error(
      `make logs S=<name>, one of: ${known.map((file) => file.slice(0, -4)).join(', ') || 'none yet'}`,
    );
  }
  const tail = spawn('tail', ['-n', `${firstLines}`, '-F', ...files], { stdio: 'inherit' });
  return new Promise((resolve) => tail.on('exit', () => resolve()));
}
