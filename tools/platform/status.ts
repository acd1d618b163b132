/** Shows every process of the shop: where it listens, whether it works, and what memory it takes. */
import { supervisorStatus } from '../runner/control.ts';
import { isAlive, pssOf } from '../runner/process-table.ts';
import { readRunRecords } from '../runner/run-files.ts';
import { listPrograms } from './programs.ts';
import { supervisorIdentity } from './supervisor-process.ts';

interface Row {
  name: string;
  address: string;
  health: string;
  pid: number;
  restarts: number;
  pssBytes: number | null;
}

/** Prints the table; resolves with false when something that should run does not work. */
export async function printStatus(): Promise<boolean> {
  const records = new Map(readRunRecords().map((record) => [record.name, record]));
  const rows = await Promise.all(
    listPrograms().map(async ({ name, ports, health }): Promise<Row> => {
      const record = records.get(name);
      const pid = record && record.pid !== 0 && isAlive(record) ? record.pid : 0;
      const address = Object.entries(ports).map(([purpose, port]) => `${purpose} ${port}`);
      const word =
        pid === 0
          ? record?.wanted
            ? 'down'
            : 'stopped'
          : await health().then(
              () => 'ok',
              () => 'not ready',
            );
      return {
        name,
        address: address.join(', '),
        health: word,
        pid,
        restarts: record?.restarts ?? 0,
        pssBytes: pssOf(pid),
      };
    }),
  );
  rows.unshift(await supervisorRow());
  console.log(renderStatus(rows));
  return rows.every(({ health }) => health === 'ok' || health === 'stopped');
}

async function supervisorRow(): Promise<Row> {
  const identity = supervisorIdentity();
  const pid = identity && isAlive(identity) ? identity.pid : 0;
  const health =
    pid === 0
      ? 'stopped'
      : await supervisorStatus().then(
          () => 'ok',
          () => 'not ready',
        );
  return {
    name: 'supervisor',
    address: '.souk/run/supervisor.sock',
    health,
    pid,
    restarts: 0,
    pssBytes: pssOf(pid),
  };
}

/** The table as text, its last line the sum of memory. */
export function renderStatus(rows: readonly Row[]): string {
  const mebibytes = (bytes: number) => `${(bytes / 1_048_576).toFixed(0)} MiB`;
  const lines = [
    ['process', 'health', 'pid', 'restarts', 'PSS', 'ports on 127.0.0.1'],
    ...rows.map(({ name, health, pid, restarts, pssBytes, address }) => {
      return [
        name,
        health,
        pid ? `${pid}` : '-',
        `${restarts}`,
        pssBytes === null ? '-' : mebibytes(pssBytes),
        address,
      ];
    }),
    [
      'sum',
      '',
      `${rows.filter(({ pid }) => pid !== 0).length}`,
      '',
      mebibytes(rows.reduce((sum, row) => sum + (row.pssBytes ?? 0), 0)),
      '',
    ],
  ];
  const widths = lines[0]!.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
