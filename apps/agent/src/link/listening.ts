import { randomUUID } from 'node:crypto';
import { toFairleadError } from '@fairlead/domain';
import { AgentServer, type NetworkServiceHandlers } from '@fairlead/link';
import { pause } from '../concurrency/pause.js';
import type { Timing } from '../concurrency/timing.js';
import type { IdentityStore } from '../identity/identity-store.js';
import type { Log } from '../log.js';
import { Visitors } from './visitors.js';

type Recover = (visitors: Visitors) => Promise<void>;

export interface ListeningParts {
  readonly address: string;
  readonly handlers: NetworkServiceHandlers;
  /** Undefined for a Unix socket. */
  readonly identity: IdentityStore | undefined;
  /** Gets a new certificate from whoever comes; undefined where the agent dials for it. */
  readonly recover: Recover | undefined;
  readonly timing: Timing;
  readonly now: () => number;
  readonly log: Log;
}

/** Between two attempts to listen again at an address that is not free. */
const RETRY_MS = 5_000;

/**
 * The agent's own server at one address: on a Unix socket, or over mTLS with the host's identity.
 *
 * Invariants: a handshake shows the certificate that is installed then, and those of before stay open; while the
 * certificate has expired and the agent does not dial for another one itself, nobody is served, and whoever comes is
 * asked for it.
 */
export class Listening {
  private server: AgentServer | undefined;
  private news = new AbortController();

  private constructor(
    private readonly parts: ListeningParts,
    /** As bound. */
    readonly address: string,
    server: AgentServer,
  ) {
    this.server = server;
    parts.identity?.watch(() => {
      if (parts.identity?.identity !== undefined) this.server?.setIdentity(parts.identity.tls);
    });
  }

  /** @throws FairleadError `already_exists` for an address that is in use */
  static async open(parts: ListeningParts): Promise<Listening> {
    const server = makeServer(parts);
    return new Listening(parts, await server.listen(parts.address), server);
  }

  /** Waits for the end of each certificate and then for a new one, until `signal` aborts. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    const { identity } = this.parts;
    if (identity === undefined) return;
    while (!signal.aborted) await this.step(identity, signal);
  }

  /** Closes the connections over TCP: who dials again is told what is so by then. */
  beginAnew(): void {
    this.news.abort();
  }

  private async step(identity: IdentityStore, signal: AbortSignal): Promise<void> {
    const { timing, now, log, recover } = this.parts;
    const leftMs = recover === undefined ? Infinity : (identity.endsAt ?? 0) - now();
    try {
      if (leftMs <= 0) await this.renew(recover as Recover);
      else if (this.server === undefined) await this.serve();
      else if (this.news.signal.aborted) await this.close();
      else await pause(timing, leftMs, AbortSignal.any([signal, this.news.signal]));
    } catch (error) {
      log.warn('The agent does not listen at the moment', { reason: toFairleadError(error).message });
      await pause(timing, RETRY_MS, signal);
    }
  }

  async close(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    await server?.close();
  }

  private async renew(recover: Recover): Promise<void> {
    await this.close();
    const visitors = await Visitors.listen(this.address);
    this.parts.log.warn("The host's certificate has expired; waiting to be dialled", { address: this.address });
    try {
      await recover(visitors);
    } finally {
      await visitors.close();
    }
  }

  private async serve(): Promise<void> {
    const server = makeServer(this.parts);
    await server.listen(this.address);
    this.news = new AbortController();
    this.server = server;
  }
}

function makeServer({ handlers, identity }: ListeningParts): AgentServer {
  const own = identity?.identity;
  const tls = own === undefined || identity === undefined ? {} : { identity: identity.tls, clusterId: own.clusterId };
  return new AgentServer({ handlers, instanceId: randomUUID(), ...tls });
}
