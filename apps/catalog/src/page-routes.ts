/** Catalog's routes for people and their browsers: pictures, the API's page, what problem codes mean. */
import type { Reply, Route } from '@souk/kit/routes';
import joi from 'joi';
import type { ApiDocs } from './api-docs.ts';
import { problemPage, problemSchema } from './problem-page.ts';
import { fileSchema } from './staff-schemas.ts';

const notModified = { 304: null };

interface Pages {
  readPicture(file: string): Promise<Reply>;
  api(): ApiDocs;
}

/** One row a route. `api` describes all of them, and so can be asked only when they are known. */
export function pageRoutes({ readPicture, api }: Pages): Route[] {
  const open = { method: 'GET', audience: 'public' } as const;
  return [
    {
      ...open,
      path: '/media/{file}',
      operationId: 'readPicture',
      summary: 'A picture; its address changes with its content',
      params: { file: fileSchema },
      query: { v: joi.string().pattern(/^[A-Za-z0-9_-]{1,22}$/) },
      produces: ['image/svg+xml', 'image/png', 'image/jpeg', 'image/webp'],
      responses: { 200: joi.string(), ...notModified },
      handle: ({ params }) => readPicture(params.file!),
    },
    {
      ...open,
      path: '/docs',
      operationId: 'readDocs',
      summary: 'This API on one page',
      produces: ['text/html'],
      responses: { 200: joi.string(), ...notModified },
      handle: async () => api().page,
    },
    {
      ...open,
      path: '/docs/openapi.json',
      operationId: 'readOpenApi',
      summary: 'This API as one OpenAPI document; at the ingress also /openapi.json',
      responses: { 200: joi.object().unknown(), ...notModified },
      handle: async () => api().document,
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
