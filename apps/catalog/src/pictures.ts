/** Pictures that staff bring: checked, named by their content, kept behind the binding `media`, served from memory. */
import { createHash } from 'node:crypto';
import { createByStaff } from '@souk/back-office/staff-command';
import { refuse } from '@souk/kit/problem';
import { type Input, type Reply, reply } from '@souk/kit/routes';
import type { Deps } from '@souk/kit/service';
import { type Edit, refuseBody, type StaffDeps } from './change-product.ts';
import { type Media, pictureHeaders } from './media.ts';
import { createMemory } from './memory.ts';
import { formatOf } from './picture-format.ts';
import { addPicture, findPicture, type Picture } from './picture-store.ts';
import { readyBytes } from './ready-answer.ts';
import { updateProduct } from './staff-product-store.ts';

const binding = 'media';
const maxSide = 4_096;
/** Of 2 MB at most. */
const remembered = { maxEntries: 16, freshMs: Number.POSITIVE_INFINITY, staleMs: Number.POSITIVE_INFINITY };

/** Answers GET /media/{file}: the shop's own pictures, and those of staff, which never change under their name. */
export function pictureReader({ db, dapr }: Pick<Deps, 'db' | 'dapr'>, media: Media) {
  const memory = createMemory<Reply>(remembered);
  return async (file: string): Promise<Reply> =>
    media.answerOf(file) ??
    memory.get(file, async () => {
      const picture = (await findPicture(db, file)) ?? refuse('not-found');
      const bytes = bytesOf(await dapr.bind(binding, 'get', undefined, namedAs(file)));
      if (!file.startsWith(`${digestOf(bytes)}.`)) refuse('unavailable', 'The picture is damaged.');
      return { value: readyBytes(bytes, { ...pictureHeaders, 'content-type': picture.mediaType }) };
    });
}

/** POST /admin/media. The bytes go first, the row after them: what has a row can be read. */
export async function storePicture(deps: StaffDeps, input: Input): Promise<Reply> {
  if (!input.headers['idempotency-key']) refuse('idempotency-key-required');
  const picture = pictureOf(input.rawBody, input.headers['content-type']);
  const { file, mediaType } = picture;
  if (!(await findPicture(deps.db, file))) {
    // As text, see components/media.yaml; and no base64 alone, which the binding would decode.
    const dataUrl = `data:${mediaType};base64,${input.rawBody.toString('base64')}`;
    await deps.dapr.bind(binding, 'create', dataUrl, namedAs(file));
  }
  const view = { ...picture, url: deps.media.urlOf(file) };
  return createByStaff(deps, { ...input, body: { file } }, async (tx) => {
    const isNew = await addPicture(tx, picture);
    const change = {
      action: 'picture.stored',
      entity: 'picture',
      entityId: file,
      before: null,
      after: picture,
    };
    return { ...(isNew && { change }), reply: reply(201, view) };
  });
}

/** The edit of PUT /admin/products/{id}/image. */
export function showing(media: Media, file: string): Edit {
  return async (tx, { id }) => {
    const known = media.answerOf(file) !== undefined || (await findPicture(tx, file)) !== undefined;
    if (!known) refuseBody('file', 'is no picture that there is');
    await updateProduct(tx, id, { image: file });
  };
}

function pictureOf(bytes: Buffer, contentType = ''): Picture {
  const format = formatOf(bytes);
  const named = contentType.split(';')[0]!.trim().toLowerCase();
  if (!['image/png', 'image/jpeg', 'image/webp'].includes(named)) {
    refuse('unsupported-media-type', 'Send image/png, image/jpeg or image/webp.');
  }
  if (format?.mediaType !== named) return refusePicture(`is not ${named}`);
  const { mediaType, extension, width, height } = format;
  if (![width, height].every((side) => side >= 1 && side <= maxSide)) {
    refusePicture(`is not between 1 and ${maxSide} pixels wide and high`);
  }
  return { file: `${digestOf(bytes)}.${extension}`, mediaType, byteCount: bytes.length, width, height };
}

/** A folder calls it one thing, an object store another. */
const namedAs = (file: string) => ({ fileName: file, key: file });

function refusePicture(detail: string): never {
  return refuse('invalid-request', undefined, { errors: [{ pointer: '/body', detail }] });
}

const digestOf = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

function bytesOf(dataUrl: unknown): Buffer {
  const text = typeof dataUrl === 'string' ? dataUrl : '';
  return Buffer.from(text.slice(text.indexOf(',') + 1), 'base64');
}
