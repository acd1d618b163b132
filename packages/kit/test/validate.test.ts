/** Validation: every fault with an RFC 6901 pointer that leads back to its place. */
import fc from 'fast-check';
import joi from 'joi';
import { describe, expect, it } from 'vitest';
import { isRefusal } from '../src/problem.ts';
import { type Fault, namedValues, pageQuery, refuseFaults, validatorOf } from '../src/validate.ts';

function faultsOf(schema: joi.Schema, value: unknown): Fault[] {
  const faults: Fault[] = [];
  validatorOf('body', schema)(value, faults);
  return faults;
}

/** What RFC 6901 says about reading a pointer. */
function follow(document: unknown, pointer: string): unknown {
  const steps = pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  return steps.reduce((value, step) => (value as Record<string, unknown>)?.[step], document);
}

describe('a schema', () => {
  it('keeps what it says of itself, whatever is said of all', () => {
    const schema = joi.object({ name: joi.string(), news: joi.string().optional() });
    const pointers = (asked: joi.Schema) => faultsOf(asked, {}).map(({ pointer }) => pointer);
    expect(pointers(schema.options({ presence: 'required' }))).toEqual(['/body/name']);
    expect(pointers(schema.options({ presence: 'required' }).required())).toEqual(['/body/name']);
    expect(pointers(schema)).toEqual([]);
  });
});

describe('a pointer', () => {
  it('leads back to the unknown field, whatever its name', () => {
    const name = fc
      .string({ minLength: 1, maxLength: 60, unit: 'grapheme' })
      .filter((text) => text !== '__proto__');
    fc.assert(
      fc.property(name, (text) => {
        const body = { lines: [{ [text]: 'here' }] };
        const [fault, ...more] = faultsOf(joi.object({ lines: joi.array().items(joi.object({})) }), body);
        expect(more).toEqual([]);
        expect(follow({ body }, fault!.pointer)).toBe('here');
      }),
    );
  });

  it('of a very long name is cut, and stays a pointer', () => {
    const [fault] = faultsOf(joi.object({}), { [`${'x'.repeat(99)}~~~${'y'.repeat(5_000)}`]: 1 });
    expect(fault!.pointer.length).toBeLessThan(300);
    expect(fault!.pointer).not.toMatch(/~(?![01])/);
  });

  it('names the whole part when all of it is wrong', () => {
    expect(faultsOf(joi.object({}).required(), undefined).map(({ pointer }) => pointer)).toEqual(['/body']);
  });
});

describe('a fault', () => {
  it('says what is wrong, without the name of the place', () => {
    expect(faultsOf(joi.object({ n: joi.number() }), { n: 'x' })).toEqual([
      { pointer: '/body/n', detail: 'must be a number' },
    ]);
  });

  it('does not say back more than a line of what was sent', () => {
    const [fault] = faultsOf(joi.object({ sku: joi.string().pattern(/^[A-Z]+$/) }), {
      sku: 'x'.repeat(50_000),
    });
    expect(fault!.detail.length).toBeLessThan(300);
  });

  it('is thrown as invalid-request together with all others; none is none', () => {
    refuseFaults([]);
    const faults = [{ pointer: '/body/n', detail: 'x' }];
    const refused = (() => {
      try {
        return refuseFaults(faults);
      } catch (error) {
        return error;
      }
    })();
    expect(isRefusal(refused, 'invalid-request') && refused.extra.errors).toEqual(faults);
  });
});

describe('the page of a list', () => {
  const read = (query: object) => validatorOf('query', namedValues(pageQuery))(query, []);

  it('has 20 entries unless asked for others', () => {
    expect(read({})).toEqual({ limit: 20 });
    expect(read({ limit: '100', cursor: 'abc_-1' })).toEqual({ limit: 100, cursor: 'abc_-1' });
  });
});
