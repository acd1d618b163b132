/** Makes the tables and fills them with PEER_PRODUCTS products; prints its progress. */
const { writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { bootstrap } = require('@vendure/core');
const { populate } = require('@vendure/core/cli');
const { config } = require('./config.cjs');

const initialData = {
  defaultLanguage: 'en',
  defaultZone: 'Europe',
  countries: [{ name: 'Germany', code: 'DE', zone: 'Europe' }],
  taxRates: [{ name: 'Standard Tax', percentage: 19 }],
  shippingMethods: [{ name: 'Standard Shipping', price: 490 }],
  paymentMethods: [
    {
      name: 'Dummy',
      handler: { code: 'dummy-payment-handler', arguments: [{ name: 'automaticSettle', value: 'true' }] },
    },
  ],
  collections: [],
};

const columns =
  'name,slug,description,assets,facets,optionGroups,optionValues,sku,price,taxCategory,stockOnHand,trackInventory,variantAssets,variantFacets';
const description = 'Made to be read from a table and sent as JSON as long as a description usually is. '.repeat(5);
const rows = Array.from(
  { length: Number(process.env.PEER_PRODUCTS) },
  (_, place) =>
    `Product number ${place},product-${place},${description},,,,,SKU-${place},${(10 + (place % 90)).toFixed(2)},standard,1000000,true,,`,
);
const csv = join(__dirname, 'products.csv');
writeFileSync(csv, `${columns}\n${rows.join('\n')}\n`);

populate(() => bootstrap(config(true)), initialData, csv)
  .then((app) => app.close())
  .then(() => process.exit(0));
