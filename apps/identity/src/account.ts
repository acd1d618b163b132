/** An account, of a customer or of a member of staff, and how mail addresses are compared. */
import type { AccountKind } from '@souk/contracts/access-token';

/** `disabled` by staff, `closed` by its owner, `erased` when nothing personal is left anywhere. */
export type AccountState = 'active' | 'disabled' | 'closed' | 'erased';

export interface Account {
  id: string;
  kind: AccountKind;
  state: AccountState;
  /** Null once erased, as is the name. */
  email: string | null;
  name: string | null;
  /** Null while a member of staff has not followed the invitation. */
  passwordHash: string | null;
  /** Of staff; customers have none. */
  roles: string[];
  verifiedAt: Date | null;
  createdAt: Date;
}

/** The form by which two addresses are the same one. */
export function normalisedEmail(email: string): string {
  return email.trim().normalize('NFKC').toLowerCase();
}
