/** Why events failed here lately, for the dead letter that may follow: it carries the event, but not the reason. */

/** What a dead event says that failed in another process, or before this one started. */
export const unknownReason = 'refused until the retries ran out';

const maxReasons = 1_000;
const maxReasonLength = 500;

export interface FailureReasons {
  note(eventId: unknown, reason: string): void;
  /** Why the event failed last, or {@link unknownReason}; at most 500 characters. */
  of(eventId: unknown): string;
  forget(eventId: unknown): void;
}

/** A memory of the last 1,000 failures. */
export function rememberFailures(): FailureReasons {
  const reasons = new Map<string, string>();
  return {
    note(eventId, reason) {
      const id = String(eventId);
      reasons.delete(id);
      reasons.set(id, reason.slice(0, maxReasonLength));
      const [oldest] = reasons.keys();
      if (reasons.size > maxReasons) reasons.delete(oldest!);
    },
    of: (eventId) => reasons.get(String(eventId)) || unknownReason,
    forget: (eventId) => void reasons.delete(String(eventId)),
  };
}
