/** Questions to a port end, whatever is at the other side. */
import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { portAnswers } from '../platform/probe.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

function portOf(answer: (socket: Socket) => void): Promise<number> {
  const server = createServer(answer);
  servers.push(server);
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
  });
}

const talk = { say: 'PING\r\n', hear: '+PONG' };

it('a port that says the word, even in two packets, is well', async () => {
  const port = await portOf((socket) => {
    socket.write('+OK\r\n');
    socket.once('data', () => socket.end('+PONG\r\n'));
  });
  await expect(portAnswers(port, talk)).resolves.toBeUndefined();
});

it('one that closes the connection without it is not', async () => {
  const port = await portOf((socket) => socket.once('data', () => socket.end('+OK\r\n')));
  await expect(portAnswers(port, talk)).rejects.toThrow('closes the connection');
});

it('one that says an error is not', async () => {
  const port = await portOf((socket) => socket.once('data', () => socket.write('-LOADING\r\n')));
  await expect(portAnswers(port, talk)).rejects.toThrow('says -LOADING');
});
