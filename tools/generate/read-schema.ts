/** Reads what a service's migrations make of an empty schema, out of information_schema. */
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import knex from 'knex';
import type { Connection, RowDataPacket } from 'mysql2/promise';
import { adminAccount } from '../platform/mariadb-admin.ts';
import { root } from '../platform/paths.ts';

export interface Column {
  name: string;
  type: string;
  nullable: boolean;
  /** As SQL, or null when there is none. */
  fallback: string | null;
}

export interface Key {
  kind: 'primary key' | 'unique' | 'index' | 'full text' | 'foreign key';
  columns: string[];
  /** For a foreign key, e.g. `products (id)`. */
  references?: string;
}

export interface Table {
  name: string;
  columns: Column[];
  keys: Key[];
  /** Conditions that the database itself holds. */
  checks: string[];
}

/** Migrates the service into a schema of its own, describes its tables in order of their names, and drops it. */
export async function readSchema(admin: Connection, service: string): Promise<Table[]> {
  const folder = join(root, 'migrations', service);
  if (!existsSync(folder)) return [];
  const database = `doc_${service}_${randomBytes(4).toString('hex')}`;
  await admin.query(`CREATE DATABASE ${database}`);
  try {
    await migrateInto(database, folder);
    return await describe(admin, database);
  } finally {
    await admin.query(`DROP DATABASE ${database}`);
  }
}

async function migrateInto(database: string, folder: string): Promise<void> {
  const db = knex({
    client: 'mysql2',
    connection: { ...adminAccount(), database },
    pool: { min: 0, max: 1 },
  });
  try {
    const files = readdirSync(folder).filter((file) => /^\d.*\.ts$/.test(file));
    for (const file of files.sort()) await (await import(pathToFileURL(join(folder, file)).href)).up(db);
  } finally {
    await db.destroy();
  }
}

async function describe(admin: Connection, database: string): Promise<Table[]> {
  const ask = async (sql: string) => (await admin.query<RowDataPacket[]>(sql, [database]))[0];
  const columns = await ask(`SELECT table_name AS tab, column_name AS name, column_type AS type,
    is_nullable AS nullable, column_default AS fallback, extra
    FROM information_schema.columns WHERE table_schema = ? ORDER BY table_name, ordinal_position`);
  const indexes = await ask(`SELECT table_name AS tab, index_name AS name, non_unique AS many,
    index_type AS type, column_name AS col
    FROM information_schema.statistics WHERE table_schema = ? ORDER BY table_name, index_name, seq_in_index`);
  const references = await ask(`SELECT table_name AS tab, constraint_name AS name, column_name AS col,
    referenced_table_name AS other, referenced_column_name AS otherCol
    FROM information_schema.key_column_usage
    WHERE table_schema = ? AND referenced_table_name IS NOT NULL ORDER BY table_name, constraint_name`);
  const checks = await ask(`SELECT table_name AS tab, check_clause AS text
    FROM information_schema.check_constraints WHERE constraint_schema = ? ORDER BY table_name, constraint_name`);
  const json = new Set(
    checks.map(({ tab, text }) => `${tab} ${text}`).filter((text) => /json_valid/.test(text)),
  );
  return [...Map.groupBy(columns, ({ tab }) => String(tab))].map(([name, own]) => ({
    name,
    columns: own.map((row) => columnOf(row, json.has(`${name} json_valid(\`${row.name}\`)`))),
    keys: [
      ...keysOf(indexes.filter(({ tab }) => tab === name)),
      ...references.filter(({ tab }) => tab === name).map(foreignKeyOf),
    ],
    checks: checks
      .filter(({ tab, text }) => tab === name && !/json_valid/.test(text))
      .map(({ text }) => String(text).replaceAll('`', '')),
  }));
}

function columnOf({ name, type, nullable, fallback, extra }: RowDataPacket, isJson: boolean): Column {
  const none = fallback === null || fallback === 'NULL';
  const counter = /auto_increment/.test(extra) ? 'next number' : null;
  return {
    name,
    type: isJson ? 'json' : type,
    nullable: nullable === 'YES',
    fallback: none ? counter : String(fallback),
  };
}

function keysOf(rows: RowDataPacket[]): Key[] {
  const keys = [...Map.groupBy(rows, ({ name }) => String(name))].map(([name, own]): Key => {
    const [first] = own;
    const plain = first!.type === 'FULLTEXT' ? 'full text' : 'index';
    const kind = name === 'PRIMARY' ? 'primary key' : first!.many ? plain : 'unique';
    return { kind, columns: own.map(({ col }) => String(col)) };
  });
  const rank: Key['kind'][] = ['primary key', 'unique', 'index', 'full text'];
  return keys.sort((one, other) => rank.indexOf(one.kind) - rank.indexOf(other.kind));
}

function foreignKeyOf({ col, other, otherCol }: RowDataPacket): Key {
  return { kind: 'foreign key', columns: [col], references: `${other} (${otherCol})` };
}
