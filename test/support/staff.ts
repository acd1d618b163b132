/** The shop's first owner, logged in through the ingress: what staff do in a journey, they do with these headers. */
import { currentSecret } from '../../tools/platform/secrets.ts';
import { sendSafely } from './shop.ts';

const email = 'owner@souk.test';
/** Half of an access token's life. */
const cachedForMs = 5 * 60_000;
/** A minute is how long a limit on logins lasts. */
const withinMs = 70_000;

let known: { atMs: number; token: Promise<string> } | undefined;

/** The Authorization header of the owner. */
export async function staff(): Promise<{ authorization: string }> {
  if (!known || Date.now() - known.atMs > cachedForMs) known = { atMs: Date.now(), token: logIn() };
  const { token } = known;
  return {
    authorization: `Bearer ${await token.catch((error: Error) => {
      known = undefined;
      throw error;
    })}`,
  };
}

async function logIn(): Promise<string> {
  const body = { email, password: currentSecret('owner-password') };
  const { status, body: session } = await sendSafely('POST', '/sessions', { body }, withinMs);
  if (status !== 201) throw new Error(`POST /sessions: ${status} ${session.code}`);
  return session.accessToken;
}
