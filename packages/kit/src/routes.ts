/** What a service says about its routes: one row a route, from which come validation, access and the OpenAPI document. */
import type { AccountKind } from '@souk/contracts/access-token';
import type { Permission } from '@souk/contracts/permissions';
import type { ProblemCode } from '@souk/contracts/problems';
import type joi from 'joi';

/**
 * Who may come. Through the ingress: anybody (`public`, tokens are not looked at); a guest with a token of their own or
 * a customer (`buyer`, the handler asks for ownership); a customer; staff with the route's permission. Then a service
 * in the call table (`internal`), or only our own sidecar.
 */
export type Audience = 'public' | 'buyer' | 'customer' | 'staff' | 'internal' | 'sidecar';

/** Who asks, by the access token. */
export type Caller =
  | { kind: 'nobody' }
  | { kind: AccountKind; id: string; sessionId: string; roles: readonly string[] };

/** What a handler gets: validated, and nothing else. Header names are in lower case. */
export interface Input<Body = unknown> {
  /** Path and query as the client wrote them. */
  url: string;
  params: Record<string, string>;
  // biome-ignore lint/suspicious/noExplicitAny: its shape is the route's own query schema
  query: Record<string, any>;
  headers: Record<string, string | undefined>;
  body: Body;
  /** Who asks; `nobody` on public and internal routes. */
  caller: Caller;
  /** The client's network address as the ingress saw it. */
  address: string;
  /** The exact bytes, only where the route asks for `rawBody`. */
  rawBody: Buffer;
}

/**
 * What a handler answers. A Buffer is sent as it is (JSON, unless the headers say otherwise), or 304 by its ETag; a
 * Readable is sent as it comes, and destroyed when the client goes away.
 */
export interface Reply {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
}

export interface Route {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** OpenAPI style: `/carts/{id}/items/{sku}`. */
  path: string;
  operationId: string;
  summary: string;
  audience: Audience;
  /** What a member of staff must be allowed to do; on staff routes only. */
  permission?: Permission;
  params?: Record<string, joi.Schema>;
  query?: Record<string, joi.Schema>;
  /** Further query parameters, by a pattern of their names. */
  queryPattern?: { names: RegExp; schema: joi.Schema; description: string };
  headers?: Record<string, joi.Schema>;
  body?: joi.Schema;
  /** Hands over the bytes as they came, whatever their type; for signatures. */
  rawBody?: boolean;
  /** The largest body that is read, if not 64 kB; more is refused with `body-too-large`. */
  bodyLimitBytes?: number;
  /** Status → schema of the answer; `null` is an answer without a body. */
  responses: Record<number, joi.Schema | null>;
  /** Content types of the answers; JSON if absent. */
  produces?: string[];
  /** Codes beyond those that every route can give. */
  problems?: ProblemCode[];
  /**
   * Public GETs only: the answer to a URL if it lies ready, asked before anything is matched, parsed or validated. Only
   * what a public route once answered to the same URL may lie there.
   */
  ready?(url: string): Reply | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: the body's type is the handler's to name, its schema checks it
  handle(input: Input<any>): Promise<Reply>;
}

/** Makes a reply. */
export function reply(status: number, body?: unknown, headers: Record<string, string> = {}): Reply {
  return body === undefined ? { status, headers } : { status, body, headers };
}

/** `/carts/{id}` → `/carts/:id`, as Express writes it. */
export function expressPath(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1');
}
