/** Says at once that a name is unknown, as a cluster's DNS would: pilot-agent asks here about all names that are not the mesh's. */
import { createSocket } from 'node:dgram';

const headerBytes = 12;
/** Type and class behind the labels of a question. */
const questionTail = 5;
/** An answer, recursion was wanted and is there, no such name. */
const noSuchName = 0x8183;

/** Listens on UDP 53 of this address for as long as the process lives. */
export function denyUnknownNames(address: string, say: (line: string) => void): void {
  const socket = createSocket('udp4');
  socket.on('error', (error) => say(`names: ${error.message}`));
  socket.on('message', (question, { port, address: from }) => {
    if (question.length < headerBytes + questionTail) return;
    let at = headerBytes;
    while (at < question.length && question[at] !== 0) at += question[at]! + 1;
    const answer = Buffer.from(question.subarray(0, at + questionTail));
    answer.writeUInt16BE(noSuchName, 2);
    // The question alone: no answers, no authorities, nothing additional.
    answer.fill(0, 6, headerBytes);
    socket.send(answer, port, from);
  });
  socket.bind(53, address);
}
