/** Who may speak to whom, asked from inside each pod: the call table's edges pass, every other pair is refused by the mesh. */
import { calls } from '@souk/contracts/calls';
import { type ServiceName, serviceNames } from '@souk/contracts/ports';
import { beforeAll, describe, expect, it } from 'vitest';
import { actorHosts } from '../../tools/generate/mesh-policies.ts';
import { onlyPod, programInPod, untilMeshIsUp } from '../support/mesh.ts';

const refused = /^7 RBAC: access denied$/;

beforeAll(untilMeshIsUp);

const mayReach = (caller: ServiceName, callee: ServiceName) =>
  calls.some((row) => row.caller === caller && row.callee === callee) ||
  (caller === callee && actorHosts.has(caller));

describe.each(serviceNames)('from the pod of %s', (caller) => {
  it('exactly the neighbours of the call table can be reached', async () => {
    const pod = await onlyPod(`app=${caller}`);
    const answers: Record<string, string> = await programInPod(pod, 'ask-neighbours.ts', {
      services: serviceNames,
    });
    const reached = serviceNames.filter((callee) => !refused.test(answers[callee]!));
    // A sidecar that was reached says itself that the message is none; it is the only other answer.
    for (const callee of reached)
      expect([callee, answers[callee]]).toEqual([callee, expect.stringMatching(/^\d+ /)]);
    expect(reached).toEqual(serviceNames.filter((callee) => mayReach(caller, callee)));
  });
});

it('that is each edge of the table, and at least twenty refusals', () => {
  const pairs = serviceNames.flatMap((caller) => serviceNames.map((callee) => mayReach(caller, callee)));
  const edges = new Set(calls.map(({ caller, callee }) => `${caller} ${callee}`));
  expect(pairs.filter(Boolean)).toHaveLength(edges.size + actorHosts.size);
  expect(pairs.filter((may) => !may).length).toBeGreaterThanOrEqual(20);
});
