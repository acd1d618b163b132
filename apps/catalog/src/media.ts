/** The shop's own pictures: read once, served from memory, so that no path from outside ever reaches the file system. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { apiPrefix } from '@souk/contracts/ingress';
import type { Reply } from '@souk/kit/routes';
import { digestOf, readyBytes } from './ready-answer.ts';

export interface Media {
  /** The path of a picture at the ingress; it names the content, so it may be kept for ever. */
  urlOf(file: string): string;
  /** The picture itself; undefined if it is none of these. */
  answerOf(file: string): Reply | undefined;
}

/** What a product shows until it has a picture. */
export const placeholderPicture = 'picture-to-come.svg';

/** Of every picture: kept for ever, and never run. */
export const pictureHeaders = {
  'content-type': 'image/svg+xml',
  'cache-control': 'public, max-age=31536000, immutable',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
  'x-content-type-options': 'nosniff',
};

/** Reads all SVG files of a folder (some hundred kB). */
export function readMedia(folder: string): Media {
  const files = readdirSync(folder).filter((file) => file.endsWith('.svg'));
  const pictures = new Map(files.map((file) => [file, readFileSync(join(folder, file))]));
  const answers = new Map([...pictures].map(([file, bytes]) => [file, readyBytes(bytes, pictureHeaders)]));
  const versions = new Map([...pictures].map(([file, bytes]) => [file, digestOf(bytes).slice(0, 8)]));
  return {
    urlOf(file) {
      const version = versions.get(file);
      return `${apiPrefix}/media/${file}${version ? `?v=${version}` : ''}`;
    },
    answerOf: (file) => answers.get(file),
  };
}
