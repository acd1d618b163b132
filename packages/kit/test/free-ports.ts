/** Ports for programs that a test starts and is to find again: nobody else gets them in the meantime. */
import getPort, { portNumbers } from 'get-port';

// Below what Linux hands out to whoever asks for any port: between looking and listening, a test beside this one would get it.
const firstPort = 20_000;
const portsOfOneWorker = 2_000;
const from = firstPort + (Number(process.env.VITEST_POOL_ID ?? 0) % 6) * portsOfOneWorker;

/** `count` ports that nobody listens on, none of them twice in one process; each worker of the tests has a range of its own. */
export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  while (ports.length < count) {
    ports.push(await getPort({ port: portNumbers(from, from + portsOfOneWorker - 1), reserve: true }));
  }
  return ports;
}
