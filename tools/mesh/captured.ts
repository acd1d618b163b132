/** Runs a program to its end, with a deadline, and hands back everything that it said. */
import { spawn } from 'node:child_process';

export interface Outcome {
  /** Whether it ended with 0. */
  ok: boolean;
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface CaptureOptions {
  cwd?: string;
  env?: Record<string, string>;
  /** Given to it on its standard input. */
  input?: string;
  limitMs: number;
}

/** Never rejects for how the program ended; only when it cannot be run at all. */
export function captured(command: readonly string[], options: CaptureOptions): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(command[0]!, command.slice(1), {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: ['pipe', 'pipe', 'pipe'],
      timeout: options.limitMs,
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
    });
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    child.on('error', (error) => reject(new Error(`cannot run ${command[0]}: ${error.message}`)));
    child.on('close', (code) => resolve({ ok: code === 0, code, stdout, stderr }));
    // It may end without having read what it is given.
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
  });
}
