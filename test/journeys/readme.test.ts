/** The README keeps its word: pasted into bash it ends with a confirmed order, its trace, its mail, and staff who send it. */
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { closeBackRoom, untilShopIsUp } from '../support/back-room.ts';

beforeAll(() => untilShopIsUp());
afterAll(() => closeBackRoom());

const root = join(import.meta.dirname, '../..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');

/** The text below a heading, to the next heading of the same level. */
function section(heading: string): string {
  const begin = readme.indexOf(`\n## ${heading}\n`);
  const end = readme.indexOf('\n## ', begin + 1);
  return readme.slice(begin, end);
}

it('the first order of the README can be pasted: confirmed, traced through all services, told by mail', async () => {
  const blocks = [...section('A first order').matchAll(/^```bash\n([\s\S]*?)^```$/gm)].map(
    (match) => match[1],
  );
  expect(blocks.length).toBeGreaterThan(4);
  const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', blocks.join('\n')], {
    cwd: root,
    timeout: 60_000,
  });
  const number = /^order (S\d+) is confirmed$/m.exec(stdout)?.[1];
  expect(number).toBeDefined();
  expect(stdout).toMatch(/^trace [0-9a-f]{32}: \d+ spans/m);
  for (const service of ['ingress', 'orders', 'cart', 'pricing', 'inventory', 'payments', 'notifications']) {
    expect(stdout).toMatch(new RegExp(`^ *${service} · `, 'm'));
  }
  expect(stdout).toContain(`your order ${number}`);
  expect(stdout).toMatch(new RegExp(`${number} is on its way\\ndispatched\\nshipment.dispatched\\nTrue\\n$`));
});

it('the links of the README and of the pages in docs lead somewhere', () => {
  const inDocs = ['architecture', 'api', 'security', 'requirements', 'data', 'add-a-service', 'runbook'];
  const pages = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', ...inDocs.map((name) => `docs/${name}.md`)];
  const dead = pages.flatMap((page) =>
    [...readFileSync(join(root, page), 'utf8').matchAll(/\]\(([^)#\s]+)[^)]*\)/g)]
      .map((match) => match[1]!)
      .filter((target) => !/^https?:/.test(target))
      .filter((target) => !existsSync(join(root, page, '..', target)))
      .map((target) => `${page} → ${target}`),
  );
  expect(dead).toEqual([]);
});
