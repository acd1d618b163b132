/** Problem documents: refusals inside, RFC 9457 outside, and every thrown value read as one of them. */
import { isProblemCode, type ProblemCode, problems } from '@souk/contracts/problems';
import { describe, expect, it } from 'vitest';
import { asRefusal, isRefusal, problemOf, Refusal, refuse } from '../src/problem.ts';

describe('a refusal', () => {
  it('is thrown with its code, detail and members, and known again', () => {
    const thrown = (() => {
      try {
        return refuse('out-of-stock', 'No.', { lines: [] });
      } catch (error) {
        return error;
      }
    })();
    expect(isRefusal(thrown)).toBe(true);
    expect(isRefusal(thrown, 'out-of-stock')).toBe(true);
    expect(isRefusal(thrown, 'not-found')).toBe(false);
    expect(isRefusal(new Error('out-of-stock'))).toBe(false);
    expect(asRefusal(thrown)).toBe(thrown);
  });

  it('becomes a document that names type, title, status and code, and the trace in which it happened', () => {
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    expect(problemOf(new Refusal('stale-etag', undefined, { current: { n: 1 } }), traceId)).toEqual({
      type: '/problems/stale-etag',
      title: problems['stale-etag'].title,
      status: 412,
      code: 'stale-etag',
      instance: `urn:trace:${traceId}`,
      current: { n: 1 },
    });
  });
});

describe('whatever is thrown', () => {
  it.each<[string, unknown, ProblemCode]>([
    ['a parser that met no JSON', { type: 'entity.parse.failed', status: 400 }, 'malformed-json'],
    ['a parser that met too much', { type: 'entity.too.large', status: 413 }, 'body-too-large'],
    [
      'a parser that met another type',
      { type: 'charset.unsupported', status: 415 },
      'unsupported-media-type',
    ],
    ['a path that cannot be decoded', Object.assign(new URIError('x'), { status: 400 }), 'invalid-request'],
    [
      'a request that was broken off',
      { type: 'request.aborted', status: 400, code: 'ECONNABORTED' },
      'invalid-request',
    ],
    ['a closed pool', new Error("Can't add new command when connection is in closed state"), 'unavailable'],
    ['a full pool', Object.assign(new Error('x'), { name: 'KnexTimeoutError' }), 'unavailable'],
    ['a deadline', Object.assign(new Error('x'), { name: 'TimeoutError' }), 'unavailable'],
    [
      'a deadlock that would not end',
      Object.assign(new Error('x'), { code: 'ER_LOCK_DEADLOCK', errno: 1213 }),
      'unavailable',
    ],
    [
      'a broken constraint',
      Object.assign(new Error('x'), { code: 'ER_CONSTRAINT_FAILED', errno: 4025 }),
      'internal',
    ],
    ['a mistake of ours', new TypeError('x'), 'internal'],
    ['nothing', undefined, 'internal'],
  ])('%s is read as %s', (_name, error, code) => {
    expect(asRefusal(error).code).toBe(code);
  });
});

describe('the table of codes', () => {
  it('holds names of small letters, a status of 4xx or 5xx, and what to do', () => {
    for (const [code, { status, title, help }] of Object.entries(problems)) {
      expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/);
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(600);
      expect(title.length * help.length).toBeGreaterThan(0);
    }
  });

  it.each(['toString', '__proto__', '', 404, null])('does not know %j', (code) => {
    expect(isProblemCode(code)).toBe(false);
  });
});
