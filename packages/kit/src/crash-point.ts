/** Named points at which a chaos test lets a process die; they do nothing unless armed. */

let armed: { name: string; passesLeft: number } | undefined;

/** Arms one point: the process kills itself when it passes there for the `pass`-th time. */
export function armCrashPoint(name: string | undefined, pass = 1): void {
  armed = name === undefined ? undefined : { name, passesLeft: pass };
}

/** Marks a place before or after a commit, an invoke or a publish. SIGKILL leaves no time to clean up, as in life. */
export function crashPoint(name: string): void {
  if (armed?.name !== name) return;
  armed.passesLeft -= 1;
  if (armed.passesLeft === 0) process.kill(process.pid, 'SIGKILL');
}
