/** Where on one machine the stores listen that a cluster knows by name; nothing else of production's files is changed. */

export const nodes = Object.freeze([0, 1, 2] as const);

/** First ports of the nodes; node N listens on the port + N. The proxies take the ports that everybody knows. */
export const firstPorts = Object.freeze({
  sql: 13_310,
  galera: 13_320,
  galeraIst: 13_330,
  galeraSst: 13_340,
  redis: 16_380,
  sentinel: 16_390,
  kafka: 19_092,
  kafkaController: 19_093,
});

/** Production's name and port → port here. */
const portOf: Readonly<Record<string, (node: number) => number>> = {
  'mariadb:3306': (node) => firstPorts.sql + node,
  'mariadb:4567': (node) => firstPorts.galera + node,
  'mariadb:4568': (node) => firstPorts.galeraIst + node,
  'mariadb:4444': (node) => firstPorts.galeraSst + node,
  'redis:6379': (node) => firstPorts.redis + node,
  'redis:26379': (node) => firstPorts.sentinel + node,
  'kafka:9092': () => firstPorts.kafka,
};

/** The text with every address of `proxies` and of the nodes replaced; throws when one is left that is not known here. */
export function onOneMachine(text: string, proxies: Readonly<Record<string, number>> = {}): string {
  // Redis writes a port behind a space, everybody else behind a colon.
  const local = text.replaceAll(
    /\b(mariadb|redis|kafka)(?:-(\d))?\.souk\.internal([: ])(\d+)/g,
    (whole, store: string, node: string | undefined, between: string, port: string) => {
      const proxy = node === undefined ? proxies[`${store}:${port}`] : undefined;
      const here = proxy ?? portOf[`${store}:${port}`]?.(Number(node ?? 0));
      return here === undefined ? whole : `127.0.0.1${between}${here}`;
    },
  );
  const left = /\S*souk\.internal\S*/.exec(local)?.[0];
  if (left) throw new Error(`no address on this machine for ${left}: see tools/ha/addresses.ts`);
  return local;
}
