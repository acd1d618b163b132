/** Holds an answer against what every refusal of the shop must be. */
import { isProblemCode, type ProblemCode, problems } from '@souk/contracts/problems';
import { expect } from 'vitest';

/** What both ways of asking, fetch and socket, can show. */
export interface Refused {
  status: number;
  headers: Headers | Record<string, string>;
  // biome-ignore lint/suspicious/noExplicitAny: what came back
  body: any;
}

const headerOf = ({ headers }: Refused, name: string) =>
  headers instanceof Headers ? headers.get(name) : headers[name];

/**
 * What is wrong with `answer` as a problem document with one of `codes`; empty if nothing. `mayBeUntraced` for what the
 * ingress refuses before it is a request at all: there is no trace yet that could be named.
 */
export function faultsOf(
  answer: Refused,
  codes: readonly ProblemCode[],
  { mayBeUntraced = false } = {},
): string[] {
  const { status, body } = answer;
  const code = body?.code;
  if (!isProblemCode(code)) return [`${status} without a code: ${JSON.stringify(body)?.slice(0, 200)}`];
  const faults: string[] = [];
  const expectThat = (holds: boolean, what: string) => void (holds || faults.push(what));
  expectThat(codes.includes(code), `code ${code}, not ${codes.join(' or ')}`);
  expectThat(status === problems[code].status && body.status === status, `status ${status} with ${code}`);
  expectThat(body.type === `/problems/${code}`, `type ${body.type}`);
  expectThat(body.title === problems[code].title, `title ${body.title}`);
  expectThat(
    headerOf(answer, 'content-type')?.split(';')[0] === 'application/problem+json',
    `content-type ${headerOf(answer, 'content-type')}`,
  );
  const traced = /^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$/.test(headerOf(answer, 'traceparent') ?? '');
  expectThat(traced || mayBeUntraced, `traceparent ${headerOf(answer, 'traceparent')}`);
  if ([429, 503].includes(status)) expectThat(Boolean(headerOf(answer, 'retry-after')), 'no Retry-After');
  return faults;
}

/** Fails unless `answer` is the problem document of one of `codes`. */
export function expectProblem(answer: Refused, ...codes: ProblemCode[]): void {
  expect(faultsOf(answer, codes)).toEqual([]);
}

/** The same of what the ingress may have refused before it was a request. */
export function expectEarlyProblem(answer: Refused, ...codes: ProblemCode[]): void {
  expect(faultsOf(answer, codes, { mayBeUntraced: true })).toEqual([]);
}
