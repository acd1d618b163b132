/** The page that every mail is: its texts between the same head and foot. */
import { type Html, html, joined } from './html.ts';

export interface WrittenMail {
  /** One line, without control characters. */
  subject: string;
  /** HTML. */
  body: string;
}

/** Writes a mail. The reference is the same in a repetition, so that people and programs can see that it is one. */
export function written(subject: string, eventId: string, parts: Html[]): WrittenMail {
  const line = singleLine(subject);
  const page = html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>${line}</title></head>
<body>
${joined(parts, html`\n`)}
<p>Souk</p>
<p><small>Reference: ${eventId}</small></p>
</body>
</html>
`;
  return { subject: line, body: page.text };
}

/** A header must be one line: whatever could end it becomes a space. */
function singleLine(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
    .slice(0, 200);
}

/** The binding takes lists of addresses and writes them into a header: one address, and nothing that could be more. */
export function singleRecipient(email: string): string {
  if (!/^[^\s;,<>"()[\]\\:]{1,64}@[^\s;,<>"()[\]\\:]{1,189}$/.test(email)) {
    throw new Error('not an address that one mail can go to');
  }
  return email;
}
