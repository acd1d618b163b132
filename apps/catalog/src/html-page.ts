/** Pages for people: self-contained, without scripts, with a policy that allows nothing but their own style. */
import { createHash } from 'node:crypto';
import type { Reply } from '@souk/kit/routes';
import { readyBytes } from './ready-answer.ts';

const style = `
  :root { color-scheme: light dark; --ink: #26221d; --paper: #fbf8f2; --faint: #8a8073; --accent: #9b4a1b; }
  @media (prefers-color-scheme: dark) { :root { --ink: #e9e3d8; --paper: #1c1915; --faint: #9a9183; --accent: #e39a63; } }
  body { margin: 0 auto; max-width: 52rem; padding: 3rem 1.25rem; background: var(--paper); color: var(--ink);
    font: 1rem/1.6 ui-sans-serif, system-ui, sans-serif; }
  h1 { font-size: 1.7rem; line-height: 1.25; margin: 0 0 .5rem; }
  h2 { font-size: 1.1rem; margin: 2.5rem 0 .5rem; text-transform: capitalize; }
  p { max-width: 40rem; } a { color: var(--accent); }
  small, .faint { color: var(--faint); }
  code { font: .9em ui-monospace, monospace; }
  ul { list-style: none; padding: 0; } li { padding: .35rem 0; border-top: 1px solid #8883; }
  li code b { display: inline-block; min-width: 4.5rem; }
`;

const policy = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** A whole page as an answer. `content` is HTML: whatever comes from elsewhere went through {@link escaped}. */
export function htmlPage(title: string, content: string): Reply {
  const page = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)} · Souk</title><style>${style}</style></head>
<body><main>${content}</main></body></html>
`;
  return readyBytes(Buffer.from(page), {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'public, max-age=300',
    'content-security-policy': policy,
    'x-content-type-options': 'nosniff',
  });
}

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as HTML. */
export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character]!);
}
