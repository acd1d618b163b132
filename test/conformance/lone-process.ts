/** A service's own process, started as the platform starts it, but alone: without sidecar, database or neighbours. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { ServiceName } from '@souk/contracts/ports';
import { freePorts } from '../../packages/kit/test/free-ports.ts';
import { appPrograms } from '../../tools/runner/app-programs.ts';

export interface LoneProcess {
  /** Of its HTTP server. */
  origin: string;
  /** What it has written to stdout so far. */
  lines(): string[];
  /** Sends SIGTERM; resolves with how it ended and how long that took. A process that does not end is killed. */
  stop(): Promise<{ code: number | null; tookMs: number }>;
}

const killAfterMs = 12_000;

/** Starts it on a free port; nothing answers on the port at which it looks for its sidecar. */
export async function startAlone(service: ServiceName): Promise<LoneProcess> {
  const [port, daprHttp, daprGrpc] = (await freePorts(3)) as [number, number, number];
  const program = appPrograms().find(({ name }) => name === service)!;
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(program.command[0]!, program.command.slice(1), {
    cwd: program.cwd,
    env: {
      PATH,
      HOME,
      ...program.env,
      APP_PORT: `${port}`,
      DAPR_HTTP_PORT: `${daprHttp}`,
      DAPR_GRPC_PORT: `${daprGrpc}`,
    },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let text = '';
  child.stdout.on('data', (chunk) => {
    text += chunk;
  });
  const ended = once(child, 'exit');
  return {
    origin: `http://127.0.0.1:${port}`,
    lines: () => text.split('\n').filter(Boolean),
    async stop() {
      const startedMs = performance.now();
      child.kill('SIGTERM');
      const killer = setTimeout(() => child.kill('SIGKILL'), killAfterMs);
      const [code] = await ended;
      clearTimeout(killer);
      return { code, tookMs: performance.now() - startedMs };
    },
  };
}
