/** The steps of the erasure's workflow, driven by hand as the runtime drives them. */
import type { Awaited, WorkflowContext } from '@souk/kit/dapr-workflow';
import { expect, it } from 'vitest';
import { erasureRound } from '../src/erasure-workflow.ts';

/** Runs one round; `first` says what happens first, `completed` what the database then knows. */
async function round({ first, completed }: { first: 'end' | 'rest'; completed: boolean }) {
  const calls: unknown[] = [];
  const task = (name: string) => ({ name });
  const context: WorkflowContext = {
    callActivity(name, input) {
      calls.push([name, input]);
      return task(name);
    },
    createTimer: (seconds) => task(`timer ${seconds}`),
    waitForExternalEvent: (name) => task(name),
    whenAny: (tasks) => ({ any: tasks }),
    continueAsNew: (input) => void calls.push(['again', input]),
  };
  const steps = erasureRound(context, { customerId: 'c', round: 3, restSeconds: 9 });
  let step = await steps.next();
  while (!step.done) {
    const waited = step.value as Awaited & { name?: string; any?: { name: string }[] };
    if (waited.any) expect(waited.any.map(({ name }) => name)).toEqual(['erased', 'timer 9']);
    const outcome = waited.any ? waited.any[first === 'end' ? 0 : 1] : completed;
    step = await steps.next(outcome);
  }
  return calls;
}

const asked = ['begin-round', { customerId: 'c', round: 3 }];
const looked = ['is-completed', { customerId: 'c' }];

it('ends with the word that all is forgotten', async () => {
  expect(await round({ first: 'end', completed: true })).toEqual([asked]);
});

it('asks again after its rest, in the next round', async () => {
  expect(await round({ first: 'rest', completed: false })).toEqual([
    asked,
    looked,
    ['again', { customerId: 'c', round: 4, restSeconds: 18 }],
  ]);
});

it('ends after its rest if the word was lost', async () => {
  expect(await round({ first: 'rest', completed: true })).toEqual([asked, looked]);
});
