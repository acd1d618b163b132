import { createServer } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { parseListening, takenPortMessage, takenPorts } from '../platform/listening-ports.ts';

const server = createServer();
afterEach(() => new Promise((resolve) => server.close(resolve)));

test('a port that somebody listens on is found, with its holder, and named in the message', async () => {
  const port = await new Promise<number>((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port)),
  );
  const [taken, ...others] = takenPorts([
    { port, purpose: 'mariadb (SQL)' },
    { port: 1, purpose: 'nobody' },
  ]);
  expect(others).toEqual([]);
  expect(taken?.holder?.pid).toBe(process.pid);
  const message = takenPortMessage(taken!);
  expect(message).toContain(`Port ${port} is needed by mariadb (SQL), but process ${process.pid} (`);
});

test("connections and other users' sockets do not confuse the table's reader", () => {
  const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1 0
   1: 0100007F:1F91 0100007F:CAFE 01 00000000:00000000 00:00000000 00000000     0        0 4712 1 0
`;
  expect([...parseListening(table)]).toEqual([[8080, ['4711']]]);
  expect(takenPortMessage({ port: 80, purpose: 'x', holder: null })).toContain("another user's process");
});
