/** Where a person may still be found: every column of every table, everything in Redis, every log line. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ports } from '@souk/contracts/ports';
import { state } from '../../tools/platform/paths.ts';
import { currentSecret } from '../../tools/platform/secrets.ts';
import { schema } from './back-room.ts';
import type { Json } from './shop.ts';

const systemSchemas = ['information_schema', 'mysql', 'performance_schema', 'sys'];

/** `schema.table.column` of each place that holds one of `traces`; also Redis keys and log files. */
export async function placesOf(traces: readonly string[]): Promise<string[]> {
  return [...(await columnsWith(traces)), ...redisKeysWith(traces), ...logsWith(traces)];
}

/** Reads what stands there, not what somebody thinks stands there: a new table is scanned unasked. */
async function columnsWith(traces: readonly string[]): Promise<string[]> {
  const db = schema('identity');
  const marks = systemSchemas.map(() => '?').join(', ');
  const [columns] = await db.raw(
    `SELECT table_schema AS s, table_name AS t, column_name AS c FROM information_schema.columns
     WHERE table_schema NOT IN (${marks}) AND data_type IN ('char', 'varchar', 'text', 'mediumtext', 'longtext', 'json')`,
    systemSchemas,
  );
  const found: string[] = [];
  for (const [table, own] of Map.groupBy(columns as Json[], ({ s, t }) => `\`${s}\`.\`${t}\``)) {
    for (const { s, t, c } of own) {
      const like = traces.map(() => `\`${c}\` LIKE ?`).join(' OR ');
      const patterns = traces.map((trace) => `%${trace}%`);
      const [[{ n }]] = await db.raw(`SELECT COUNT(*) AS n FROM ${table} WHERE ${like}`, patterns);
      if (n > 0) found.push(`${s}.${t}.${c}`);
    }
  }
  return found;
}

const redis = (...words: string[]) =>
  execFileSync('redis-cli', ['-p', `${ports.redis}`, '--no-auth-warning', ...words], {
    encoding: 'utf8',
    env: { ...process.env, REDISCLI_AUTH: currentSecret('redis-password') },
    maxBuffer: 256_000_000,
    timeout: 30_000,
  });

/** Searched inside Redis: carts are many. */
function redisKeysWith(traces: readonly string[]): string[] {
  const search = `local found, cursor = {}, '0'
    local function holds(value)
      if type(value) == 'table' then
        for _, inner in ipairs(value) do if holds(inner) then return true end end
        return false
      end
      for _, trace in ipairs(ARGV) do if string.find(value, trace, 1, true) then return true end end
      return false
    end
    local readers = {
      hash = function(key) return redis.call('HVALS', key) end,
      string = function(key) return redis.call('GET', key) end,
      stream = function(key) return redis.call('XRANGE', key, '-', '+') end,
    }
    repeat
      local page = redis.call('SCAN', cursor, 'COUNT', 1000)
      cursor = page[1]
      for _, key in ipairs(page[2]) do
        local read = readers[redis.call('TYPE', key).ok]
        if read and holds(read(key)) then found[#found + 1] = key end
      end
    until cursor == '0'
    return found`;
  const keys = redis('EVAL', search, '0', ...traces)
    .split('\n')
    .filter(Boolean);
  return [...new Set(keys)].map((key) => `redis ${key}`);
}

function logsWith(traces: readonly string[]): string[] {
  return readdirSync(state.logs, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.log'))
    .filter((name) => {
      const text = readFileSync(join(state.logs, name), 'utf8');
      return traces.some((trace) => text.includes(trace));
    })
    .map((name) => `log ${name}`);
}
