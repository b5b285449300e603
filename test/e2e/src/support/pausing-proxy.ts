import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { passOn } from './pass-on.js';
import { UnixServer } from './unix-server.js';

/** What is done before a request goes on to the engine. */
export type Before = (method: string, target: string) => Promise<unknown> | undefined;

/** Stands between an agent and an engine, and can hold a request back until something else has happened. */
export class PausingProxy {
  before: Before = () => undefined;
  private readonly server = new UnixServer(createServer((from, to) => void this.pass(from, to)));

  private constructor(private readonly engine: string) {}

  /** @param socket where clients reach it; `engine`: the engine's own */
  static async start({ socket, engine }: { socket: string; engine: string }): Promise<PausingProxy> {
    const proxy = new PausingProxy(engine);
    await proxy.server.listen(socket);
    return proxy;
  }

  close(): Promise<void> {
    return this.server.close();
  }

  private async pass(from: IncomingMessage, to: ServerResponse): Promise<void> {
    const { method = '', url = '' } = from;
    await this.before(method, url);
    from.pipe(passOn(this.engine, from, to));
  }
}
