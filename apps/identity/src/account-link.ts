/** Links that prove a mail address: no secret is stored or travels in an event, each works once and not for long. */
import { createHmac } from 'node:crypto';
import type { Transaction } from '@souk/kit/db';
import { enqueue } from '@souk/kit/outbox';
import { refuse } from '@souk/kit/problem';
import { sameText } from '@souk/kit/token';
import { findAccount } from './account-store.ts';
import type { IdentityDeps } from './identity-deps.ts';
import { findLink, insertLink, type Link, type LinkKind } from './link-store.ts';

const minuteMs = 60_000;
const lifeMs: Readonly<Record<LinkKind, number>> = {
  'email-verification': 24 * 60 * minuteMs,
  'password-reset': 30 * minuteMs,
  'account-exists': 24 * 60 * minuteMs,
  'staff-invitation': 72 * 60 * minuteMs,
};

/** `{request id}.{HMAC}`, as it stands in the mail. */
const tokenPattern = /^([0-7][0-9A-HJKMNP-TV-Z]{25})\.([\w-]{43})$/;

type LinkDeps = Pick<IdentityDeps, 'db' | 'now' | 'newId' | 'identityKeys'>;

export interface LinkWish {
  accountId: string;
  kind: LinkKind;
  /** What a registration wants the account to become. */
  wanted?: { name: string; passwordHash: string };
}

/** Notes a link, and the event by which notifications will ask for it. */
export async function requestLink(
  tx: Transaction,
  { now, newId }: Pick<LinkDeps, 'now' | 'newId'>,
  { accountId, kind, wanted }: LinkWish,
): Promise<void> {
  const id = newId();
  await insertLink(tx, {
    ...{ id, accountId, kind },
    wantedName: wanted?.name ?? null,
    wantedHash: wanted?.passwordHash ?? null,
    expiresAt: new Date(now().getTime() + lifeMs[kind]),
  });
  await enqueue(tx, [
    { type: 'account-link.requested', subject: id, version: 1, payload: { requestId: id } },
  ]);
}

function signatureOf(key: string, requestId: string): string {
  return createHmac('sha256', key).update(`account-link:${requestId}`).digest('base64url');
}

/** The open link of a token, of one of these kinds; refused with `not-found` if it was forged, used, or is too old. */
export async function openLinkOf(deps: LinkDeps, token: string, kinds: readonly LinkKind[]): Promise<Link> {
  const [, requestId, signature] = tokenPattern.exec(token) ?? [];
  if (!requestId || !signature) return refuse('not-found');
  const genuine = deps.identityKeys.some((key) => sameText(signatureOf(key, requestId), signature));
  const link = genuine ? await findLink(deps.db, requestId) : undefined;
  if (!link || !kinds.includes(link.kind) || !isOpen(link, deps)) return refuse('not-found');
  return link;
}

function isOpen({ usedAt, expiresAt }: Link, { now }: Pick<LinkDeps, 'now'>): boolean {
  return usedAt === null && expiresAt > now();
}

/** What notifications needs for the mail; `not-found` when there is nothing left to send. */
export async function readLinkToSend(deps: LinkDeps, requestId: string) {
  const link = await findLink(deps.db, requestId);
  if (!link || !isOpen(link, deps)) return refuse('not-found');
  const account = await findAccount(deps.db, link.accountId);
  if (!account?.email || account.state === 'closed') return refuse('not-found');
  const { kind, expiresAt } = link;
  return {
    email: account.email,
    name: link.wantedName ?? account.name ?? '',
    kind,
    token: kind === 'account-exists' ? null : `${requestId}.${signatureOf(deps.identityKeys[0]!, requestId)}`,
    expiresAt: expiresAt.toISOString(),
  };
}
