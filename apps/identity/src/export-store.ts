/** SQL of exports: what each service knows about a customer, part by part. */
import type { Executor, Transaction } from '@souk/kit/db';

export interface Export {
  id: string;
  customerId: string;
  createdAt: Date;
}

export interface ExportPart {
  service: string;
  /** From 1 to `parts`. */
  part: number;
  parts: number;
  data: object;
}

/** More parts than any customer fills. */
const maxParts = 1_000;

export async function insertExport(
  tx: Transaction,
  { id, customerId }: Omit<Export, 'createdAt'>,
): Promise<void> {
  await tx('exports').insert({ id, customer_id: customerId });
}

/** An export, if it is this customer's. */
export async function findExport(
  executor: Executor,
  { id, customerId }: Omit<Export, 'createdAt'>,
): Promise<Export | undefined> {
  const row = await executor('exports')
    .select('id', 'customer_id', 'created_at')
    .where({ id, customer_id: customerId })
    .first();
  return row && { id: row.id, customerId: row.customer_id, createdAt: row.created_at };
}

/** Adds a part, once. */
export async function insertPart(tx: Transaction, exportId: string, part: ExportPart): Promise<void> {
  await tx('export_parts')
    .insert({
      export_id: exportId,
      service: part.service,
      part: part.part,
      parts: part.parts,
      data: JSON.stringify(part.data),
    })
    .onConflict(['export_id', 'service', 'part'])
    .ignore();
}

export async function listParts(executor: Executor, exportId: string): Promise<ExportPart[]> {
  const rows = await executor('export_parts')
    .select('service', 'part', 'parts', 'data')
    .where({ export_id: exportId })
    .orderBy(['service', 'part'])
    .limit(maxParts);
  return rows.map((row) => ({ ...row, data: JSON.parse(row.data) }));
}

export async function deleteExportsOf(tx: Transaction, customerId: string): Promise<void> {
  await tx.raw('DELETE p FROM export_parts p JOIN exports e ON e.id = p.export_id WHERE e.customer_id = ?', [
    customerId,
  ]);
  await tx('exports').where({ customer_id: customerId }).delete();
}

/** Deletes exports that were asked for before `at`, with their parts, in bounded batches. */
export async function reapExports(executor: Executor, at: Date): Promise<void> {
  await executor.raw(
    `DELETE FROM export_parts WHERE export_id IN
       (SELECT id FROM exports WHERE created_at < ?) LIMIT 5000`,
    [at],
  );
  await executor.raw(
    `DELETE FROM exports WHERE created_at < ?
       AND id NOT IN (SELECT export_id FROM export_parts) LIMIT 5000`,
    [at],
  );
}
