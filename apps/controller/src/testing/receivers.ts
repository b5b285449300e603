import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';
import { makeRoot } from '../identity/ca-certificates.js';

export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What a receiver does with a request: answers with a status and headers, or what it is told to do with the response. */
export type Reaction =
  number | readonly [number, Readonly<Record<string, string>>] | ((response: ServerResponse) => void);

/** A real HTTP server on loopback that webhooks and chats can be sent to. */
export class HttpReceiver {
  readonly received: Received[] = [];
  /** What it does with the next requests; with those after them it answers 200. */
  readonly reactions: Reaction[] = [];
  /** Requests that were not answered yet, and the most there ever were at a time. */
  open = 0;
  mostOpen = 0;

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(): Promise<HttpReceiver> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const receiver = new HttpReceiver(server, `http://127.0.0.1:${port}`);
    server.on('request', (request, response) => {
      receiver.mostOpen = Math.max(receiver.mostOpen, (receiver.open += 1));
      response.on('close', () => (receiver.open -= 1));
      void text(request).then((body) => {
        receiver.received.push({ path: request.url ?? '', headers: request.headers, body });
        react(response, receiver.reactions.shift() ?? 200);
      });
    });
    return receiver;
  }

  stop(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => void this.server.close(() => resolve()));
  }
}

function react(response: ServerResponse, reaction: Reaction): void {
  if (typeof reaction === 'function') return reaction(response);
  const [status, headers] = typeof reaction === 'number' ? [reaction, {}] : reaction;
  response.writeHead(status, headers).end('words of the receiver');
}

export interface Mail {
  readonly from: string;
  readonly to: readonly string[];
  /** Names in small letters, values unfolded. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface MailReceiverOptions {
  readonly login?: { readonly user: string; readonly password: string };
  /** What it answers with to a recipient: an SMTP code, or undefined to accept. */
  readonly refuses?: (address: string) => number | undefined;
  /** Whether it offers STARTTLS, with a certificate that nobody trusts. */
  readonly startTls?: boolean;
}

/** A real mail server on loopback. */
export class MailReceiver {
  private constructor(
    private readonly server: SMTPServer,
    readonly mails: readonly Mail[],
    /** Everything that was tried as one. */
    readonly passwords: readonly string[],
    readonly port: number,
  ) {}

  static async start({ login, refuses, startTls = false }: MailReceiverOptions = {}): Promise<MailReceiver> {
    const passwords: string[] = [];
    const mails: Mail[] = [];
    const own = startTls ? await aCertificate() : {};
    const server = new SMTPServer({
      ...own,
      authOptional: login === undefined,
      allowInsecureAuth: true,
      disabledCommands: [...(startTls ? [] : ['STARTTLS']), ...(login === undefined ? ['AUTH'] : [])],
      onAuth: ({ username, password }, _session, done) => {
        passwords.push(password ?? '');
        const fits = username === login?.user && password === login?.password;
        done(fits ? null : new Error('no'), fits ? { user: username } : undefined);
      },
      onRcptTo: ({ address }, _session, done) => {
        const code = refuses?.(address);
        done(code === undefined ? null : Object.assign(new Error(`not for ${address}`), { responseCode: code }));
      },
      onData: (stream, { envelope }, done) =>
        void text(stream).then((raw) => {
          const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address;
          mails.push({ from, to: envelope.rcptTo.map(({ address }) => address), ...parse(raw) });
          done();
        }),
    });
    server.on('error', () => undefined);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new MailReceiver(server, mails, passwords, (server.server.address() as AddressInfo).port);
  }

  stop(): Promise<void> {
    return new Promise((resolve) => void this.server.close(() => resolve()));
  }
}

async function aCertificate(): Promise<{ readonly cert: string; readonly key: string }> {
  const [notBefore, notAfter] = [Date.now() - 3_600_000, Date.now() + 3_600_000];
  const { certificate, privateKey } = await makeRoot({ commonName: 'mail', notBefore, notAfter });
  return { cert: certificate, key: privateKey };
}

function parse(raw: string): Pick<Mail, 'headers' | 'body'> {
  const end = raw.indexOf('\r\n\r\n');
  const lines = raw
    .slice(0, end)
    .replace(/\r\n[ \t]+/g, ' ')
    .split('\r\n');
  const headers = lines.map((line): [string, string] => {
    const [, name = '', value = ''] = /^([^:]+): ?(.*)$/.exec(line) ?? [];
    return [name.toLowerCase(), value];
  });
  return { headers: Object.fromEntries(headers), body: raw.slice(end + 4) };
}
