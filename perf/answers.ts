/** Answers of HTTP/1.1 on a kept-alive socket, told apart by their lengths; no body is looked at (RFC 9112, 6 and 7.1). */
import type { Socket } from 'node:net';

const headEnd = Buffer.from('\r\n\r\n');

/** Calls `hear` for each answer on a socket, with its status and all its bytes. A socket whose answer has no length is destroyed. */
export function readAnswers(socket: Socket, hear: (status: number, bytes: number) => void): void {
  let waiting: Buffer = Buffer.alloc(0);
  let missing = -1;
  let status = 0;
  let bytes = 0;
  socket.on('data', (chunk: Buffer) => {
    if (missing < 0) {
      waiting = waiting.length === 0 ? chunk : Buffer.concat([waiting, chunk]);
      const end = waiting.indexOf(headEnd);
      if (end < 0) return;
      const head = waiting.toString('latin1', 0, end);
      status = Number(head.slice(9, 12));
      const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
      if (length !== undefined) bytes = end + headEnd.length + Number(length);
      else if (/\r\ntransfer-encoding: chunked/i.test(head))
        bytes = endOfPieces(waiting, end + headEnd.length);
      else return socket.destroy(new Error('an answer without a length'));
      if (bytes < 0) return;
      missing = bytes - waiting.length;
    } else {
      missing -= chunk.length;
    }
    if (missing > 0) return;
    waiting = Buffer.alloc(0);
    missing = -1;
    hear(status, bytes);
  });
}

/** Where an answer in pieces (chunked, without trailers) ends; -1 while some of it is missing. */
function endOfPieces(answer: Buffer, begin: number): number {
  let at = begin;
  for (;;) {
    const lineEnd = answer.indexOf('\r\n', at);
    if (lineEnd < 0) return -1;
    const size = Number.parseInt(answer.toString('latin1', at, lineEnd), 16);
    at = lineEnd + 2 + size + 2;
    if (at > answer.length) return -1;
    if (size === 0) return at;
  }
}
