/** Writes small files so that a kill at any moment leaves either the old or the new content. */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

const ownerOnly = 0o600;

/** Replaces `path` at once, readable by its owner only; makes its folder when that is missing. */
export function writeWhole(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true });
  const next = `${path}.${process.pid}.new`;
  writeFileSync(next, content, { mode: ownerOnly });
  renameSync(next, path);
}

/** The parsed JSON file, or null when it is missing or broken. */
export function readJson<T>(path: string): T | null {
  if (!existsSync(path)) return null;
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as T;
  } catch {
    return null;
  }
}
