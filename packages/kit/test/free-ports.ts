/** Ports for programs that a test starts and is to find again: no other test is handed them in the meantime. */
import getPort, { portNumbers } from 'get-port';

// Below what Linux hands out to whoever asks for any port: between looking and listening, a test beside this one would get it.
// Six ranges end below it (32,768). Each process begins elsewhere in its own: a late client of the one before meets nobody.
const firstPort = 20_000;
const portsOfOneWorker = 2_000;
const worker = Number(process.env.VITEST_POOL_ID ?? 0) % 6;
const from = firstPort + worker * portsOfOneWorker + (process.pid % 90) * 20;
const to = firstPort + (worker + 1) * portsOfOneWorker - 1;

/** `count` ports that nobody listens on, none of them twice in one process; each worker of the tests has a range of its own. */
export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  while (ports.length < count) {
    ports.push(await getPort({ port: portNumbers(from, to), reserve: true }));
  }
  return ports;
}
