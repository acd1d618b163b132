/** Publishes rules as a new immutable version; the next quote follows them, in every process. */
import { inTransaction } from '@souk/kit/db';
import type { Deps } from '@souk/kit/service';
import { refuseFaults } from '@souk/kit/validate';
import { insertRuleVersion } from './rule-store.ts';
import { faultsOfRules, type Rules } from './rules.ts';

/** Answers the number of the new version. Refuses `invalid-request` with every fault. */
export async function publishRules({ db, newId }: Pick<Deps, 'db' | 'newId'>, rules: Rules): Promise<number> {
  refuseFaults(faultsOfRules(rules));
  return inTransaction(db, (tx) => insertRuleVersion(tx, newId(), rules));
}
