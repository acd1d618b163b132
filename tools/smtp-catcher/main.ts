/** Catches every mail that the shop sends and shows it: SMTP in, JSON out, nothing leaves the machine. */
import { createServer } from 'node:http';
import { ports } from '@souk/contracts/ports';
import { type ParsedMail, simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';

const mailLimit = 10_000;
const mailLimitBytes = 1_000_000;
const defaultPage = 100;

interface Mail {
  at: string;
  from: string;
  to: string[];
  subject: string;
  text: string;
  html: string | null;
  /** Header name in lower case → its value, unparsed. */
  headers: Record<string, string>;
}

/** Newest first. */
let mails: Mail[] = [];

const smtp = new SMTPServer({
  authOptional: true,
  disabledCommands: ['AUTH', 'STARTTLS'],
  size: mailLimitBytes,
  onData(stream, session, done) {
    simpleParser(stream).then((parsed) => {
      const to = session.envelope.rcptTo.map(({ address }) => address);
      mails = [mailOf(parsed, to), ...mails.slice(0, mailLimit - 1)];
      done();
    }, done);
  },
});

function mailOf(parsed: ParsedMail, to: string[]): Mail {
  const lines = parsed.headerLines.map(
    ({ key, line }) => [key, line.slice(line.indexOf(':') + 1).trim()] as const,
  );
  return {
    at: new Date().toISOString(),
    from: parsed.from?.text ?? '',
    to,
    subject: parsed.subject ?? '',
    text: parsed.text ?? '',
    html: parsed.html || null,
    headers: Object.fromEntries(lines),
  };
}

/** GET /mails?to=&subject=&limit= (parts of the text, any case), DELETE /mails, GET /livez. */
const api = createServer((incoming, answer) => {
  const url = new URL(incoming.url ?? '/', 'http://catcher');
  const reply = (status: number, body?: unknown) =>
    answer
      .writeHead(status, { 'content-type': 'application/json' })
      .end(body === undefined ? '' : JSON.stringify(body));
  switch (`${incoming.method} ${url.pathname}`) {
    case 'GET /livez':
      return reply(200, { status: 'ok' });
    case 'GET /mails':
      return reply(200, { items: find(url.searchParams), total: mails.length });
    case 'DELETE /mails':
      mails = [];
      return reply(204, undefined);
    default:
      return reply(404, { error: 'known: GET /mails?to=&subject=&limit=, DELETE /mails, GET /livez' });
  }
});

function find(query: URLSearchParams): Mail[] {
  const to = (query.get('to') ?? '').toLowerCase();
  const subject = (query.get('subject') ?? '').toLowerCase();
  const limit = Math.min(Number(query.get('limit') ?? defaultPage) || defaultPage, mailLimit);
  return mails
    .filter((mail) => mail.subject.toLowerCase().includes(subject))
    .filter((mail) => mail.to.some((address) => address.toLowerCase().includes(to)))
    .slice(0, limit);
}

smtp.on('error', (error: Error) => console.error(error.message));
smtp.listen(ports.smtp, '127.0.0.1');
api.listen(ports.smtpApi, '127.0.0.1', () => console.log(`mails on http://127.0.0.1:${ports.smtpApi}/mails`));
process.on('SIGTERM', () => process.exit(0));
