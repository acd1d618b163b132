/** Passwords: Argon2id, two hashings at once in this process, a bounded queue, and the same work for unknown accounts. */
import { type Algorithm, hash, verify } from '@node-rs/argon2';
import { createAdmission } from '@souk/kit/admission';

/** OWASP's first choice: 19 MiB, two passes, one lane. */
const parameters = { algorithm: 2 as Algorithm.Argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 };
const limits = { atOnce: 2, maxWaiting: 10, maxWaitMs: 3_000 };

export interface Passwords {
  /** The hash to store; refuses with `unavailable` while too many wait. */
  hash(password: string): Promise<string>;
  /** Whether it is the password; without a hash it is not, after the same work. */
  matches(stored: string | null | undefined, password: string): Promise<boolean>;
  /** Whether a stored hash was made with less work than is asked for today. */
  isOutdated(stored: string): boolean;
}

/** The same text, however a keyboard composed it. */
const bytesOf = (password: string) => Buffer.from(password.normalize('NFKC'));

/** One for each process. */
export function createPasswords(): Passwords {
  const { admit } = createAdmission(limits);
  let decoy: Promise<string> | undefined;
  return {
    hash: (password) => admit(() => hash(bytesOf(password), parameters)),
    async matches(stored, password) {
      decoy ??= hash(bytesOf('nobody has this password'), parameters);
      const against = stored ?? (await decoy);
      const same = await admit(() => verify(against, bytesOf(password)));
      return same && typeof stored === 'string';
    },
    isOutdated(stored) {
      const [, m, t, p] = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$/.exec(stored) ?? [];
      const { memoryCost, timeCost, parallelism } = parameters;
      return !(Number(m) >= memoryCost && Number(t) >= timeCost && Number(p) === parallelism);
    },
  };
}
