/** What the mails say, and what nobody can make them say. */
import { describe, expect, it } from 'vitest';
import {
  cancellationMail,
  confirmationMail,
  deliveryMail,
  dispatchMail,
  refundMail,
} from '../src/order-mail.ts';
import { orderFacts } from './mail-under-test.ts';

const eventId = '01JD0000000000000000000000';

describe('a mail about an order', () => {
  it('says what was bought, for how much, where it goes, and its reference', () => {
    const { subject, body } = confirmationMail(orderFacts(), eventId);
    expect(subject).toBe('Your order S-1001');
    for (const text of [
      '2 × Blue cup',
      '10.00 EUR',
      'Standard',
      '4.90 EUR',
      '14.90 EUR',
      '2.38 EUR',
      'Hauptstr. 1',
      '10115 Berlin',
      `Reference: ${eventId}`,
    ]) {
      expect(body).toContain(text);
    }
    expect(body).not.toContain('undefined');
  });

  it('says that an order is cancelled', () => {
    const { subject, body } = cancellationMail(orderFacts(), eventId);
    expect(subject).toBe('Your order S-1001 is cancelled');
    expect(body).toContain('14.90 EUR will not be charged');
  });

  it('says by whom and with which number it comes, and that it has come', () => {
    const tracking = { carrier: 'Dove <Post>', trackingNumber: 'D-42' };
    const { body } = dispatchMail({ ...orderFacts(), ...tracking }, eventId);
    for (const text of ['Dove &lt;Post&gt;', 'D-42', '2 × Blue cup', 'Hauptstr. 1', `Reference: ${eventId}`])
      expect(body).toContain(text);
    expect(deliveryMail(orderFacts(), eventId).body).toContain('has been delivered');
  });

  it('says how much comes back', () => {
    const refund = { ...orderFacts(), amount: { amount: 490, currency: 'EUR' as const } };
    expect(refundMail(refund, eventId).body).toContain('4.90 EUR');
  });

  it('shows markup as text', () => {
    const { address } = orderFacts();
    const name = `<script>alert("x")</script> & 'Söhne'`;
    const { body } = confirmationMail(orderFacts({ address: { ...address, name } }), eventId);
    expect(body).not.toContain('<script>');
    expect(body).toContain('&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; &#39;Söhne&#39;');
  });

  it('keeps its subject in one line', () => {
    const { subject } = confirmationMail(
      orderFacts({ number: 'S-1\r\nBcc: all@example.org\u2028x' }),
      eventId,
    );
    expect(subject).toBe('Your order S-1 Bcc: all@example.org x');
  });
});
