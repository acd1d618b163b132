/** GET /problems/{code}: what a problem code means and what a client can do, for people and for programs. */
import { isProblemCode, problems } from '@souk/contracts/problems';
import { refuse } from '@souk/kit/problem';
import type { Reply } from '@souk/kit/routes';
import joi from 'joi';
import { escaped, htmlPage } from './html-page.ts';
import { readyJson } from './ready-answer.ts';

export const problemSchema = joi.object({
  code: joi.string().required(),
  status: joi.number().integer().required(),
  title: joi.string().required(),
  help: joi.string().required(),
});

/** A page for whoever accepts HTML, JSON for all others. */
export function problemPage(code: string, accept = ''): Reply {
  if (!isProblemCode(code)) return refuse('not-found');
  const { status, title, help } = problems[code];
  const answer = accept.includes('text/html')
    ? htmlPage(
        title,
        `<h1>${escaped(title)}</h1><p>${escaped(help)}</p>
<p class="faint"><code>${escaped(code)}</code>, HTTP status ${status}</p>`,
      )
    : readyJson({ code, status, title, help });
  return { ...answer, headers: { ...answer.headers, vary: 'accept' } };
}
