/** Profiles a service that runs, by its inspector, which is closed again also when the measurement is interrupted. */
import { openInspector } from '../inspector.ts';
import { undoneAtEnd } from '../undo.ts';

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

/** Samples the process each half millisecond while `work` goes on. Throws if its inspector cannot be opened. */
export async function profileWhile(pid: number, work: () => Promise<unknown>): Promise<CpuProfile> {
  const inspector = await openInspector(pid);
  const close = undoneAtEnd(() => inspector.close());
  try {
    await inspector.ask('Profiler.enable');
    await inspector.ask('Profiler.setSamplingInterval', { interval: intervalUs });
    await inspector.ask('Profiler.start');
    await work();
    return (await inspector.ask<{ profile: CpuProfile }>('Profiler.stop')).profile;
  } finally {
    await close();
  }
}
