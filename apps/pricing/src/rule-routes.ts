/** Staff's routes to the rules: tax rates and shipping rates, each edit a new version that is audited. */
import { changeByStaff } from '@souk/back-office/staff-command';
import { refuse } from '@souk/kit/problem';
import type { Input, Reply, Route } from '@souk/kit/routes';
import type { Deps } from '@souk/kit/service';
import type joi from 'joi';
import { answerStale, answerVersioned, ifMatchSchema } from './etag.ts';
import { type Half, publishRules } from './publish-rules.ts';
import { differenceOf, shippingRates, taxRates } from './rule-halves.ts';
import { readCurrentRules } from './rule-store.ts';
import {
  shippingRatesSchema,
  shippingRatesViewSchema,
  taxRatesSchema,
  taxRatesViewSchema,
} from './schemas.ts';

type StaffDeps = Pick<Deps, 'db' | 'newId' | 'wakeRelay'>;

interface Editable<View> {
  /** Its path, and what the audit log calls it. */
  entity: string;
  /** For operation ids and summaries: `TaxRates`, `tax rates`. */
  noun: string;
  words: string;
  half: Half<View>;
  body: joi.Schema;
  view: joi.Schema;
}

/** Both halves, to read and to replace. */
export function ruleRoutes(deps: StaffDeps): Route[] {
  const ofTaxes = editRoutes(deps, {
    entity: 'tax-rates',
    noun: 'TaxRates',
    words: 'tax rates',
    half: taxRates,
    body: taxRatesSchema,
    view: taxRatesViewSchema,
  });
  const ofShipping = editRoutes(deps, {
    entity: 'shipping-rates',
    noun: 'ShippingRates',
    words: 'shipping rates',
    half: shippingRates,
    body: shippingRatesSchema,
    view: shippingRatesViewSchema,
  });
  return [...ofTaxes, ...ofShipping];
}

function editRoutes<View extends object>(deps: StaffDeps, editable: Editable<View>): Route[] {
  const { entity, noun, words, half, body, view } = editable;
  const path = `/admin/${entity}`;
  return [
    {
      method: 'GET',
      path,
      operationId: `get${noun}`,
      summary: `The ${words} that count now, with the version of the rules`,
      audience: 'staff',
      permission: 'prices.read',
      responses: { 200: view },
      problems: ['not-found'],
      async handle() {
        const { version, rules } = (await readCurrentRules(deps.db)) ?? refuse('not-found');
        return answerVersioned({ version, ...half.of(rules) });
      },
    },
    {
      method: 'PUT',
      path,
      operationId: `replace${noun}`,
      summary: `Publish other ${words} as the next version of the rules, if nobody else has since`,
      audience: 'staff',
      permission: 'prices.write',
      headers: { 'if-match': ifMatchSchema.required() },
      body,
      responses: { 200: view },
      problems: ['not-found', 'stale-etag'],
      handle: answerStale((input) => replace(deps, editable, input)),
    },
  ];
}

function replace<View extends object>(
  deps: StaffDeps,
  { entity, half }: Editable<View>,
  input: Input,
): Promise<Reply> {
  const { headers, body } = input as Input<View>;
  return changeByStaff(deps, input, async (tx) => {
    const edit = { id: deps.newId(), view: body, ifMatch: headers['if-match']! };
    const { before, after } = await publishRules(tx, half, edit);
    const change = {
      action: `${entity}.changed`,
      entity,
      entityId: `${after.version}`,
      ...differenceOf(before, after),
    };
    return { ...(before !== after && { change }), reply: answerVersioned(after) };
  });
}
