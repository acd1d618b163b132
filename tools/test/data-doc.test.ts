/** The tables in docs/data.md are those that the migrations make. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { dataDoc, dataDocFile, renderSchemas } from '../generate/data-doc.ts';
import type { Table } from '../generate/read-schema.ts';
import { root } from '../platform/paths.ts';

it('docs/data.md shows the tables as the migrations make them (if not: npm run generate)', async () => {
  expect(readFileSync(join(root, dataDocFile), 'utf8')).toBe(await dataDoc());
});

const tableWith = (name: string, type: string): Table => ({
  name,
  columns: [{ name: 'id', type, nullable: false, fallback: null }],
  keys: [{ kind: 'primary key', columns: ['id'] }],
  checks: [],
});

it('a table that looks the same in every schema is shown once, one that differs is shown in each', () => {
  const text = renderSchemas([
    ['orders', [tableWith('outbox', 'char(26)'), tableWith('inbox', 'char(26)')]],
    ['payments', [tableWith('outbox', 'char(26)'), tableWith('inbox', 'char(30)')]],
  ]);
  expect(text.match(/^#### .*/gm)).toEqual(['#### outbox', '#### orders.inbox', '#### payments.inbox']);
});

it('a table about which nobody has written a sentence is refused', () => {
  const unknown = [tableWith('mysteries', 'int')];
  expect(() => renderSchemas([['orders', unknown]])).toThrow('say in tools/generate/table-purposes.ts');
});
