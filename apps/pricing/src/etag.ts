/** ETags of what staff edit: its version, so that two editors do not overwrite one another without knowing. */
import { problemOf, Refusal } from '@souk/kit/problem';
import { type Reply, type Route, reply } from '@souk/kit/routes';
import joi from 'joi';

export interface Versioned {
  version: number;
}

export const ifMatchSchema = joi
  .string()
  .max(400)
  .description('ETag of what you have read; * if it does not matter');

/** It is no longer what the editor has read: `current` is how it looks now. */
class StaleVersion extends Refusal {
  readonly etag: string;

  constructor(current: Versioned) {
    super('stale-etag', undefined, { current });
    this.etag = etagOf(current);
  }
}

function etagOf({ version }: Versioned): string {
  return `"${version}"`;
}

/** Refuses with `stale-etag` if `ifMatch` is given and names other versions than `current`'s. */
export function requireIfMatch(ifMatch: string | undefined, current: Versioned): void {
  if (ifMatch === undefined || ifMatch.trim() === '*') return;
  if (!ifMatch.split(',').some((etag) => etag.trim() === etagOf(current))) throw new StaleVersion(current);
}

/** 200 with something editable and its ETag; staff's answers are for nobody else. */
export function answerVersioned(value: Versioned): Reply {
  return reply(200, value, { 'cache-control': 'private, no-cache', etag: etagOf(value) });
}

/** Puts the current ETag beside the problem document of a stale one. */
export function answerStale(handle: Route['handle']): Route['handle'] {
  return async (input) => {
    try {
      return await handle(input);
    } catch (error) {
      if (!(error instanceof StaleVersion)) throw error;
      return reply(412, problemOf(error), {
        'content-type': 'application/problem+json',
        etag: error.etag,
      });
    }
  };
}
