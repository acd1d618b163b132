/**
 * Mails about the way of an order and about accounts, and whose they are. A mail about an account is not kept: its row
 * has only the request by which identity tells what to write at the time of sending. What has been sent, or has ended
 * without that, holds nothing personal.
 */
import { createBackOfficeTables, dropBackOfficeTables } from '@souk/back-office/audit-table';
import type { Knex } from 'knex';

const id = 'CHAR(26) CHARACTER SET ascii COLLATE ascii_bin';
const kinds = ['confirmation', 'cancellation'];
const newKinds = [
  ...['dispatch', 'delivery', 'refund', 'account-link'],
  ...['email-verification', 'password-reset', 'account-exists', 'staff-invitation'],
];
const oneOf = (values: string[]) => `ENUM(${values.map((value) => `'${value}'`).join(', ')}) NOT NULL`;

export async function up(knex: Knex): Promise<void> {
  await createBackOfficeTables(knex);
  await knex.raw(`ALTER TABLE mails
    DROP CONSTRAINT mails_body,
    MODIFY order_id ${id} NULL,
    MODIFY kind ${oneOf([...kinds, ...newKinds])},
    MODIFY recipient VARCHAR(254) NULL,
    MODIFY subject VARCHAR(200) NULL,
    MODIFY state ${oneOf(['pending', 'sent', 'failed', 'ended'])} DEFAULT 'pending',
    ADD customer_id ${id} NULL,
    ADD request_id ${id} NULL,
    ADD KEY mails_customer (customer_id)`);
  await knex.raw(`ALTER TABLE mails
    ADD CONSTRAINT mails_body CHECK (state IN ('sent', 'ended') OR body IS NOT NULL OR request_id IS NOT NULL)`);
  await knex.raw("UPDATE mails SET recipient = NULL, subject = NULL WHERE state = 'sent'");
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('ALTER TABLE mails DROP CONSTRAINT mails_body');
  await knex.raw(`DELETE FROM mails WHERE state = 'ended' OR kind NOT IN ('confirmation', 'cancellation')`);
  await knex.raw("UPDATE mails SET recipient = '', subject = '' WHERE state = 'sent'");
  await knex.raw(`ALTER TABLE mails
    DROP KEY mails_customer,
    DROP COLUMN request_id,
    DROP COLUMN customer_id,
    MODIFY state ${oneOf(['pending', 'sent', 'failed'])} DEFAULT 'pending',
    MODIFY subject VARCHAR(200) NOT NULL,
    MODIFY recipient VARCHAR(254) NOT NULL,
    MODIFY kind ${oneOf(kinds)},
    MODIFY order_id ${id} NOT NULL,
    ADD CONSTRAINT mails_body CHECK (state = 'sent' OR body IS NOT NULL)`);
  await dropBackOfficeTables(knex);
}
