/** How outbox rows are put together in requests to the sidecar. */
import type { OutboxRow } from './outbox.ts';

/** Of one request: the sidecar takes no more than 4 MB, and what it refused whole would come back for ever. */
const maxBulkBytes = 1_000_000;

/** Rows that go in one request: of one topic, in their order, and no longer than 1 MB unless one alone is. */
export function bulksOf(rows: OutboxRow[]): [topic: string, bulk: OutboxRow[]][] {
  return [...Map.groupBy(rows, ({ topic }) => topic)].flatMap(([topic, ofTopic]) => {
    const bulks: [string, OutboxRow[]][] = [];
    let bytes = Number.POSITIVE_INFINITY;
    for (const row of ofTopic) {
      const size = Buffer.byteLength(row.data);
      if (bytes + size > maxBulkBytes) {
        bulks.push([topic, []]);
        bytes = 0;
      }
      bulks.at(-1)![1].push(row);
      bytes += size;
    }
    return bulks;
  });
}
