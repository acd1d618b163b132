/** Durable workflows (Dapr Workflow, docs/decisions/0013): the SDK's runtime, kept alive, quiet and closable. */
import { createRequire } from 'node:module';
import { DaprWorkflowClient, WorkflowRuntime } from '@dapr/dapr';
import { withDeadline } from './deadline.ts';
import type { Log } from './log.ts';
import { startPeriodicWork } from './periodic-work.ts';
import { Refusal } from './problem.ts';

/** What a step may wait for; yielded, and the workflow goes on with its outcome. */
export type Awaited = object;

/** What a workflow may do. It is run again from its history at each step, so it reads no clock and calls nobody. */
export interface WorkflowContext {
  callActivity(name: string, input?: unknown): Awaited;
  /** `seconds` from now. */
  createTimer(seconds: number): Awaited;
  waitForExternalEvent(name: string): Awaited;
  whenAny(tasks: Awaited[]): Awaited;
  continueAsNew(input: unknown, saveEvents: boolean): void;
}

// biome-ignore lint/suspicious/noExplicitAny: what a step yields decides what it gets back
export type Workflow = (context: WorkflowContext, input: any) => AsyncGenerator<Awaited, unknown, any>;
/** A step that does something; it may be run more than once. */
// biome-ignore lint/suspicious/noExplicitAny: the shape is the workflow's own
export type Activity = (input: any) => Promise<unknown>;

export interface WorkflowHost {
  /** Starts one; if one of that id is under way already, nothing happens. */
  start(workflow: string, instanceId: string, input: unknown): Promise<void>;
  /** Hands an event to a workflow, which may wait for it now or later. */
  raise(instanceId: string, event: string, data: unknown): Promise<void>;
  stop(): Promise<void>;
}

export interface WorkflowOptions {
  /** The sidecar's gRPC port. */
  grpcPort: number;
  apiToken: string;
  log: Log;
  workflows: Record<string, Workflow>;
  activities: Record<string, Activity>;
}

/** Less than a request may take at the ingress: who asked hears that it goes on, and what was not begun is begun later. */
const callTimeoutMs = 2_000;
const lookEveryMs = 2_000;

/** What of the SDK's worker is looked at: it ends for good, silently, when its first connection breaks. */
interface Worker {
  _isRunning: boolean;
}

/** Runs workflows of one service until stopped. */
export function hostWorkflows(options: WorkflowOptions): WorkflowHost {
  const { grpcPort, apiToken, log } = options;
  const address = () => ({ daprHost: '127.0.0.1', daprPort: String(grpcPort), daprApiToken: apiToken });
  quietenSdk(log);
  const client = new DaprWorkflowClient(address());
  let runtime = newRuntime(options, address());
  const keepAlive = startPeriodicWork({
    name: 'workflows',
    everyMs: lookEveryMs,
    log,
    async work() {
      if (workerOf(runtime)._isRunning) return;
      log.warn('workflow.reconnecting');
      runtime = newRuntime(options, address());
      await runtime.start();
    },
  });
  const started = runtime.start();
  const ask = async (operation: string, call: () => Promise<unknown>) => {
    await withDeadline(call(), callTimeoutMs).catch((error: Error) => {
      // Of two starts the second is refused while the first is under way.
      if (/already (exists|active)|already created/i.test(error.message)) return;
      log.warn('dapr.failed', { operation, component: 'workflow', reason: error.message });
      throw new Refusal('unavailable', 'Workflows are not available.');
    });
  };
  return {
    start: (workflow, instanceId, input) =>
      ask('start', () => client.scheduleNewWorkflow(workflow, input, instanceId)),
    raise: (instanceId, event, data) => ask('raise', () => client.raiseEvent(instanceId, event, data)),
    async stop() {
      await started;
      await keepAlive.stop();
      if (workerOf(runtime)._isRunning) await runtime.stop();
      await client.stop();
    },
  };
}

function newRuntime({ workflows, activities }: WorkflowOptions, address: object): WorkflowRuntime {
  const runtime = new WorkflowRuntime(address);
  for (const [name, workflow] of Object.entries(workflows)) {
    runtime.registerWorkflowWithName(name, workflow as never);
  }
  for (const [name, activity] of Object.entries(activities)) {
    runtime.registerActivityWithName(name, (_context: unknown, input: unknown) => activity(input));
  }
  return runtime;
}

function workerOf(runtime: WorkflowRuntime): Worker {
  return (runtime as unknown as { worker: Worker }).worker;
}

/** The SDK's workflow parts take no logger and write sentences to stdout, which is for our log alone. */
function quietenSdk(log: Log): void {
  const require = createRequire(import.meta.url);
  const { ConsoleLoggerService } = require('@dapr/dapr/logger/ConsoleLoggerService');
  const silence = () => {};
  const warn = (message: unknown) => log.warn('workflow.sdk', { reason: String(message).slice(0, 300) });
  Object.assign(ConsoleLoggerService.prototype, { debug: silence, verbose: silence, info: silence });
  Object.assign(ConsoleLoggerService.prototype, { warn, error: warn });
}
