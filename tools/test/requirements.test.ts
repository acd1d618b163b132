/** docs/requirements.md keeps its word: ids once, every test that it names is there, and what has none says so. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const page = readFileSync(join(root, 'docs/requirements.md'), 'utf8');

interface Requirement {
  id: string;
  shownBy: string;
}

/** Rows of the tables: `| F-01 | requirement | measure | shown by |`. */
const requirements: Requirement[] = page
  .split('\n')
  .filter((line) => /^\| [A-Z]-\d/.test(line))
  .map((line) => {
    const cells = line.split(/(?<!\\)\|/).map((cell) => cell.trim());
    return { id: cells[1] ?? '', shownBy: cells.length === 6 ? cells[4]! : '' };
  });

/** Each `file` of a row with the "titles" that follow it. */
function namedTests({ shownBy }: Requirement): { file: string; titles: string[] }[] {
  const named: { file: string; titles: string[] }[] = [];
  for (const [, file, title] of shownBy.matchAll(/`([^`\s]+\.test\.ts)`|"((?:[^"\\]|\\.)+)"/g)) {
    if (file) named.push({ file, titles: [] });
    else named.at(-1)?.titles.push(title!.replaceAll('\\"', '"'));
  }
  return named;
}

/** What a file calls its tests, quotes inside and all. */
function titlesOf(file: string): string {
  return readFileSync(join(root, file), 'utf8').replaceAll(/\\(['"`])/g, '$1');
}

test('there are at least sixty requirements, each with an id of its own', () => {
  const ids = requirements.map(({ id }) => id);
  expect(ids.length).toBeGreaterThanOrEqual(60);
  expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([]);
  expect(ids.filter((id) => !/^[FN]-\d{2}$/.test(id))).toEqual([]);
});

test('each names a test or says that it is planned, and not both', () => {
  const wrong = requirements.filter((row) => (row.shownBy === '*planned*') === namedTests(row).length > 0);
  expect(wrong.map(({ id }) => id)).toEqual([]);
});

test('every named test is there', () => {
  const missing = requirements.flatMap((row) =>
    namedTests(row).flatMap(({ file, titles }) => {
      if (!existsSync(join(root, file))) return [`${row.id}: ${file}`];
      const text = titlesOf(file);
      return titles
        .filter(
          (title) => ![`'${title}'`, `"${title}"`, `\`${title}\``].some((quoted) => text.includes(quoted)),
        )
        .map((title) => `${row.id}: ${file} has no test "${title}"`);
    }),
  );
  expect(missing).toEqual([]);
});

test('every test, page and picture that the pages on security and the API name is there', () => {
  const pages = ['docs/security.md', 'docs/api.md', 'docs/requirements.md', 'SECURITY.md'];
  const missing = pages.flatMap((name) => {
    const text = readFileSync(join(root, name), 'utf8');
    const tests = [...text.matchAll(/`([^`\s]+\.test\.ts)`/g)].map((match) => match[1]!);
    const links = [...text.matchAll(/\]\(([^)#\s:]+)\)/g)].map((match) => join(name, '..', match[1]!));
    return [...tests, ...links]
      .filter((path) => !existsSync(join(root, path)))
      .map((path) => `${name}: ${path}`);
  });
  expect(missing).toEqual([]);
});
