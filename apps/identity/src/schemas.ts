/** The shapes of identity's requests and answers. */
import { emailSchema, idSchema, timeSchema } from '@souk/contracts/identifiers';
import { roles } from '@souk/contracts/permissions';
import { pageQuery } from '@souk/kit/validate';
import joi from 'joi';
import { type Account, normalisedEmail } from './account.ts';
import { deviceTokenPattern } from './device.ts';
import type { SigningKey } from './signing-key-store.ts';

export const nameSchema = joi.string().trim().min(1).max(100);
/** Long enough to be worth guessing, short enough to be hashed. */
export const passwordSchema = joi.string().min(8).max(256);
export const linkTokenParams = {
  token: joi
    .string()
    .pattern(/^[\w.-]{1,100}$/)
    .required()
    .description('from the link in the mail'),
};
export const idParams = { id: idSchema.required() };
export const emptySchema = joi.object();

/** Also short enough in the form by which it is compared, which may be longer. */
const newEmailSchema = emailSchema
  .required()
  .custom((email: string, { error }) =>
    normalisedEmail(email).length > 254 ? error('string.max', { limit: 254 }) : email,
  );

export const registrationSchema = joi.object({
  email: newEmailSchema,
  password: passwordSchema.required(),
  name: nameSchema.required(),
});
export const resetRequestSchema = joi.object({ email: emailSchema.required() });
export const newPasswordSchema = joi.object({ password: passwordSchema.required() });

export const credentialsSchema = joi.object({
  email: joi.string().min(1).max(254).required(),
  password: joi.string().min(1).max(256).required(),
});
export const deviceHeaders = {
  'device-token': joi
    .string()
    .pattern(deviceTokenPattern)
    .description('from an earlier login on this device: strangers who guess do not lock it out'),
};
export const refreshSchema = joi.object({ refreshToken: joi.string().min(1).max(100).required() });
const roleSchema = joi.string().valid(...roles);
const sessionMembers = {
  id: idSchema.required().description('of the account'),
  kind: joi.string().valid('customer', 'staff').required(),
  name: joi.string().allow('').required(),
  roles: joi.array().items(joi.string()).required(),
  accessToken: joi.string().required(),
  expiresInSeconds: joi.number().integer().min(1).required(),
  refreshToken: joi.string().required().description('works once'),
};
export const refreshedSchema = joi.object(sessionMembers);
export const sessionSchema = joi.object({
  ...sessionMembers,
  deviceToken: joi.string().required().description('send it as Device-Token at the next login'),
});

export const jwksSchema = joi.object({
  keys: joi
    .array()
    .items(
      joi.object({
        kty: joi.string().valid('OKP').required(),
        crv: joi.string().valid('Ed25519').required(),
        x: joi.string().required(),
        kid: idSchema.required(),
        alg: joi.string().valid('EdDSA').required(),
        use: joi.string().valid('sig').required(),
      }),
    )
    .required(),
});
export const accountLinkSchema = joi.object({
  email: emailSchema.required(),
  name: joi.string().allow('').required(),
  kind: joi
    .string()
    .valid('email-verification', 'password-reset', 'account-exists', 'staff-invitation')
    .required(),
  token: joi.string().allow(null).required(),
  expiresAt: timeSchema.required(),
});

export const meSchema = joi.object({
  id: idSchema.required(),
  email: emailSchema.required(),
  name: joi.string().required(),
  createdAt: timeSchema.required(),
});
export function meOf({ id, email, name, createdAt }: Account) {
  return { id, email, name, createdAt: createdAt.toISOString() };
}

export const customerSchema = joi.object({
  id: idSchema.required(),
  email: emailSchema.allow(null).required(),
  name: joi.string().allow(null).required(),
  state: joi.string().valid('active', 'disabled', 'closed', 'erased').required(),
  verified: joi.boolean().required(),
  createdAt: timeSchema.required(),
});
export function customerOf({ id, email, name, state, verifiedAt, createdAt }: Account) {
  return { id, email, name, state, verified: verifiedAt !== null, createdAt: createdAt.toISOString() };
}

export const staffSchema = joi.object({
  id: idSchema.required(),
  email: emailSchema.required(),
  name: joi.string().required(),
  roles: joi.array().items(joi.string()).required(),
  disabled: joi.boolean().required(),
  invited: joi.boolean().required().description('has not chosen a password yet'),
  createdAt: timeSchema.required(),
});
export function staffOf({ id, email, name, roles: granted, state, passwordHash, createdAt }: Account) {
  const disabled = state !== 'active';
  return {
    id,
    email,
    name,
    roles: granted,
    disabled,
    invited: passwordHash === null,
    createdAt: createdAt.toISOString(),
  };
}
export const rolesSchema = joi.array().items(roleSchema).min(1).max(roles.length).unique();
export const newStaffSchema = joi.object({
  email: newEmailSchema,
  name: nameSchema.required(),
  roles: rolesSchema.required(),
});
export const staffChangeSchema = joi
  .object({ roles: rolesSchema, disabled: joi.boolean() })
  .or('roles', 'disabled');
export const customerChangeSchema = joi.object({ disabled: joi.boolean().required() });

/** Lists go by id, newest first. */
export const listQuery = { ...pageQuery, cursor: idSchema.description('nextCursor of the page before') };
/** A page of such items. */
export function pageOf(item: joi.Schema) {
  return joi.object({
    items: joi.array().items(item).required(),
    nextCursor: joi.string().allow(null).required(),
  });
}

export const signingKeySchema = joi.object({
  kid: idSchema.required(),
  signsFrom: timeSchema.required(),
  expiresAt: timeSchema.allow(null).required(),
});
export function signingKeyOf({
  kid,
  signsFrom,
  expiresAt,
}: Pick<SigningKey, 'kid' | 'signsFrom' | 'expiresAt'>) {
  return { kid, signsFrom: signsFrom.toISOString(), expiresAt: expiresAt?.toISOString() ?? null };
}
