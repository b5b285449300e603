import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { passOn } from './pass-on.js';
import { UnixServer } from './unix-server.js';

/** A request as it came over the wire. */
export interface RecordedCall {
  readonly method: string;
  /** Path and query, as sent. */
  readonly target: string;
  /** JSON; undefined: none. */
  readonly body: object | undefined;
  /** It asked for another protocol on this connection. */
  readonly upgrade: boolean;
}

/**
 * Stands between a client and an engine, changes nothing, and writes down every request: also such as stream for ever
 * (events), end with the connection (an exec's output) or take the connection over (an upgrade).
 *
 * Invariants: a request is written down before anything of it reaches the engine; what is no HTTP counts as a request
 * too (`malformed`); after `close` no socket is open.
 */
export class RecordingProxy {
  readonly calls: RecordedCall[] = [];
  readonly malformed: string[] = [];
  private readonly server: UnixServer;

  private constructor(private readonly engine: string) {
    const server = createServer((from, to) => void this.pass(from, to));
    this.server = new UnixServer(server);
    server.on('upgrade', (from: IncomingMessage, socket: Duplex, head: Buffer) => this.takeOver(from, socket, head));
    server.on('clientError', (error: Error, socket: Duplex) => {
      // A client that goes away in the middle of an answer has sent nothing wrong.
      if (!('code' in error) || error.code !== 'ECONNRESET') this.malformed.push(String(error));
      socket.destroy();
    });
  }

  /** @param socket where clients reach it; `engine`: the engine's own */
  static async start({ socket, engine }: { socket: string; engine: string }): Promise<RecordingProxy> {
    const proxy = new RecordingProxy(engine);
    await proxy.server.listen(socket);
    return proxy;
  }

  close(): Promise<void> {
    return this.server.close();
  }

  private async pass(from: IncomingMessage, to: ServerResponse): Promise<void> {
    const body = await readAll(from);
    this.note(from, body);
    passOn(this.engine, from, to).end(body);
  }

  private takeOver(from: IncomingMessage, client: Duplex, head: Buffer): void {
    this.note(from, Buffer.alloc(0));
    const engine = this.server.keep(connect(this.engine));
    const { method, url, rawHeaders: headers } = from;
    const lines = headers.flatMap((name, index) => (index % 2 === 0 ? [`${name}: ${headers[index + 1]}`] : []));
    engine.write([`${method} ${url} HTTP/1.1`, ...lines, '', ''].join('\r\n'));
    engine.write(head);
    engine.pipe(client).pipe(engine);
    for (const socket of [engine, client]) {
      socket.on('error', () => {
        engine.destroy();
        client.destroy();
      });
    }
  }

  private note({ method = '', url = '', headers }: IncomingMessage, body: Buffer): void {
    const upgrade = headers.upgrade !== undefined;
    this.calls.push({ method, target: url, body: parse(body), upgrade });
  }
}

async function readAll(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function parse(body: Buffer): object | undefined {
  if (body.length === 0) return undefined;
  try {
    return JSON.parse(body.toString()) as object;
  } catch {
    return { 'not JSON': true };
  }
}
