/**
 * Every statement that the services send to MariaDB, from its general log: exact in number and in time, where the
 * counter `Questions` can only be compared before and after and knows no one from another.
 */
import type { Connection } from 'mysql2/promise';
import { openAdmin } from '../../tools/platform/mariadb-admin.ts';

export interface Statement {
  /** Milliseconds since the epoch, with fractions. */
  atMs: number;
  /** The account: the service's name. */
  service: string;
  sql: string;
  /** Its transaction, or itself, without values: what tells one kind of work from another. */
  work: string;
}

export interface StatementLog {
  /** All statements since the begin, oldest first; the administrator's own are left out. */
  read(): Promise<Statement[]>;
  stop(): Promise<void>;
}

/** Begins to note; one at a time on one server. */
export async function startStatementLog(): Promise<StatementLog> {
  const admin = await openAdmin();
  await admin.query("SET time_zone = '+00:00'");
  const [[before]] = (await admin.query('SELECT @@log_output AS output')) as unknown as [
    { output: string }[],
  ];
  await admin.query("SET GLOBAL log_output = 'TABLE'");
  await admin.query('TRUNCATE TABLE mysql.general_log');
  await admin.query('SET GLOBAL general_log = 1');
  return {
    read: () => read(admin),
    async stop() {
      await admin.query('SET GLOBAL general_log = 0');
      await admin.query('TRUNCATE TABLE mysql.general_log');
      await admin.query('SET GLOBAL log_output = ?', [before!.output]);
      await admin.end();
    },
  };
}

interface Row {
  at: string;
  thread: number;
  account: string;
  sql: Buffer | string;
}

/** `Query` and `Execute` are what the counter `Questions` counts; pings and connects are not statements. */
async function read(admin: Connection): Promise<Statement[]> {
  const [rows] = (await admin.query(
    `SELECT UNIX_TIMESTAMP(event_time) AS at, thread_id AS thread, SUBSTRING_INDEX(user_host, '[', 1) AS account,
      argument AS \`sql\` FROM mysql.general_log
      WHERE command_type IN ('Query', 'Execute') AND user_host NOT LIKE 'souk\\_%' ORDER BY event_time, thread_id`,
  )) as unknown as [Row[]];
  const statements = rows.map(({ at, thread, account, sql }) => ({
    atMs: Number(at) * 1_000,
    service: account.trim(),
    sql: String(sql),
    work: '',
    thread,
  }));
  for (const ofThread of Map.groupBy(statements, ({ thread }) => thread).values()) nameWork(ofThread);
  return statements;
}

/** One thread's statements, from BEGIN to COMMIT or one by one. A SET before a BEGIN belongs to it. */
function nameWork(statements: Statement[]): void {
  let group: Statement[] = [];
  let inside = false;
  const close = () => {
    const work = `${group[0]?.service}: ${group.map(({ sql }) => shapeOf(sql)).join(' | ')}`;
    for (const statement of group) statement.work = work;
    group = [];
    inside = false;
  };
  for (const statement of statements) {
    group.push(statement);
    if (/^(begin|start transaction)/i.test(statement.sql)) inside = true;
    const opens = /^set transaction/i.test(statement.sql);
    if (/^(commit|rollback)/i.test(statement.sql) || !(inside || opens)) close();
  }
  close();
}

/** A statement without its values, and with lists of any length alike. */
function shapeOf(sql: string): string {
  return sql
    .replaceAll(/'(?:[^'\\]|\\.|'')*'/g, '?')
    .replaceAll(/\b\d+(?:\.\d+)?\b/g, '?')
    .replaceAll(/\(\?(?:,\s*\?)*\)(?:,\s*\(\?(?:,\s*\?)*\))*/g, '(…)')
    .replaceAll(/\s+/g, ' ')
    .slice(0, 200);
}
