/** Publishes an edited half of the rules as a new immutable version; the next quote follows it, in every process. */
import type { Transaction } from '@souk/kit/db';
import { refuse } from '@souk/kit/problem';
import { refuseFaults } from '@souk/kit/validate';
import { requireIfMatch, type Versioned } from './etag.ts';
import { canonicalJson } from './quote-hash.ts';
import { insertRuleVersion, lockCurrentRules } from './rule-store.ts';
import { faultsOfRules, type Rules } from './rules.ts';

/** A half of the rules as its editor sees it. */
export interface Half<View> {
  of(rules: Rules): View;
  put(rules: Rules, view: View): Rules;
  /** Where a fault of the rules as a whole (`/taxes/0`) stands for the editor of this half. */
  pointerOf(pointer: string): string;
}

export interface Edit<View> {
  /** Of the new version, if there will be one. */
  id: string;
  view: View;
  ifMatch: string;
}

/** Of what staff may write at once, as JSON: an audit row has place for it. */
const maxLength = 50_000;

/**
 * Answers what was and what is; the same version if nothing differs. Refuses `stale-etag` when somebody else has
 * published since the editor read, `invalid-request` with every fault, and `not-found` before the first rules.
 */
export async function publishRules<View extends object>(
  tx: Transaction,
  half: Half<View>,
  { id, view, ifMatch }: Edit<View>,
): Promise<{ before: View & Versioned; after: View & Versioned }> {
  const current = (await lockCurrentRules(tx)) ?? refuse('not-found', 'No rules have been published yet.');
  const before = { version: current.version, ...half.of(current.rules) };
  requireIfMatch(ifMatch, before);
  const rules = half.put(current.rules, view);
  if (canonicalJson(rules) === canonicalJson(current.rules)) return { before, after: before };
  const faults = faultsOfRules(rules).map((fault) => ({ ...fault, pointer: half.pointerOf(fault.pointer) }));
  if (JSON.stringify(view).length > maxLength) faults.push({ pointer: '/body', detail: 'is too long' });
  refuseFaults(faults);
  const version = current.version + 1;
  await insertRuleVersion(tx, id, { version, rules });
  return { before, after: { version, ...view } };
}
