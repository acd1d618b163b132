/** What identity's own code works with: kit's deps, its settings, and what it builds once. */
import type { Deps } from '@souk/kit/service';
import joi from 'joi';
import type { ErasureWorkflows } from './erasure-workflow.ts';
import type { KeyRing } from './key-ring.ts';
import type { Limits } from './limit-store.ts';
import type { Passwords } from './passwords.ts';

export interface IdentityConfig {
  /** Tries a minute that reach the hash function: for one account, from a device that it knows, from one address. */
  LIMIT_ACCOUNT_PER_MINUTE: number;
  LIMIT_DEVICE_PER_MINUTE: number;
  LIMIT_ADDRESS_PER_MINUTE: number;
  /** How long a new key is published before it signs; longer than a neighbour needs to hear of it. */
  KEY_AHEAD_SECONDS: number;
  /** How old a process's copy of the table of keys may be. */
  KEY_REREAD_MS: number;
  /** How long services may take to answer an erasure before they are asked again; doubled each time, up to a day. */
  ERASURE_REST_SECONDS: number;
}

export const identityConfig: joi.SchemaMap = {
  LIMIT_ACCOUNT_PER_MINUTE: joi.number().integer().min(1).default(10),
  LIMIT_DEVICE_PER_MINUTE: joi.number().integer().min(1).default(10),
  LIMIT_ADDRESS_PER_MINUTE: joi.number().integer().min(1).default(20),
  KEY_AHEAD_SECONDS: joi.number().integer().min(0).default(90),
  KEY_REREAD_MS: joi.number().integer().min(0).default(3_000),
  ERASURE_REST_SECONDS: joi.number().integer().min(1).max(86_400).default(600),
};

export interface IdentityDeps extends Deps<IdentityConfig> {
  keys: KeyRing;
  passwords: Passwords;
  limits: Limits;
  erasures: ErasureWorkflows;
  /** Values of the secret `identity-key`: the first one signs and encrypts, all of them are accepted. */
  identityKeys: readonly string[];
}

/** Reads a secret that may hold several values, separated by commas, while it is rotated. Throws if it holds none. */
export function valuesOf(secret: string | undefined): readonly string[] {
  const values = (secret ?? '').split(',').filter((value) => value !== '');
  if (values.length === 0) throw new Error('the secret identity-key is empty');
  return values;
}
