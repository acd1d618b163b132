/** Every statement on rule versions; a version never changes once it is written. */
import type { Executor, Transaction } from '@souk/kit/db';
import type { Rules } from './rules.ts';

/** The rules of one version, which was checked when it was published. */
export async function readRuleVersion(db: Executor, version: number): Promise<Rules> {
  const row = await db('rule_versions').select('rules').where({ version }).first();
  // MySQL's driver answers JSON columns parsed, MariaDB's are text.
  return typeof row.rules === 'string' ? JSON.parse(row.rules) : row.rules;
}

/** Adds rules as the next version; answers its number. */
export async function insertRuleVersion(tx: Transaction, id: string, rules: Rules): Promise<number> {
  await tx.raw(
    `INSERT INTO rule_versions (id, version, rules)
     SELECT ?, COALESCE(MAX(version), 0) + 1, ? FROM rule_versions`,
    [id, JSON.stringify(rules)],
  );
  const row = await tx('rule_versions').select('version').where({ id }).first();
  return row.version;
}
