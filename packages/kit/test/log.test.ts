/** The log: a line a fact, in JSON, with allowed fields alone; names, mails and tokens have no way in. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLog } from '../src/log.ts';

let lines: string[] = [];

beforeEach(() => {
  lines = [];
  // winston's console writes to whichever of the two it finds.
  const keep = (text: unknown) => {
    lines.push(String(text));
    return true;
  };
  vi.spyOn(process.stdout, 'write').mockImplementation(keep as never);
  const own = (console as unknown as { _stdout?: { write: unknown } })._stdout;
  if (own) vi.spyOn(own as { write(text: string): boolean }, 'write').mockImplementation(keep);
});
afterEach(() => vi.restoreAllMocks());

const written = () => lines.map((line) => JSON.parse(line));

describe('a line', () => {
  it('says when, how bad, what, who, and the fields', () => {
    createLog('orders').info('order.confirmed', { orderId: 'O1', durationMs: 12.5 });
    const [line] = written();
    expect(line).toEqual({
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      level: 'info',
      event: 'order.confirmed',
      service: 'orders',
      orderId: 'O1',
      durationMs: 12.5,
    });
    expect(lines[0]!.trimEnd()).not.toContain('\n');
  });

  it('stays one line whatever is in its fields', () => {
    createLog('orders').warn('dapr.failed', { reason: 'first\nsecond\u2028third', component: 'pubsub' });
    expect(lines[0]!.trimEnd().split('\n')).toHaveLength(1);
    expect(written()[0].reason).toBe('first\nsecond\u2028third');
  });

  it.each([
    'email',
    'address',
    'token',
    'password',
    'cartToken',
    'authorization',
    'body',
    'headers',
    'phone',
    '__proto__',
    'service',
    'level',
    'event',
    'at',
  ])('never holds what is handed over as %s', (field) => {
    createLog('orders').info('request', { ...JSON.parse(`{"${field}": "ada@example.org"}`), status: 200 });
    expect(lines.join('')).not.toContain('ada@example.org');
    expect(written()[0]).toMatchObject({ level: 'info', event: 'request', service: 'orders', status: 200 });
  });

  it('holds no value of an allowed name that hides a whole object', () => {
    createLog('orders').info('request', { reason: { email: 'ada@example.org' }, key: ['ada@example.org'] });
    expect(lines.join('')).not.toContain('ada@example.org');
  });

  it('of a lower level than asked for is not written', () => {
    const log = createLog('orders', { level: 'warn' });
    log.info('request');
    log.debug('request');
    log.error('request.failed');
    expect(written().map(({ level }) => level)).toEqual(['error']);
  });
});
