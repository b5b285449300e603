import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AgentServer } from '../agent-server.js';
import type { HostConnection, NetworkServiceHandlers } from '../contract.js';
import { dialAgent } from '../dialled-connection.js';
import { connectInProcess } from '../in-process.js';
import type { LinkClientOptions } from '../link-client.js';
import { LinkClient } from '../link-client.js';
import type { LinkServerOptions } from '../link-server.js';
import { LinkServer } from '../link-server.js';
import { TestAuthority } from './authority.js';
import { deferred, MemoryLog } from './fake-agent.js';

/** Ends what a test has begun, last first. */
export class Cleanup {
  private readonly acts: (() => unknown)[] = [];

  add(act: () => unknown): void {
    this.acts.push(act);
  }

  async run(): Promise<void> {
    for (const act of this.acts.splice(0).reverse()) await act();
  }

  folder(): string {
    const path = mkdtempSync(join(tmpdir(), 'fairlead-link-'));
    this.add(() => rmSync(path, { recursive: true, force: true }));
    return path;
  }
}

export interface Rig {
  readonly connection: HostConnection;
  /** Cuts the link from below, as a network would. */
  readonly cut: () => unknown;
}

export type Carrier = (handlers: NetworkServiceHandlers, cleanup: Cleanup) => Promise<Rig>;

/** A relay between two sockets of this machine that can stop forwarding, or break; of the same kind as its target. */
export async function relay(cleanup: Cleanup, target: string) {
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (inner) => {
    const [host, port] = target.split(':');
    const outer = target.startsWith('unix:') ? connect(target.slice(5)) : connect(Number(port), host);
    for (const socket of [inner, outer]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => {});
      socket.on('close', () => (inner.destroy(), outer.destroy()));
    }
    inner.pipe(outer).pipe(inner);
  });
  const path = target.startsWith('unix:') ? `${cleanup.folder()}/relay.sock` : undefined;
  await new Promise<void>((resolve) =>
    path === undefined ? server.listen(0, '127.0.0.1', resolve) : server.listen(path, resolve),
  );
  const address = path === undefined ? `127.0.0.1:${(server.address() as AddressInfo).port}` : `unix:${path}`;
  const breakOff = (): void => {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
  };
  const freeze = (): void => {
    for (const socket of sockets) socket.unpipe().pause();
  };
  cleanup.add(() => (breakOff(), new Promise((resolve) => server.close(resolve))));
  return { address, breakOff, freeze };
}

export interface LinkOptions {
  readonly listen?: string;
  readonly server?: Partial<LinkServerOptions>;
  readonly client?: Partial<LinkClientOptions>;
}

/** A controller's server and an agent's client, joined; `sessions` yields each connection as it comes. */
export async function startLink(handlers: NetworkServiceHandlers, cleanup: Cleanup, options: LinkOptions = {}) {
  const log = new MemoryLog();
  const waiting: ((connection: HostConnection) => void)[] = [];
  const arrived: HostConnection[] = [];
  const onConnection = (connection: HostConnection): void => {
    const taker = waiting.shift();
    if (taker === undefined) arrived.push(connection);
    else taker(connection);
  };
  const server = new LinkServer({ onConnection, log, ...options.server });
  cleanup.add(() => server.close());
  const address = await server.listen(options.listen ?? `unix:${cleanup.folder()}/link.sock`);
  const wire = await relay(cleanup, address);
  const stop = new AbortController();
  const instanceId = 'instance-1';
  const settings = { random: () => 0, handlers, instanceId, log, address: wire.address, ...options.client };
  const client = new LinkClient(settings);
  const running = client.run(stop.signal);
  cleanup.add(() => (stop.abort(), running));
  const next = (): Promise<HostConnection> => {
    const [first] = arrived.splice(0, 1);
    if (first !== undefined) return Promise.resolve(first);
    const { promise, resolve } = deferred<HostConnection>();
    waiting.push(resolve);
    return promise;
  };
  return { server, address, log, wire, next, stop, running };
}

const joined = async (handlers: NetworkServiceHandlers, cleanup: Cleanup, options: LinkOptions): Promise<Rig> => {
  const { next, wire, stop } = await startLink(handlers, cleanup, options);
  const connection = await next();
  return { connection, cut: () => (stop.abort(), wire.breakOff()) };
};

const local: Carrier = (handlers, cleanup) => joined(handlers, cleanup, {});

/** One for all tests of a file: making keys takes time. */
let authority: Promise<TestAuthority> | undefined;
export const testAuthority = (): Promise<TestAuthority> => (authority ??= TestAuthority.create());

const overTls: Carrier = async (handlers, cleanup) => {
  const ca = await testAuthority();
  const [server, client] = [await ca.controller(), await ca.agent()];
  const listen = '127.0.0.1:0';
  return joined(handlers, cleanup, { listen, server: { identity: server }, client: { identity: () => client } });
};

const dialledOverTls: Carrier = async (handlers, cleanup) => {
  const ca = await testAuthority();
  const agentId = randomUUID();
  const server = new AgentServer({ handlers, instanceId: 'instance-1', identity: await ca.agent(agentId) });
  cleanup.add(() => server.close());
  const wire = await relay(cleanup, await server.listen('127.0.0.1:0'));
  const connection = await dialAgent(wire.address, { identity: await ca.controller(), agentId });
  cleanup.add(() => connection.close('the test is over'));
  return { connection, cut: wire.breakOff };
};

const dialled: Carrier = async (handlers, cleanup) => {
  const server = new AgentServer({ handlers, instanceId: 'instance-1' });
  cleanup.add(() => server.close());
  const wire = await relay(cleanup, await server.listen(`unix:${cleanup.folder()}/agent.sock`));
  const connection = await dialAgent(wire.address);
  cleanup.add(() => connection.close('the test is over'));
  return { connection, cut: wire.breakOff };
};

const inProcess: Carrier = async (handlers) => {
  const connection = await connectInProcess(handlers, { instanceId: 'instance-1' });
  return { connection, cut: () => connection.close('the link was cut') };
};

/** Every way a controller reaches an agent. */
export const carriers: Readonly<Record<string, Carrier>> = {
  'a session over a Unix socket': local,
  'a session over mTLS': overTls,
  'a dialled agent': dialled,
  'an agent dialled over mTLS': dialledOverTls,
  'a connection within one process': inProcess,
};
