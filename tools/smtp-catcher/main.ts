/** Catches every mail that the shop sends and shows it: SMTP in, JSON out, nothing leaves the machine. */
import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { ports } from '@souk/contracts/ports';
import { type ParsedMail, simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';
import { SMTPConnection } from 'smtp-server/lib/smtp-connection.js';
import { createNewest, mailLimits } from './newest.ts';

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

/** A mail as it came. It is read when somebody asks for it: a load test has thousands that nobody looks at. */
interface CaughtMail {
  at: string;
  to: string[];
  source: Buffer;
  read?: Promise<Mail>;
}

const caught = createNewest<CaughtMail>(mailLimits);

// The library lets every client wait for 100 ms, to find those that talk too soon. Ours does not, and sends one mail at a time.
SMTPConnection.prototype.init = function init(this: {
  _setListeners(ready: () => void): void;
  connectionReady(): void;
}): void {
  this._setListeners(() => this.connectionReady());
};

const smtp = new SMTPServer({
  authOptional: true,
  disableReverseLookup: true,
  disabledCommands: ['AUTH', 'STARTTLS'],
  size: mailLimitBytes,
  onData(stream, session, done) {
    buffer(stream).then((source) => {
      const to = session.envelope.rcptTo.map(({ address }) => address);
      caught.add({ at: new Date().toISOString(), to, source });
      done();
    }, done);
  },
});

function read(mail: CaughtMail): Promise<Mail> {
  mail.read ??= simpleParser(mail.source).then((parsed) => mailOf(parsed, mail));
  return mail.read;
}

function mailOf(parsed: ParsedMail, { at, to }: CaughtMail): Mail {
  const lines = parsed.headerLines.map(
    ({ key, line }) => [key, line.slice(line.indexOf(':') + 1).trim()] as const,
  );
  return {
    at,
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
      return void find(url.searchParams).then((items) => reply(200, { items, total: caught.all().length }));
    case 'DELETE /mails':
      caught.clear();
      return reply(204, undefined);
    default:
      return reply(404, { error: 'known: GET /mails?to=&subject=&limit=, DELETE /mails, GET /livez' });
  }
});

/** Newest first. */
async function find(query: URLSearchParams): Promise<Mail[]> {
  const to = (query.get('to') ?? '').toLowerCase();
  const subject = (query.get('subject') ?? '').toLowerCase();
  const limit = Math.min(Number(query.get('limit') ?? defaultPage) || defaultPage, mailLimits.maxItems);
  const addressed = caught
    .all()
    .filter((mail) => mail.to.some((address) => address.toLowerCase().includes(to)));
  const mails = await Promise.all(addressed.toReversed().map(read));
  return mails.filter((mail) => mail.subject.toLowerCase().includes(subject)).slice(0, limit);
}

smtp.on('error', (error: Error) => console.error(error.message));
const host = process.env.SMTP_HOST ?? '127.0.0.1';
smtp.listen(ports.smtp, host);
api.listen(ports.smtpApi, host, () => console.log(`mails on http://127.0.0.1:${ports.smtpApi}/mails`));
process.on('SIGTERM', () => process.exit(0));
