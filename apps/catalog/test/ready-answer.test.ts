/** Answers that lie ready: what they keep alive is what they weigh. */
import { expect, it } from 'vitest';
import { readyBytes, readyJson } from '../src/ready-answer.ts';

it('an answer keeps its own bytes alive, not the larger piece of memory that Node cut them from', () => {
  for (const reply of [readyJson({ name: 'Cup' }), readyBytes(Buffer.from('<p>Cup</p>'), {})]) {
    const body = reply.body as Buffer;
    expect(body.buffer.byteLength).toBe(body.length);
  }
  expect(JSON.parse(String(readyJson({ name: 'Cup' }).body))).toEqual({ name: 'Cup' });
});
