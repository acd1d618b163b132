/** Gives back what starting took: loading libraries leaves about half of the heap as garbage that nobody would collect. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

type Collect = (options: { type: 'major'; flavor: 'last-resort' }) => void;

/**
 * Collects once and shrinks the heap; call it when a service is ready, before it has work. Measured with all that kit
 * loads: 119 → 63 MiB PSS, for 0.1 s.
 */
export function releaseStartMemory(): void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as Collect;
  collect({ type: 'major', flavor: 'last-resort' });
}
