/** Mails about accounts: asked for when they are sent, and nothing of them is kept. */
import { newId } from '@souk/kit/identifier';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type AccountLink, accountMail, linkKinds } from '../src/account-mail.ts';
import { sendDueMails } from '../src/send-due-mails.ts';
import { type MailUnderTest, openMail } from './mail-under-test.ts';

let mail: MailUnderTest;
beforeAll(async () => {
  mail = await openMail();
});
afterAll(() => mail.close());
beforeEach(async () => {
  mail.server.away = false;
  mail.identity.away = false;
  mail.sent.length = 0;
  await mail.db('mails').delete();
});

const linkOf = (given: Partial<AccountLink> = {}): AccountLink => ({
  ...{ email: 'ada@example.org', name: 'Ada Byron', kind: 'email-verification', token: 'T0KEN.abc_-' },
  expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
  ...given,
});

/** Identity knows a link, and asks for its mail. */
async function request(given: Partial<AccountLink> = {}) {
  const [requestId, eventId] = [newId(), newId()];
  mail.links.set(requestId, linkOf(given));
  await mail.deliver('account-link.requested', { requestId }, eventId).expect(200);
  return { requestId, eventId };
}

const everything = async () => JSON.stringify(await mail.db('mails').select('*'));

describe('account-link.requested', () => {
  it('becomes one mail with the link, and neither address nor token is kept at any time', async () => {
    mail.server.away = true;
    const { requestId, eventId } = await request();
    expect(await everything()).not.toMatch(/ada|T0KEN/i);
    expect(await mail.mailOf(eventId)).toMatchObject({ state: 'pending', kind: 'account-link' });
    mail.server.away = false;
    await mail.later();
    await sendDueMails(mail.deps);
    await mail.deliver('account-link.requested', { requestId }, eventId).expect(200);
    expect(mail.sent).toHaveLength(1);
    expect(mail.sent[0]).toMatchObject({
      emailTo: 'ada@example.org',
      subject: 'Please confirm your address',
    });
    expect(mail.sent[0]!.body).toContain('href="http://127.0.0.1:8080/account/verify#T0KEN.abc_-"');
    expect(await mail.mailOf(eventId)).toMatchObject({ state: 'sent', kind: 'email-verification' });
    expect(await everything()).not.toMatch(/ada|T0KEN/i);
  });

  it('ends without a mail when the link is unknown or has expired', async () => {
    const eventId = newId();
    await mail.deliver('account-link.requested', { requestId: newId() }, eventId).expect(200);
    const old = await request({ expiresAt: new Date(Date.now() - 1).toISOString() });
    expect(await mail.mailOf(eventId)).toMatchObject({ state: 'ended' });
    expect(await mail.mailOf(old.eventId)).toMatchObject({ state: 'ended' });
    await mail.later();
    expect(await sendDueMails(mail.deps)).toBe(0);
    expect(mail.sent).toEqual([]);
  });

  it('waits for identity, and sends what is true then', async () => {
    mail.identity.away = true;
    const { requestId, eventId } = await request({ email: 'old@example.org' });
    expect(await mail.mailOf(eventId)).toMatchObject({ state: 'pending', attempts: 1 });
    mail.identity.away = false;
    mail.links.set(requestId, linkOf({ email: 'new@example.org' }));
    await mail.later();
    await sendDueMails(mail.deps);
    expect(mail.sent.map(({ emailTo }) => emailTo)).toEqual(['new@example.org']);
  });

  it('is sent to one address alone', async () => {
    const { eventId } = await request({ email: 'a@b.c, d@e.f' });
    expect(mail.sent).toEqual([]);
    expect(await mail.mailOf(eventId)).toMatchObject({ state: 'pending' });
  });
});

describe('the text', () => {
  const where = { origin: 'https://shop.example', eventId: '01JD0000000000000000000000' };

  it.each(linkKinds)(
    'of %s has a link to the shop, the token for programs, and no markup of others',
    (kind) => {
      const { subject, body } = accountMail(linkOf({ kind, name: '<b>Ada</b>' }), where);
      expect(subject).toMatch(/^[A-Z]/);
      expect(body).toMatch(/href="https:\/\/shop\.example\/account\/[a-z]+#T0KEN\.abc_-"/);
      expect(body).toContain('<code>T0KEN.abc_-</code>');
      expect(body).toContain('Dear &lt;b&gt;Ada&lt;/b&gt;');
      expect(body).toContain(`Reference: ${where.eventId}`);
    },
  );

  it('does without a token and without a name', () => {
    const { body } = accountMail(linkOf({ kind: 'account-exists', token: null, name: '' }), where);
    expect(body).toContain('<p>Hello,</p>');
    expect(body).toContain('href="https://shop.example/account/login"');
    expect(body).not.toContain('<code>');
  });
});
