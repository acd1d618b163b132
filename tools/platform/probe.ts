/** Asks a process whether it does its work; every question has a deadline. */
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const answerLimitMs = 2_000;
const askEveryMs = 50;
const hopeEveryMs = 1_000;

/** Resolves when the URL answers 2xx. */
export async function httpAnswers(url: string): Promise<void> {
  const response = await fetch(url, {
    signal: AbortSignal.timeout(answerLimitMs),
    headers: { connection: 'close' },
  });
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`${url} answers ${response.status}`);
}

/** Resolves when the port accepts a connection and, if `say` is given, answers `hear` within what it says. */
export function portAnswers(port: number, talk?: { say: string; hear: string }): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1' });
    const fail = (message: string) => {
      socket.destroy();
      reject(new Error(`127.0.0.1:${port} ${message}`));
    };
    socket.setTimeout(answerLimitMs, () => fail('does not answer'));
    socket.on('error', (error) => fail(error.message));
    socket.on('close', () => fail('closes the connection'));
    const succeed = () => {
      socket.destroy();
      resolve();
    };
    socket.on('connect', () => (talk ? socket.write(talk.say) : succeed()));
    let heard = '';
    socket.on('data', (data) => {
      heard += data;
      if (heard.includes(talk?.hear ?? '')) return succeed();
      // Redis' word for an error; whatever else may go on in the next packet.
      if (/^-/m.test(heard)) fail(`says ${heard}`);
    });
  });
}

/**
 * Repeats the question until it is answered well; rejects with the last reason after `limitMs`, or as soon as
 * `stillHopeful` rejects, which is asked about once a second.
 */
export async function untilHealthy(
  ask: () => Promise<void>,
  limitMs: number,
  stillHopeful: () => Promise<void> = async () => undefined,
): Promise<void> {
  const giveUpAt = Date.now() + limitMs;
  let hopedAt = Date.now();
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (Date.now() > giveUpAt) throw error;
    }
    if (Date.now() - hopedAt > hopeEveryMs) {
      hopedAt = Date.now();
      await stillHopeful();
    }
    await sleep(askEveryMs);
  }
}
