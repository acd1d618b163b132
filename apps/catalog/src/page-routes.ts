/** Catalog's routes for people and their browsers: pictures, the API's page, what problem codes mean. */
import type { Reply, Route } from '@souk/kit/routes';
import joi from 'joi';
import type { Media } from './media.ts';
import { problemPage, problemSchema } from './problem-page.ts';

const notModified = { 304: null };

/** One row a route. `docs` is the page of the API; it is asked for it only when the routes are known. */
export function pageRoutes({ media, docs }: { media: Media; docs: () => Reply }): Route[] {
  const open = { method: 'GET', audience: 'public' } as const;
  return [
    {
      ...open,
      path: '/media/{file}',
      operationId: 'readPicture',
      summary: 'A picture; its address changes with its content',
      params: { file: joi.string().pattern(/^[a-z0-9][a-z0-9-]{0,90}\.svg$/) },
      query: { v: joi.string().pattern(/^[A-Za-z0-9_-]{1,22}$/) },
      produces: ['image/svg+xml'],
      responses: { 200: joi.string(), ...notModified },
      handle: async ({ params }) => media.answerOf(params.file!),
    },
    {
      ...open,
      path: '/docs',
      operationId: 'readDocs',
      summary: 'This API on one page',
      produces: ['text/html'],
      responses: { 200: joi.string(), ...notModified },
      handle: async () => docs(),
    },
    {
      ...open,
      path: '/problems/{code}',
      operationId: 'readProblem',
      summary: 'What a problem code means',
      params: { code: joi.string().pattern(/^[a-z-]{1,60}$/) },
      headers: { accept: joi.string() },
      produces: ['application/json', 'text/html'],
      responses: { 200: problemSchema, ...notModified },
      handle: async ({ params, headers }) => problemPage(params.code!, headers.accept),
    },
  ];
}
