/** Fills a migrated, empty shop: one region, one warehouse, one way of shipping, PEER_PRODUCTS products of one variant. */
const { ContainerRegistrationKeys, Modules } = require('@medusajs/framework/utils');
const flows = require('@medusajs/medusa/core-flows');

const products = Number(process.env.PEER_PRODUCTS);
const batch = 50;
const description = 'Made to be read from a table and sent as JSON as long as a description usually is. '.repeat(5);

exports.default = async ({ container }) => {
  const run = async (flow, input) => (await flows[flow](container).run({ input })).result;
  const [channel] = await run('createSalesChannelsWorkflow', { salesChannelsData: [{ name: 'peer' }] });
  await makeKey(run, channel);
  await run('createRegionsWorkflow', {
    regions: [
      { name: 'Europe', currency_code: 'eur', countries: ['de'], payment_providers: ['pp_system_default'] },
    ],
  });
  const defaultRate = { name: 'Standard', code: 'standard', rate: 19 };
  await run('createTaxRegionsWorkflow', [
    { country_code: 'de', provider_id: 'tp_system', default_tax_rate: defaultRate },
  ]);
  const { location, profile } = await makeShipping(container, run, channel);
  for (let first = 0; first < products; first += batch) {
    const places = Array.from({ length: Math.min(batch, products - first) }, (_, place) => first + place);
    await run('createProductsWorkflow', { products: places.map((place) => product(place, channel, profile)) });
    console.log(`${first + places.length} products`);
  }
  await fillStock(container, run, location);
};

/** What every request of a storefront must show. */
async function makeKey(run, channel) {
  const [key] = await run('createApiKeysWorkflow', {
    api_keys: [{ title: 'peer', type: 'publishable', created_by: '' }],
  });
  await run('linkSalesChannelsToApiKeyWorkflow', { id: key.id, add: [channel.id] });
}

async function makeShipping(container, run, channel) {
  const link = container.resolve(ContainerRegistrationKeys.LINK);
  const [location] = await run('createStockLocationsWorkflow', {
    locations: [{ name: 'Warehouse', address: { address_1: 'Hafen 1', city: 'Bonn', country_code: 'DE' } }],
  });
  const [profile] = await run('createShippingProfilesWorkflow', { data: [{ name: 'Peer', type: 'peer' }] });
  const set = await container.resolve(Modules.FULFILLMENT).createFulfillmentSets({
    name: 'Parcels',
    type: 'shipping',
    service_zones: [{ name: 'Germany', geo_zones: [{ type: 'country', country_code: 'de' }] }],
  });
  const place = { [Modules.STOCK_LOCATION]: { stock_location_id: location.id } };
  await link.create({ ...place, [Modules.FULFILLMENT]: { fulfillment_provider_id: 'manual_manual' } });
  await link.create({ ...place, [Modules.FULFILLMENT]: { fulfillment_set_id: set.id } });
  await run('createShippingOptionsWorkflow', [
    {
      name: 'Standard Shipping',
      price_type: 'flat',
      provider_id: 'manual_manual',
      service_zone_id: set.service_zones[0].id,
      shipping_profile_id: profile.id,
      type: { label: 'Standard', description: 'By parcel', code: 'standard' },
      prices: [{ currency_code: 'eur', amount: 4.9 }],
      rules: [
        { attribute: 'enabled_in_store', operator: 'eq', value: 'true' },
        { attribute: 'is_return', operator: 'eq', value: 'false' },
      ],
    },
  ]);
  await run('linkSalesChannelsToStockLocationWorkflow', { id: location.id, add: [channel.id] });
  return { location, profile };
}

const product = (place, channel, profile) => ({
  title: `Product number ${place}`,
  handle: `product-${place}`,
  description,
  status: 'published',
  shipping_profile_id: profile.id,
  sales_channels: [{ id: channel.id }],
  options: [{ title: 'Form', values: ['one'] }],
  variants: [
    {
      title: 'one',
      sku: `SKU-${place}`,
      manage_inventory: true,
      options: { Form: 'one' },
      prices: [{ currency_code: 'eur', amount: 10 + (place % 90) }],
    },
  ],
});

/** Last: as many levels as products say that all of it is there. */
async function fillStock(container, run, location) {
  const query = container.resolve(ContainerRegistrationKeys.QUERY);
  const { data: items } = await query.graph({ entity: 'inventory_item', fields: ['id'] });
  await run('createInventoryLevelsWorkflow', {
    inventory_levels: items.map(({ id }) => ({
      inventory_item_id: id,
      location_id: location.id,
      stocked_quantity: 1_000_000,
    })),
  });
}
