/** The supervisor's process: one a checkout, detached; whoever kills it, the shop goes on and the guard revives it. */
import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, truncateSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { checkoutId, controlSocket, root, stack, state } from '../platform/paths.ts';
import { listPrograms, processMark } from '../platform/programs.ts';
import { writeWhole } from '../platform/state-files.ts';
import { serveControl } from './control.ts';
import { startTicksOf } from './process-table.ts';
import { type RunRecord, readRunRecords, removeRunRecord, saveRunRecord } from './run-files.ts';
import { stopProcess } from './stop-process.ts';
import { createSupervisor } from './supervise.ts';

const logLimitBytes = 50_000_000;
const logLookEveryMs = 30_000;

const say = (line: string) => console.log(`${new Date().toISOString()} ${line}`);

// A guard that has not yet heard that the shop goes down may have started us.
if (!existsSync(state.wanted)) process.exit(0);

/** An abstract socket is a lock that vanishes with its holder. */
const lock = createServer();
lock.on('error', () => process.exit(0));
lock.listen(`\0souk-supervisor-${checkoutId}`, () => void run());

async function run(): Promise<void> {
  process.chdir(root);
  mkdirSync(state.logs, { recursive: true });
  writeWhole(state.supervisorPid, `${process.pid} ${startTicksOf(process.pid)}\n`);
  const programs =
    stack === 'mesh' ? (await import('../mesh/mesh-programs.ts')).meshPrograms() : listPrograms();
  const supervisor = createSupervisor({
    programs,
    logFolder: state.logs,
    mark: processMark,
    // In the mesh each pod stands for a machine of its own.
    standBack: stack !== 'mesh',
    save: saveRunRecord,
    say,
  });
  const records = readRunRecords();
  supervisor.adopt(records);
  void endForgotten(records.filter(({ name }) => !programs.some((program) => program.name === name)));
  rmSync(controlSocket(), { force: true });
  const control = serveControl(supervisor);
  control.listen(controlSocket(), () =>
    say(`supervisor ${process.pid} watches ${programs.length} processes`),
  );
  void supervisor.start('guard');
  setInterval(boundLogs, logLookEveryMs);
  process.on('SIGTERM', () => {
    say('supervisor leaves; its processes go on');
    process.exit(0);
  });
}

/** Ends what an earlier list of programs knew and today's does not. */
async function endForgotten(records: readonly RunRecord[]): Promise<void> {
  for (const record of records) {
    say(`${record.name} belongs to the shop no more; ending it`);
    await stopProcess(record);
    removeRunRecord(record.name);
  }
}

/** Children append to their logs, so an emptied file goes on from its start; the last 50 MB stay beside it. */
function boundLogs(): void {
  for (const name of readdirSync(state.logs)) {
    const path = join(state.logs, name);
    if (!name.endsWith('.log') || statSync(path).size < logLimitBytes) continue;
    copyFileSync(path, `${path}.1`);
    truncateSync(path, 0);
  }
}
