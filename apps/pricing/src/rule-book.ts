/** The rules in memory: only immutable versions, by number, so that nothing here can be stale. */
import type { Executor } from '@souk/kit/db';
import { refuse } from '@souk/kit/problem';
import { readRuleVersion } from './rule-store.ts';
import type { Rules } from './rules.ts';

export interface RuleBook {
  /** The rules of a version; one statement when this process meets it for the first time, none after. */
  open(version: number | undefined): Promise<Rules>;
}

/** While a new version spreads, quotes of two versions may be in the making. */
const maxKept = 2;

/** Makes an empty book over a database. */
export function createRuleBook(db: Executor): RuleBook {
  const kept = new Map<number, Rules>();
  return {
    async open(version) {
      if (version === undefined) return refuse('unavailable', 'No rules have been published yet.');
      const known = kept.get(version);
      if (known) return known;
      const rules = await readRuleVersion(db, version);
      kept.set(version, rules);
      while (kept.size > maxKept) kept.delete(Math.min(...kept.keys()));
      return rules;
    },
  };
}
