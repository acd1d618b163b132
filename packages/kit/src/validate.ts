/** Validation at the edge: every fault at once, each with a JSON pointer; nothing unknown gets through. */
import joi from 'joi';
import { refuse } from './problem.ts';

export interface Fault {
  /** JSON pointer into the request: `/body/lines/0/quantity`, `/query/limit`, `/headers/idempotency-key`. */
  pointer: string;
  detail: string;
}

const maxFaults = 20;
const maxDetailLength = 200;
/** Of one step of a pointer: a name that nobody knows may be as long as the body. */
const maxStepLength = 100;

type Part = 'body' | 'query' | 'path' | 'headers';

/** Only a URL is text whose numbers must be read; a JSON body says itself what is a number. */
const options = (part: Part): joi.ValidationOptions => ({
  abortEarly: false,
  convert: part === 'query',
  allowUnknown: part === 'headers',
  stripUnknown: part === 'headers',
  presence: 'optional',
  errors: { label: false, wrap: { label: false, array: false } },
});

/** Checks a value, pushes what is wrong with it onto `faults`, and answers the (possibly read) value. */
export type Validator = (value: unknown, faults: Fault[]) => unknown;

/**
 * Makes the check of one part of requests. Once, not with every request: schemas and options that are put together
 * anew cost more than the check itself.
 */
export function validatorOf(part: Part, schema: joi.Schema): Validator {
  // What a schema says of itself (`presence: 'required'`) goes before what is said of all.
  const own = schema.describe().preferences as joi.ValidationOptions | undefined;
  const prepared = schema.prefs({ ...options(part), ...own });
  return (value, faults) => {
    const result = prepared.validate(value);
    for (const { path, message } of result.error?.details.slice(0, maxFaults) ?? []) {
      faults.push({ pointer: pointerOf(part, path), detail: message.trim().slice(0, maxDetailLength) });
    }
    if (!result.error && part !== 'headers') faults.push(...protoFaults(part, value));
    return result.value;
  };
}

/** joi drops a key of this name without a word; to us it is an unknown field like any other. */
function protoFaults(part: Part, value: unknown): Fault[] {
  const faults: Fault[] = [];
  // A list of what is still to see, not recursion: how deep a body goes is the sender's choice.
  const unseen: [unknown, (string | number)[]][] = [[value, []]];
  for (let next = unseen.pop(); next; next = unseen.pop()) {
    const [inner, path] = next;
    if (typeof inner !== 'object' || inner === null) continue;
    for (const [name, member] of Object.entries(inner)) {
      if (name === '__proto__')
        faults.push({ pointer: pointerOf(part, [...path, name]), detail: 'is not allowed' });
      else if (typeof member === 'object') unseen.push([member, [...path, name]]);
    }
  }
  return faults;
}

/** Refuses with `invalid-request` and the faults, if there are any. */
export function refuseFaults(faults: Fault[]): void {
  if (faults.length > 0) refuse('invalid-request', undefined, { errors: faults.slice(0, maxFaults) });
}

/** RFC 6901. */
function pointerOf(part: Part, path: (string | number)[]): string {
  const escaped = path.map((step) =>
    String(step).slice(0, maxStepLength).replaceAll('~', '~0').replaceAll('/', '~1'),
  );
  return `/${[part, ...escaped].join('/')}`;
}

/** A schema for the named values of a part, refusing all others (headers: ignoring them); `further` allows names by pattern. */
export function namedValues(
  schemas: Record<string, joi.Schema> = {},
  further?: { names: RegExp; schema: joi.Schema },
): joi.ObjectSchema {
  const known = joi.object(schemas);
  return further ? known.pattern(further.names, further.schema) : known;
}

/** `?limit=&cursor=` of every list. */
export const pageQuery = {
  limit: joi.number().integer().min(1).max(100).default(20),
  cursor: joi
    .string()
    .pattern(/^[A-Za-z0-9_-]{1,400}$/)
    .description('nextCursor of the page before'),
};

/** The header of POSTs with effects. */
export const idempotencyKeySchema = joi.string().pattern(/^[\x21-\x7e]{8,128}$/);
