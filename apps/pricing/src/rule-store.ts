/** Every statement on rule versions; a version never changes once it is written. */
import type { Executor, Transaction } from '@souk/kit/db';
import type { Rules } from './rules.ts';

export interface RuleVersion {
  version: number;
  rules: Rules;
}

/** The rules of one version, which was checked when it was published. */
export async function readRuleVersion(db: Executor, version: number): Promise<Rules> {
  const row = await db('rule_versions').select('rules').where({ version }).first();
  return parsed(row.rules);
}

/** The rules that count now; undefined before the first were written. */
export async function readCurrentRules(db: Executor): Promise<RuleVersion | undefined> {
  const row = await newest(db);
  return row && { version: row.version, rules: parsed(row.rules) };
}

/** The same, locked until the transaction ends: the next editor waits for this one. */
export async function lockCurrentRules(tx: Transaction): Promise<RuleVersion | undefined> {
  const row = await newest(tx).forUpdate();
  return row && { version: row.version, rules: parsed(row.rules) };
}

/**
 * Makes changes of prices wait for one another until the transaction ends: first prices lock the gap in which their SKU
 * will stand, so many of them at once would collide for ever. Quotes wait for nobody.
 */
export async function lockPriceChanges(tx: Transaction): Promise<void> {
  await tx('rule_versions').select('version').orderBy('version', 'desc').limit(1).forUpdate();
}

function newest(executor: Executor) {
  return executor('rule_versions').select('version', 'rules').orderBy('version', 'desc').limit(1).first();
}

/** Adds a version; its number is unique. */
export async function insertRuleVersion(
  tx: Transaction,
  id: string,
  { version, rules }: RuleVersion,
): Promise<void> {
  await tx('rule_versions').insert({ id, version, rules: JSON.stringify(rules) });
}

/** MySQL's driver answers JSON columns parsed, MariaDB's are text. */
function parsed(rules: string | Rules): Rules {
  return typeof rules === 'string' ? JSON.parse(rules) : rules;
}
