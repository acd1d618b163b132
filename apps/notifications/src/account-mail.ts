/** The mails about an account, as pure functions of what identity says at the time of sending. */
import { type Html, html } from './html.ts';
import { type WrittenMail, written } from './written-mail.ts';

export const linkKinds = [
  'email-verification',
  'password-reset',
  'account-exists',
  'staff-invitation',
] as const;
export type LinkKind = (typeof linkKinds)[number];

/** What identity tells of a link. */
export interface AccountLink {
  email: string;
  /** May be empty. */
  name: string;
  kind: LinkKind;
  /** Null where there is nothing to prove. */
  token: string | null;
  /** RFC 3339. */
  expiresAt: string;
}

interface Letter {
  subject: string;
  /** What it is about. */
  text: Html;
  /** Page of the shop, and what its link says. */
  page: string;
  link: string;
  /** For whoever has not asked for it. */
  otherwise: Html;
}

const ignore = html`If it was not you, you need not do anything.`;

const letters: Readonly<Record<LinkKind, Letter>> = Object.freeze({
  'email-verification': {
    subject: 'Please confirm your address',
    text: html`welcome to Souk. Please confirm that this address is yours.`,
    page: '/account/verify',
    link: 'Confirm the address',
    otherwise: ignore,
  },
  'password-reset': {
    subject: 'A new password',
    text: html`you asked for a new password. Choose it here; until then the old one stays as it is.`,
    page: '/account/password',
    link: 'Choose a new password',
    otherwise: ignore,
  },
  'account-exists': {
    subject: 'You have an account already',
    text: html`somebody has just tried to register with this address, which has its account at Souk already. If it was
you, just log in; if you have forgotten your password, ask for a new one there.`,
    page: '/account/login',
    link: 'Log in',
    otherwise: ignore,
  },
  'staff-invitation': {
    subject: 'Your invitation to Souk',
    text: html`you have been invited to work at Souk. Choose a password, and you can begin.`,
    page: '/account/invitation',
    link: 'Accept the invitation',
    otherwise: html`If you do not know why you get this, you need not do anything.`,
  },
});

/** Writes the mail of a link. The token stands behind a `#`: browsers send that part to nobody. */
export function accountMail(
  { name, kind, token, expiresAt }: AccountLink,
  { origin, eventId }: { origin: string; eventId: string },
): WrittenMail {
  const { subject, text, page, link, otherwise } = letters[kind];
  const url = `${origin}${page}${token === null ? '' : `#${token}`}`;
  return written(subject, eventId, [
    html`<p>${name === '' ? 'Hello' : `Dear ${name}`},</p>
<p>${text}</p>
<p><a href="${url}">${link}</a></p>`,
    ...(token === null ? [] : [proof(token, expiresAt)]),
    html`<p>${otherwise}</p>`,
  ]);
}

function proof(token: string, expiresAt: string): Html {
  return html`<p>It works once, until ${expiresAt.slice(0, 16).replace('T', ' ')} UTC. Programs use this token:
<code>${token}</code></p>`;
}
