/** Tables of identity: accounts of customers and staff, their sessions, links sent by mail, signing keys, erasure. */
import { createBackOfficeTables, dropBackOfficeTables } from '@souk/back-office/audit-table';
import { createMessageTables, dropMessageTables } from '@souk/kit/common-tables';
import type { Knex } from 'knex';

const id = 'CHAR(26) CHARACTER SET ascii COLLATE ascii_bin';
const word = (length: number) => `VARCHAR(${length}) CHARACTER SET ascii COLLATE ascii_bin`;
const madeAt = 'created_at DATETIME(6) NOT NULL DEFAULT (UTC_TIMESTAMP(6))';

/** Table → its columns and keys. */
const tables: Readonly<Record<string, string>> = {
  // `email_norm` is what addresses are compared by; NULL once the account is closed, so that it can be used again.
  accounts: `
    id ${id} NOT NULL PRIMARY KEY,
    kind ${word(8)} NOT NULL,
    state ${word(8)} NOT NULL DEFAULT 'active',
    email VARCHAR(254) NULL,
    email_norm VARCHAR(254) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
    name VARCHAR(100) NULL,
    password_hash ${word(200)} NULL,
    roles ${word(100)} NOT NULL DEFAULT '',
    verified_at DATETIME(6) NULL,
    erased_at DATETIME(6) NULL,
    version INT UNSIGNED NOT NULL DEFAULT 1,
    ${madeAt},
    UNIQUE KEY accounts_email (email_norm),
    KEY accounts_kind (kind, id),
    KEY accounts_name (kind, name),
    CONSTRAINT accounts_kind_known CHECK (kind IN ('customer', 'staff')),
    CONSTRAINT accounts_state_known CHECK (state IN ('active', 'disabled', 'closed', 'erased')),
    CONSTRAINT accounts_forgotten
      CHECK (state <> 'erased' OR (email IS NULL AND name IS NULL AND password_hash IS NULL))`,
  // One row a login: the family of its refresh tokens.
  sessions: `
    id ${id} NOT NULL PRIMARY KEY,
    account_id ${id} NOT NULL,
    expires_at DATETIME(6) NOT NULL,
    ended_at DATETIME(6) NULL,
    ended_by ${word(16)} NULL,
    ${madeAt},
    KEY sessions_account (account_id),
    KEY sessions_age (expires_at)`,
  refresh_tokens: `
    token_hash ${word(64)} NOT NULL PRIMARY KEY,
    session_id ${id} NOT NULL,
    expires_at DATETIME(6) NOT NULL,
    used_at DATETIME(6) NULL,
    ${madeAt},
    KEY refresh_tokens_session (session_id),
    KEY refresh_tokens_age (expires_at)`,
  // What a registration wants waits in its own link: nobody else's click may bring it about.
  account_links: `
    id ${id} NOT NULL PRIMARY KEY,
    account_id ${id} NOT NULL,
    kind ${word(20)} NOT NULL,
    wanted_name VARCHAR(100) NULL,
    wanted_hash ${word(200)} NULL,
    expires_at DATETIME(6) NOT NULL,
    used_at DATETIME(6) NULL,
    ${madeAt},
    KEY account_links_account (account_id),
    KEY account_links_age (expires_at),
    CONSTRAINT account_links_kind_known
      CHECK (kind IN ('email-verification', 'password-reset', 'account-exists', 'staff-invitation'))`,
  addresses: `
    id ${id} NOT NULL PRIMARY KEY,
    account_id ${id} NOT NULL,
    address TEXT NOT NULL,
    ${madeAt},
    KEY addresses_account (account_id, id)`,
  signing_keys: `
    kid ${id} NOT NULL PRIMARY KEY,
    generation INT UNSIGNED NOT NULL,
    public_key ${word(64)} NOT NULL,
    private_key ${word(255)} NOT NULL,
    signs_from DATETIME(6) NOT NULL,
    expires_at DATETIME(6) NULL,
    ${madeAt},
    UNIQUE KEY signing_keys_generation (generation)`,
  // Exactly the columns that rate-limiter-flexible fills.
  limits:
    '`key` VARCHAR(255) NOT NULL PRIMARY KEY, points INT NOT NULL DEFAULT 0, expire BIGINT UNSIGNED NULL, KEY limits_age (expire)',
  erasures: `
    customer_id ${id} NOT NULL PRIMARY KEY,
    round INT UNSIGNED NOT NULL DEFAULT 1,
    watched_at DATETIME(6) NULL,
    forgotten_round INT UNSIGNED NULL,
    completed_at DATETIME(6) NULL,
    ${madeAt}`,
  erasure_answers: `
    customer_id ${id} NOT NULL,
    service ${word(32)} NOT NULL,
    round INT UNSIGNED NOT NULL,
    open_count INT UNSIGNED NOT NULL,
    ${madeAt},
    PRIMARY KEY (customer_id, service)`,
  exports: `
    id ${id} NOT NULL PRIMARY KEY,
    customer_id ${id} NOT NULL,
    ${madeAt},
    KEY exports_customer (customer_id),
    KEY exports_age (created_at)`,
  export_parts: `
    export_id ${id} NOT NULL,
    service ${word(32)} NOT NULL,
    part INT UNSIGNED NOT NULL,
    parts INT UNSIGNED NOT NULL,
    data MEDIUMTEXT NOT NULL,
    ${madeAt},
    PRIMARY KEY (export_id, service, part)`,
};

export async function up(knex: Knex): Promise<void> {
  await createMessageTables(knex);
  await createBackOfficeTables(knex);
  for (const [name, columns] of Object.entries(tables)) await knex.raw(`CREATE TABLE ${name} (${columns})`);
}

export async function down(knex: Knex): Promise<void> {
  for (const name of Object.keys(tables).reverse()) await knex.raw(`DROP TABLE ${name}`);
  await dropBackOfficeTables(knex);
  await dropMessageTables(knex);
}
