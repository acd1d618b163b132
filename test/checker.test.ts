/** A checker that cannot fail is worth nothing: each planted violation must be found, and a clean history must pass. */
import { describe, expect, it } from 'vitest';
import { type Facts, violationsOf } from './chaos/checker.ts';

const clean = (): Facts => ({
  stock: { CUP: { initial: 10, onHand: 8, reserved: 0 } },
  orders: [
    {
      id: 'A',
      cartId: 'c1',
      state: 'confirmed',
      total: 500,
      lines: [{ sku: 'CUP', quantity: 2 }],
      history: ['pending', 'confirmed'],
    },
    {
      id: 'B',
      cartId: 'c2',
      state: 'cancelled',
      total: 500,
      lines: [{ sku: 'CUP', quantity: 2 }],
      history: ['pending', 'cancelling', 'cancelled'],
    },
  ],
  acknowledged: ['A'],
  refused: ['B'],
  ledger: [{ orderId: 'A', type: 'authorise', amount: 500 }],
  confirmations: { A: 1 },
  unsent: 0,
  dead: 0,
});

describe('the checker', () => {
  it('finds nothing in a clean history', () => {
    expect(violationsOf(clean())).toEqual([]);
  });

  const planted: [string, (facts: Facts) => void, RegExp][] = [
    ['a lost order', (f) => f.acknowledged.push('Z'), /Z was acknowledged and is lost/],
    ['a cart ordered twice', (f) => f.orders.push({ ...f.orders[0]!, id: 'A2' }), /c1 was ordered twice/],
    ['a refused order that lives', (f) => f.refused.push('A'), /A was refused and lives/],
    [
      'a piece that vanished',
      (f) => {
        f.stock.CUP!.onHand = 7;
      },
      /10 pieces, but 7 left and 2 sold/,
    ],
    [
      'a piece sold twice',
      (f) => {
        f.stock.CUP!.onHand = 9;
      },
      /10 pieces, but 9 left/,
    ],
    [
      'a reservation left behind',
      (f) => {
        f.stock.CUP!.reserved = 2;
      },
      /2 pieces are still reserved/,
    ],
    [
      'an oversold article',
      (f) => {
        f.stock.CUP = { initial: 1, onHand: -1, reserved: 0 };
      },
      /oversold to -1/,
    ],
    [
      'a cent missing',
      (f) => {
        f.ledger[0]!.amount = 499;
      },
      /499 is held of 500/,
    ],
    [
      'a double charge',
      (f) => f.ledger.push({ orderId: 'A', type: 'authorise', amount: 500 }),
      /authorised twice/,
    ],
    [
      'money held for a cancelled order',
      (f) => f.ledger.push({ orderId: 'B', type: 'authorise', amount: 500 }),
      /B \(cancelled\): 500 is held of 0/,
    ],
    [
      'an order that never ended',
      (f) => {
        f.orders[0]!.state = 'pending';
      },
      /A is still pending/,
    ],
    [
      'an unlawful history',
      (f) => {
        f.orders[1]!.history = ['pending', 'cancelled'];
      },
      /from pending to cancelled/,
    ],
    [
      'an event that was not sent',
      (f) => {
        f.unsent = 1;
      },
      /1 events have not been sent/,
    ],
    [
      'a dead event',
      (f) => {
        f.dead = 1;
      },
      /1 events are dead/,
    ],
    [
      'a mail that did not come',
      (f) => {
        f.confirmations = {};
      },
      /0 confirmation mails/,
    ],
    [
      'a mail that came twice',
      (f) => {
        f.confirmations.A = 2;
      },
      /2 confirmation mails/,
    ],
  ];
  it.each(planted)('finds %s', (_what, plant, sentence) => {
    const facts = clean();
    plant(facts);
    expect(violationsOf(facts).join('\n')).toMatch(sentence);
  });
});
