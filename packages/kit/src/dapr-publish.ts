/**
 * Publishing: CloudEvents in one request a topic, and the broker's word for each of them. By daprd's HTTP API: the SDK's
 * publishBulk reads `entryID` where daprd writes `entryId`, and so reports no failure while the broker is away.
 */
import type { SidecarAnswer, SidecarHttp } from './dapr-http.ts';
import type { Log } from './log.ts';

export interface OutboundEvent {
  /** Becomes the CloudEvent's id. */
  id: string;
  data: unknown;
  /** The trace in which the event came about; subscribers continue it. */
  traceparent?: string;
}

const pubsub = 'pubsub';
const timeoutMs = 5_000;

/** Makes `publishBulk`. After a deadline nobody knows what arrived: all ids failed, and inboxes drop the second copy. */
export function publisherOf({ appId, http, log }: { appId: string; http: SidecarHttp; log: Log }) {
  return async (topic: string, events: OutboundEvent[]): Promise<{ failedIds: string[] }> => {
    if (events.length === 0) return { failedIds: [] };
    const all = events.map(({ id }) => id);
    const entries = events.map(({ id, data, traceparent }) => ({
      entryId: id,
      event: data,
      contentType: 'application/json',
      metadata: {
        'cloudevent.id': id,
        'cloudevent.type': topic,
        'cloudevent.source': appId,
        ...(traceparent ? { 'cloudevent.traceparent': traceparent } : {}),
      },
    }));
    try {
      const path = `/v1.0-alpha1/publish/bulk/${pubsub}/${topic}`;
      const answer = await http.call({ method: 'POST', path, body: entries, timeoutMs });
      if (answer.status >= 200 && answer.status < 300) return { failedIds: [] };
      log.warn('dapr.publish-failed', { topic, status: answer.status, reason: answer.text.slice(0, 300) });
      return { failedIds: failedOf(answer, all) };
    } catch (error) {
      log.warn('dapr.publish-failed', { topic, reason: (error as Error).message });
      return { failedIds: all };
    }
  };
}

/** An error that names no entry is about all of them. */
function failedOf({ text }: SidecarAnswer, all: string[]): string[] {
  try {
    const { failedEntries } = JSON.parse(text) as { failedEntries?: { entryId: string }[] };
    const named = new Set((failedEntries ?? []).map(({ entryId }) => entryId));
    const failed = all.filter((id) => named.has(id));
    return failed.length > 0 ? failed : all;
  } catch {
    return all;
  }
}
