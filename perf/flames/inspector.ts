/**
 * Profiles a service that runs: SIGUSR1 lets Node open its inspector on loopback, the profile is taken over it, and it is
 * closed again, also when the measurement is interrupted.
 */
import { httpAnswers, untilHealthy } from '../../tools/platform/probe.ts';
import { undoneAtEnd } from '../undo.ts';

/** Where every Node opens it that was told nothing else: so one process after the other. */
const origin = 'http://127.0.0.1:9229';
const openLimitMs = 5_000;
const answerLimitMs = 10_000;
const intervalUs = 500;

/** As V8 tells it; a node is a frame below its parent, and a sample is the id of the innermost frame. */
export interface CpuProfile {
  nodes: {
    id: number;
    callFrame: { functionName: string; url: string };
    children?: number[];
  }[];
  samples: number[];
  /** Microseconds before each sample. */
  timeDeltas: number[];
}

interface Session {
  ask<T>(method: string, params?: object): Promise<T>;
  close(): void;
}

/** Samples the process each half millisecond while `work` goes on. Throws if somebody else has an inspector open. */
export async function profileWhile(pid: number, work: () => Promise<unknown>): Promise<CpuProfile> {
  if (await isOpen())
    throw new Error(`an inspector is open at ${origin}: end the debugger, or make restart S=<its service>`);
  process.kill(pid, 'SIGUSR1');
  await untilHealthy(() => httpAnswers(`${origin}/json/version`), openLimitMs);
  const session = await connect();
  const close = undoneAtEnd(() => closeInspector(session));
  try {
    const { result } = await session.ask<{ result: { value: number } }>('Runtime.evaluate', {
      expression: 'process.pid',
    });
    if (result.value !== pid) throw new Error(`the inspector is of process ${result.value}, not of ${pid}`);
    await session.ask('Profiler.enable');
    await session.ask('Profiler.setSamplingInterval', { interval: intervalUs });
    await session.ask('Profiler.start');
    await work();
    return (await session.ask<{ profile: CpuProfile }>('Profiler.stop')).profile;
  } finally {
    await close();
  }
}

const isOpen = () =>
  httpAnswers(`${origin}/json/version`).then(
    () => true,
    () => false,
  );

/** The process closes it itself, once we have let go of it. */
async function closeInspector(session: Session): Promise<void> {
  await session.ask('Runtime.evaluate', {
    expression: "setTimeout(() => process.getBuiltinModule('node:inspector').close(), 50); 0",
  });
  session.close();
  await untilHealthy(async () => {
    if (await isOpen()) throw new Error(`the inspector at ${origin} does not close`);
  }, openLimitMs);
}

async function connect(): Promise<Session> {
  const response = await fetch(`${origin}/json/list`, { signal: AbortSignal.timeout(answerLimitMs) });
  const [target] = (await response.json()) as { webSocketDebuggerUrl: string }[];
  const socket = new WebSocket(target!.webSocketDebuggerUrl);
  const waiting = new Map<number, { resolve(result: unknown): void; reject(error: Error): void }>();
  let last = 0;
  socket.addEventListener('message', ({ data }) => {
    const { id, result, error } = JSON.parse(String(data));
    const waits = waiting.get(id);
    waiting.delete(id);
    if (error) waits?.reject(new Error(error.message));
    else waits?.resolve(result);
  });
  socket.addEventListener('close', () => {
    for (const { reject } of waiting.values()) reject(new Error('the inspector has hung up'));
  });
  await within(
    new Promise((resolve, reject) => {
      socket.addEventListener('open', resolve);
      socket.addEventListener('error', () => reject(new Error(`no inspector at ${origin}`)));
    }),
    'the inspector',
  );
  return {
    ask: <T>(method: string, params: object = {}) => {
      last += 1;
      const answer = new Promise((resolve, reject) => waiting.set(last, { resolve, reject }));
      socket.send(JSON.stringify({ id: last, method, params }));
      return within(answer, method) as Promise<T>;
    },
    close: () => socket.close(),
  };
}

/** Rejects when there is no answer in time. */
async function within<T>(answer: Promise<T>, what: string): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new Error(`${what}: no answer in ${answerLimitMs} ms`)),
    answerLimitMs,
  );
  return Promise.race([answer, promise]).finally(() => clearTimeout(timer));
}
