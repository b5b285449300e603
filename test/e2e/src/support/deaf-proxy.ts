import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { UnixServer } from './unix-server.js';

/**
 * Stands between an agent and an engine. While it is deaf, what the engine says on event streams is lost: the streams
 * stay open, as an engine's own do that has skipped a subscriber.
 */
export class DeafProxy {
  deaf = false;
  /** Bytes of events that were lost. */
  lost = 0;
  private readonly server = new UnixServer(createServer((from, to) => this.pass(from, to)));

  private constructor(private readonly engine: string) {}

  /** @param socket where clients reach it; `engine`: the engine's own */
  static async start({ socket, engine }: { socket: string; engine: string }): Promise<DeafProxy> {
    const proxy = new DeafProxy(engine);
    await proxy.server.listen(socket);
    return proxy;
  }

  close(): Promise<void> {
    return this.server.close();
  }

  private pass(from: IncomingMessage, to: ServerResponse): void {
    const { method, url: path = '', rawHeaders: headers } = from;
    const onward = request({ socketPath: this.engine, method, path, headers, agent: false }, (answer) => {
      to.writeHead(answer.statusCode ?? 500, answer.rawHeaders);
      to.flushHeaders();
      answer.on('data', (chunk: Buffer) => {
        if (this.deaf && /\/events\b/.test(path)) this.lost += chunk.length;
        else to.write(chunk);
      });
      answer.on('end', () => to.end());
      answer.on('error', () => to.destroy());
    });
    onward.on('error', () => to.destroy());
    to.on('close', () => onward.destroy());
    from.pipe(onward);
  }
}
