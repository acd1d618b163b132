/** The arrows and sizes of the architecture, read from the sources: imports, lengths, words that do not belong. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '..');
const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((path) => path.endsWith('.ts'));
const files = tracked.flatMap((path) => {
  try {
    return [{ path, text: readFileSync(join(root, path), 'utf8') }];
  } catch {
    return [];
  }
});
const isTest = (path: string) => /(^|\/)test\//.test(path);
const sources = files.filter(({ path }) => !isTest(path));
const lineCount = (text: string) => text.split('\n').length - 1;

/** Modules that a file imports: package names as they are, relative paths from the root. */
function importsOf({ path, text }: { path: string; text: string }): string[] {
  const found = text.matchAll(
    /(?:^|\n)\s*(?:import|export)\b[^'"\n;]*?(?:\n[^'"]*?)?from\s+'([^']+)'|import\('([^']+)'\)/g,
  );
  return [...found].map((match) => {
    const name = match[1] ?? match[2] ?? '';
    return name.startsWith('.') ? relative(root, resolve(root, path, '..', name)) : name;
  });
}

const offenders = (in_: (path: string) => boolean, forbidden: (name: string, path: string) => boolean) =>
  sources
    .filter(({ path }) => in_(path))
    .flatMap((file) =>
      importsOf(file)
        .filter((name) => forbidden(name, file.path))
        .map((name) => `${file.path} → ${name}`),
    );

const appOf = (path: string) => /^apps\/([^/]+)\//.exec(path)?.[1];

describe('the arrows', () => {
  it('lead from no app to another app', () => {
    const cross = (name: string, path: string) =>
      (appOf(name) !== undefined && appOf(name) !== appOf(path)) ||
      /^@souk\/(?!kit\/|contracts\/|back-office\/|product-index\/)/.test(name);
    expect(offenders((path) => path.startsWith('apps/'), cross)).toEqual([]);
  });

  it('lead from contracts to nothing of ours', () => {
    const outward = (name: string) => name.startsWith('@souk/') || /^(apps|tools|packages\/kit)\//.test(name);
    expect(offenders((path) => path.startsWith('packages/contracts/'), outward)).toEqual([]);
  });

  it('lead from kit to contracts only', () => {
    const outward = (name: string) => /^@souk\/(?!contracts\/)/.test(name) || /^(apps|tools)\//.test(name);
    expect(offenders((path) => path.startsWith('packages/kit/'), outward)).toEqual([]);
  });

  it('lead from the product index to contracts and itself: no input, no output', () => {
    const inIndex = (path: string) => path.startsWith('packages/product-index/');
    expect(offenders(inIndex, (name) => !/^(@souk\/contracts|packages\/product-index)\//.test(name))).toEqual(
      [],
    );
  });

  it("lead to Dapr's SDK from kit's dapr files alone", () => {
    const sdk = (name: string) => name.startsWith('@dapr/');
    expect(offenders((path) => !/^packages\/kit\/src\/dapr[-\w]*\.ts$/.test(path), sdk)).toEqual([]);
  });

  it('lead from no app to a driver, a broker, TLS or a library for retries', () => {
    const platform =
      /^(express|mysql2|redis|ioredis|undici|node:(tls|https?|net)|opossum|cockatiel|p-retry|@opentelemetry\/.*)$/;
    // The one adapter that speaks to the payment provider is an edge of its own.
    const inApps = (path: string) => path.startsWith('apps/') && !path.endsWith('-provider.ts');
    expect(offenders(inApps, (name) => platform.test(name))).toEqual([]);
  });
});

/** Pieces of SQL that stores put together from their own constants; values are always bound. */
const fragments = ['columns', 'sql', 'keyset', 'column', 'direction'];

describe('the sources', () => {
  it('are at most 200 lines a file, 400 a test', () => {
    const tooLong = files
      .filter(({ path, text }) => lineCount(text) > (isTest(path) ? 400 : 200))
      .map(({ path, text }) => `${path}: ${lineCount(text)}`);
    expect(tooLong).toEqual([]);
  });

  it('are at most 2,800 lines a service (catalog 2,950), 3,400 in kit, 700 in the back office, 800 in the product index', () => {
    const limits: Record<string, number> = {
      'packages/kit': 3_400,
      'packages/back-office': 700,
      'packages/product-index': 800,
      'apps/catalog': 2_950,
    };
    const partOf = (path: string) => /^(apps|packages)\/[^/]+/.exec(path)?.[0] ?? '';
    const parts = Map.groupBy(
      sources.filter(({ path }) => partOf(path) !== '' && !path.startsWith('packages/contracts/')),
      ({ path }) => partOf(path),
    );
    const tooBig = [...parts]
      .map(([part, own]) => ({ part, lines: own.reduce((sum, { text }) => sum + lineCount(text), 0) }))
      .filter(({ part, lines }) => lines > (limits[part] ?? 2_800));
    expect(tooBig).toEqual([]);
  });

  it('open with a sentence on what they promise', () => {
    const silent = sources.filter(({ text }) => !/^(#!.*\n)?\/[/*]/.test(text)).map(({ path }) => path);
    expect(silent).toEqual([]);
  });

  it('read the environment in one place a program', () => {
    const readers = sources
      .filter(({ path, text }) => /^(apps|packages)\//.test(path) && /process\.env\b/.test(text))
      .map(({ path }) => path);
    expect(
      readers.filter((path) => !path.endsWith('/main.ts') && path !== 'packages/kit/src/telemetry.ts'),
    ).toEqual([]);
  });

  it('keep SQL in stores, and put no value into its text', () => {
    const withSql = sources.filter(
      ({ path, text }) =>
        path.startsWith('apps/') && !path.endsWith('-store.ts') && /\bdb\(|\btx\(|\.raw\(/.test(text),
    );
    expect(withSql.map(({ path }) => path)).toEqual([]);
    const templated = sources
      .filter(({ path }) => path.startsWith('apps/'))
      .flatMap(({ path, text }) =>
        [...text.matchAll(/\.raw\(\s*`([^`]*)`/g)].flatMap(([, sql = '']) =>
          [...sql.matchAll(/\$\{([^}]*)\}/g)].map(([, part]) => `${path}: ${part}`),
        ),
      );
    expect(templated.filter((part) => !fragments.includes(part.split(': ')[1]!))).toEqual([]);
  });

  it('have no vague names, default exports, enums or skipped tests', () => {
    const vague = files.filter(({ path }) =>
      /\/(utils?|helpers?|common|manager|base|impl|index)\.ts$/.test(path),
    );
    expect(vague.map(({ path }) => path)).toEqual([]);
    const own = files.filter(({ path }) => path !== 'test/architecture.test.ts');
    const bad = /^export default|^(export )?enum |\b(it|test|describe)\.(skip|only|todo)\(/m;
    expect(
      own
        .filter(({ path, text }) => bad.test(text) && !path.endsWith('vitest.config.ts'))
        .map(({ path }) => path),
    ).toEqual([]);
  });
});
