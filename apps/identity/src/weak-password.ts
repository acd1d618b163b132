/** Passwords that are guessed first: the commonest ones, the shop's own name, the customer's own address. */
import { readFileSync } from 'node:fs';
import { refuse } from '@souk/kit/problem';
import { normalisedEmail } from './account.ts';

const common: ReadonlySet<string> = new Set(
  readFileSync(new URL('./common-passwords.txt', import.meta.url), 'utf8').split(/\s+/),
);

/** Digits that stand for letters, as everybody writes them. */
const lookalikes: Readonly<Record<string, string>> = {
  0: 'o',
  1: 'i',
  3: 'e',
  4: 'a',
  5: 's',
  7: 't',
  '@': 'a',
  $: 's',
};

/** Refuses a password that is easily guessed, with a pointer to it. */
export function refuseWeakPassword(password: string, email: string): void {
  const why = weaknessOf(password.normalize('NFKC').toLowerCase(), normalisedEmail(email));
  if (why) refuse('invalid-request', undefined, { errors: [{ pointer: '/body/password', detail: why }] });
}

function weaknessOf(password: string, email: string): string | undefined {
  const words = formsOf(password);
  if (words.some((word) => common.has(word))) return 'is one of the commonest passwords';
  const own = [email, email.split('@')[0]!].filter((part) => part.length >= 4);
  if (own.some((part) => words.includes(part))) return 'is your mail address';
  if (words.some((word) => /^(the)?souk(shop)?$/.test(word))) return "is the shop's name";
  if (new Set(password).size < 4) return 'repeats too few signs';
  return undefined;
}

/** The password itself, without what is commonly put after it, and with letters for lookalikes. */
function formsOf(password: string): string[] {
  const bare = password.replace(/[^\p{L}]+$/u, '').replace(/^[^\p{L}]+/u, '');
  return [password, bare]
    .flatMap((form) => [form, form.replaceAll(/[013457@$]/g, (sign) => lookalikes[sign]!)])
    .filter((form) => form !== '');
}
