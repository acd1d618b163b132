/** Services in Go keep the house rules, and their own tests pass. */
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { serviceNames } from '@souk/contracts/ports';
import { describe, expect, test } from 'vitest';
import { isGoApp } from '../platform/go-apps.ts';
import { root } from '../platform/paths.ts';

/** A first run fetches modules and compiles them. */
const goLimitMs = 300_000;
const maxLines = (name: string) => (name.endsWith('_test.go') ? 400 : 200);

describe.each(serviceNames.filter(isGoApp))('%s', (service) => {
  const folder = join(root, 'apps', service);
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.go'))
    .map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }));
  const run = (command: string, ...words: string[]) =>
    promisify(execFile)(command, words, { cwd: folder, timeout: goLimitMs }).catch(
      (error: Error & { stdout: string; stderr: string }) => {
        throw new Error(`${command} ${words.join(' ')}:\n${error.stdout}${error.stderr}`);
      },
    );

  test(
    'passes its own tests, and those of the compiler',
    async () => {
      await run('go', 'vet', './...');
      const { stdout } = await run('go', 'test', './...');
      expect(stdout).toMatch(/^ok /m);
    },
    goLimitMs,
  );

  test('is formatted', async () => {
    expect((await run('gofmt', '-l', '.')).stdout).toBe('');
  });

  test('has files of at most 200 lines, tests of 400, and says of each what it promises', () => {
    const long = files.filter(({ name, text }) => text.split('\n').length - 1 > maxLines(name));
    expect(long.map(({ name }) => name)).toEqual([]);
    const silent = files.filter(({ name, text }) => !name.endsWith('_test.go') && !text.startsWith('// '));
    expect(silent.map(({ name }) => name)).toEqual([]);
  });
});
