/** What the supervisor needs to know about one process. */
export interface Program {
  /** Unique; also the name of its log and state file. */
  name: string;
  kind: 'platform' | 'app' | 'sidecar';
  /** How far it stands back when the processors are full (docs/decisions/0017); 5 if nothing is said. */
  niceness?: number;
  /** Binary and arguments. */
  command: readonly string[];
  cwd: string;
  /** The whole environment; nothing is inherited. */
  env: Readonly<Record<string, string>>;
  /** Purpose → port on 127.0.0.1. */
  ports: Readonly<Record<string, number>>;
  /** Text that changes when the process must be started anew although its command did not change. */
  fingerprint: string;
  /** Resolves when it does its work; rejects otherwise. Bounded in time by itself. */
  health: () => Promise<void>;
}

/**
 * Put before a command: Linux runs it, and all that it starts, in batches (SCHED_BATCH). Who is woken waits for the turn of
 * who runs, instead of taking its place; each then finds more to do at once and its caches warm (docs/decisions/0017).
 */
export const inBatches: readonly string[] = ['chrt', '--batch', '0'];
