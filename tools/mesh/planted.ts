/** Manifests with a mistake each: whichever check is named in one must refuse it, or the checks themselves have failed. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(import.meta.dirname, 'planted');

export const checkNames = ['dry-run', 'validate', 'analyze', 'edges', 'routes'] as const;
export type CheckName = (typeof checkNames)[number];

export interface Planted {
  name: string;
  text: string;
  check: CheckName;
  /** A part of what the check must say: refused for another reason is not refused. */
  saying: string;
}

/** Every file of planted/; throws when one does not say what must happen to it. */
export function plantedMistakes(): Planted[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .toSorted()
    .map((name) => {
      const text = readFileSync(join(folder, name), 'utf8');
      const check = /^# Refused by: (.+)$/m.exec(text)?.[1] as CheckName | undefined;
      const saying = /^# For saying: (.+)$/m.exec(text)?.[1];
      if (!check || !checkNames.includes(check) || !saying)
        throw new Error(`planted/${name} does not name its check`);
      return { name, text, check, saying };
    });
}
