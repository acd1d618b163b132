/** Writes the tables into docs/data.md, as the migrations make them; needs the platform's MariaDB. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { serviceNames } from '@souk/contracts/ports';
import { openAdmin } from '../platform/mariadb-admin.ts';
import { root } from '../platform/paths.ts';
import { type Column, type Key, readSchema, type Table } from './read-schema.ts';
import { purposeOf } from './table-purposes.ts';

export const dataDocFile = 'docs/data.md';

const begin = '<!-- tables: written by `npm run generate` from the migrations; edit those, not this -->\n';
const end = '<!-- end of tables -->\n';

/** The whole of docs/data.md with today's tables between its two marks. */
export async function dataDoc(): Promise<string> {
  const text = readFileSync(join(root, dataDocFile), 'utf8');
  const [before, rest] = text.split(begin);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined) throw new Error(`${dataDocFile} has lost its marks`);
  return `${before}${begin}\n${await tablesPart()}\n${end}${after}`;
}

async function tablesPart(): Promise<string> {
  const admin = await openAdmin().catch((error: Error) => {
    throw new Error(`the tables cannot be read (${error.message}); first: make platform`);
  });
  try {
    const schemas: [string, Table[]][] = [];
    for (const service of serviceNames) schemas.push([service, await readSchema(admin, service)]);
    return renderSchemas(schemas.filter(([, tables]) => tables.length > 0));
  } finally {
    await admin.end();
  }
}

/** Tables that look the same in every schema come once, before the services. */
export function renderSchemas(schemas: readonly [string, Table[]][]): string {
  const looks = schemas.map(([, tables]) => tables.map((table) => JSON.stringify(table)));
  const [, first = []] = schemas[0] ?? [];
  const shared = first.filter((table) => looks.every((own) => own.includes(JSON.stringify(table))));
  const isShared = ({ name }: Table) => shared.some((table) => table.name === name);
  const everywhere = schemas.length > 1 ? section('In every schema', ['', shared]) : '';
  const own = schemas.map(([service, tables]) =>
    section(service, [service, tables.filter((table) => schemas.length === 1 || !isShared(table))]),
  );
  return [everywhere, ...own].filter(Boolean).join('\n');
}

function section(heading: string, [service, tables]: [string, readonly Table[]]): string {
  const parts = tables.map((table) => renderTable(service, table));
  return [`### ${heading}\n`, ...(parts.length > 0 ? parts : ['Nothing else.\n'])].join('\n');
}

function renderTable(service: string, { name, columns, keys, checks }: Table): string {
  return [
    `#### ${service ? `${service}.` : ''}${name}\n`,
    `${purposeOf(service, name)}\n`,
    '| column | type | null | default |',
    '|---|---|---|---|',
    ...columns.map(renderColumn),
    '',
    ...keys.map((key) => `- ${renderKey(key)}`),
    ...checks.map((check) => `- check: \`${check}\``),
    '',
  ].join('\n');
}

function renderColumn({ name, type, nullable, fallback }: Column): string {
  return `| ${name} | ${type} | ${nullable ? 'yes' : ''} | ${fallback === null ? '' : `\`${fallback}\``} |`;
}

function renderKey({ kind, columns, references }: Key): string {
  return `${kind}: ${columns.join(', ')}${references ? ` → ${references}` : ''}`;
}
