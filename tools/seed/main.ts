/**
 * Seeds the shop: `main.ts [SIZE]`, SIZE like 500 or 10k (default: the hand-written products only).
 *
 * The environment names an account that may write to the schemas catalog, pricing and inventory: SOUK_DB_HOST,
 * SOUK_DB_PORT, SOUK_DB_USER, SOUK_DB_PASSWORD. SOUK_SEED chooses another large catalogue.
 */
import { openDatabase } from '@souk/kit/db';
import Joi from 'joi';
import { loadShop } from './catalogue.ts';
import { type Databases, fillShop } from './fill-shop.ts';

type Settings = {
  host: string;
  port: number;
  user: string;
  password: string;
  size: number;
  seedNumber: number;
};

const settingsSchema = Joi.object<Settings>({
  host: Joi.string().required().label('SOUK_DB_HOST'),
  port: Joi.number().port().required().label('SOUK_DB_PORT'),
  user: Joi.string().required().label('SOUK_DB_USER'),
  password: Joi.string().required().label('SOUK_DB_PASSWORD'),
  size: Joi.number().integer().min(0).max(1_000_000).required().label('SIZE'),
  seedNumber: Joi.number().integer().min(0).required().label('SOUK_SEED'),
});

const { host, port, user, password, size, seedNumber } = readSettings();
const open = (database: string) => openDatabase({ host, port, user, password, database, poolSize: 2 });
const databases: Databases = {
  catalog: open('catalog'),
  pricing: open('pricing'),
  inventory: open('inventory'),
};
const startedAt = performance.now();
const seconds = () => ((performance.now() - startedAt) / 1000).toFixed(1);
try {
  const shop = loadShop();
  const added = await fillShop(databases, shop, { size, seedNumber }, (seen) => {
    console.log(`${seen} products, ${seconds()} s`);
  });
  console.log(`${added} products added in ${seconds()} s`);
} finally {
  await Promise.all(Object.values(databases).map((database) => database.destroy()));
}

function readSettings(): Settings {
  const { SOUK_DB_HOST, SOUK_DB_PORT, SOUK_DB_USER, SOUK_DB_PASSWORD, SOUK_SEED = '1' } = process.env;
  const wanted = (process.argv[2] ?? '0').toLowerCase().replace(/k$/, '000');
  const { value, error } = settingsSchema.validate(
    {
      host: SOUK_DB_HOST,
      port: SOUK_DB_PORT,
      user: SOUK_DB_USER,
      password: SOUK_DB_PASSWORD,
      size: wanted,
      seedNumber: SOUK_SEED,
    },
    { abortEarly: false },
  );
  if (!error) return value;
  console.error(`cannot seed: ${error.message}`);
  process.exit(1);
}
