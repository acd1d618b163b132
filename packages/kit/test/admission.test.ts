import { describe, expect, it } from 'vitest';
import { createAdmission } from '../src/admission.ts';

const gate = () => {
  let open = () => {};
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, passed };
};

describe('admission', () => {
  it('runs no more at once than allowed, and everybody in the end', async () => {
    const { admit } = createAdmission({ atOnce: 3, maxWaiting: 50, maxWaitMs: 5_000 });
    let running = 0;
    let most = 0;
    const work = async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      return 'done';
    };
    const all = await Promise.all(Array.from({ length: 40 }, () => admit(work)));
    expect(all.every((result) => result === 'done')).toBe(true);
    expect(most).toBe(3);
  });

  it('refuses at once when the queue is full', async () => {
    const { admit } = createAdmission({ atOnce: 1, maxWaiting: 1, maxWaitMs: 5_000 });
    const { open, passed } = gate();
    const first = admit(() => passed);
    const second = admit(async () => 'second');
    await expect(admit(async () => 'third')).rejects.toMatchObject({
      code: 'too-many-requests',
      extra: { retryAfterSeconds: 1 },
    });
    open();
    await first;
    expect(await second).toBe('second');
  });

  it('refuses whoever has waited too long, and never runs their work', async () => {
    const { admit } = createAdmission({ atOnce: 1, maxWaiting: 5, maxWaitMs: 30 });
    const { open, passed } = gate();
    const first = admit(() => passed);
    let ran = false;
    const late = admit(async () => {
      ran = true;
    });
    await expect(late).rejects.toMatchObject({ code: 'too-many-requests' });
    open();
    await first;
    await admit(async () => {});
    expect(ran).toBe(false);
  });

  it("does not end work that has begun, and passes the work's own failure on", async () => {
    const { admit } = createAdmission({ atOnce: 1, maxWaiting: 5, maxWaitMs: 20 });
    const slow = admit(() => new Promise((resolve) => setTimeout(() => resolve('slow'), 60)));
    expect(await slow).toBe('slow');
    await expect(admit(() => Promise.reject(new TypeError('own')))).rejects.toThrow('own');
  });
});
