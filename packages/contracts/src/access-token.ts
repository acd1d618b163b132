/** The access token's constants (RFC 9068): what identity signs and every service demands. */

export const tokenIssuer = 'souk';
export const tokenAudience = 'souk-api';
export const tokenType = 'at+jwt';
/** RFC 8037; the only algorithm accepted. */
export const tokenAlgorithm = 'EdDSA';
/** How long an access token lives. */
export const accessTokenSeconds = 600;

/** Whose token it is. */
export type AccountKind = 'customer' | 'staff';
