/** Runs a program to its end, with a deadline, passing its last output line on as progress. */
import { spawn } from 'node:child_process';

const keptLines = 20;

export interface CommandOptions {
  cwd?: string;
  env?: Record<string, string>;
  limitMs: number;
  tell?: (line: string) => void;
}

/** Resolves when it exits with 0; rejects with its last lines otherwise. */
export function runCommand(command: readonly string[], options: CommandOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command[0]!, command.slice(1), {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: options.limitMs,
    });
    const last: string[] = [];
    const hear = (chunk: Buffer) => {
      const lines = chunk
        .toString()
        .split('\n')
        .filter((line) => line.trim() !== '');
      last.push(...lines);
      last.splice(0, last.length - keptLines);
      const latest = lines.at(-1);
      if (latest) options.tell?.(latest);
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.on('error', (error) => reject(new Error(`cannot run ${command[0]}: ${error.message}`)));
    child.on('close', (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`${command.join(' ')} ended with ${signal ?? code}:\n${last.join('\n')}`));
    });
  });
}
