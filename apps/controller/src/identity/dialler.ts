import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { type AddressRange, checkDialable, FairleadError, parseDialAddress, toFairleadError } from '@fairlead/domain';
import { type HostConnection } from '@fairlead/link';
import { type Clock } from '../clock.js';
import { type Log } from '../log.js';
import { type IdentitiesStore } from './identities.store.js';
import { type StoredIdentity } from './identity.js';

/** How the dialler reaches agents and hands on what it has reached. */
export interface DiallerParts {
  readonly identities: Pick<IdentitiesStore, 'all' | 'find' | 'listen'>;
  readonly ranges: readonly AddressRange[];
  /** Dials an agent that has joined; rejects unless the certificate there is that of `agentId`. */
  readonly dial: (address: string, agentId: string) => Promise<HostConnection>;
  /** Serves a socket as if it had been dialled by the agent; resolves when it is closed. */
  readonly accept: (socket: Socket) => Promise<unknown>;
  /** Takes the connection in; rejects where it is refused. */
  readonly attach: (connection: HostConnection) => Promise<void>;
  readonly log: Log;
  readonly now: Clock;
  /** 0 (included) to 1 (excluded). */
  readonly random?: () => number;
  /** Resolves after `ms`, or when `signal` aborts. */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** Longest pause before a host is dialled that has joined, and before one whose operator may be waiting for it. */
const LONGEST_MS = 30_000;
const LONGEST_PENDING_MS = 3_000;
const FIRST_MS = 100;
/** A session of this length was a good one: the next pause is a short one again. */
const HEALTHY_MS = 30_000;
const CONNECT_WITHIN_MS = 5_000;

const sleepUnlessAborted = async (ms: number, signal: AbortSignal): Promise<void> => {
  await delay(ms, undefined, { signal }).catch(() => undefined);
};

/**
 * Keeps a connection to every host whose agent listens.
 *
 * Invariants: `loops` holds one loop for each identity that is to be dialled, pending or active, and none for others; a
 * loop has at most one connection; it dials the address that was resolved when the host was added, and only while that
 * is within the ranges; an aborted loop begins nothing new.
 */
export class Dialler {
  private readonly loops = new Map<string, { readonly stop: AbortController; readonly ended: Promise<void> }>();
  private stopped = false;
  private readonly random: () => number;
  private readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;

  constructor(private readonly parts: DiallerParts) {
    this.random = parts.random ?? Math.random;
    this.sleep = parts.sleep ?? sleepUnlessAborted;
    parts.identities.listen((identity) => this.consider(identity));
  }

  start(): void {
    for (const identity of this.parts.identities.all()) this.consider(identity);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    for (const { stop } of this.loops.values()) stop.abort();
    await Promise.all(Array.from(this.loops.values(), ({ ended }) => ended));
  }

  private consider(identity: StoredIdentity): void {
    const wanted = !this.stopped && identity.address !== null && isDialled(identity);
    const loop = this.loops.get(identity.id);
    if (!wanted) loop?.stop.abort();
    if (!wanted || loop?.stop.signal.aborted === false) return;
    const stop = new AbortController();
    const before = loop?.ended ?? Promise.resolve();
    const ended = before.then(() => this.run(identity.id, stop.signal));
    this.loops.set(identity.id, { stop, ended });
    void ended.then(() => {
      if (this.loops.get(identity.id)?.stop === stop) this.loops.delete(identity.id);
    });
  }

  /** Never rejects. */
  private async run(id: string, signal: AbortSignal): Promise<void> {
    let failures = 0;
    while (!signal.aborted) {
      const identity = this.parts.identities.find(id);
      if (identity === undefined || identity.address === null || !isDialled(identity)) return;
      const { state, serial, address } = identity;
      const begun = performance.now();
      try {
        if (waitsForCertificate(identity, this.parts.now(), failures)) await this.offer(address, signal);
        else await this.connect(identity, address, signal);
      } catch (error) {
        const { code, message: reason } = toFairleadError(error);
        const details = { host: identity.hostName, address, code, reason };
        if (failures === 0 && !signal.aborted) this.parts.log('an agent that listens cannot be reached', details);
      }
      const after = this.parts.identities.find(id);
      const changed = after?.state !== state || after.serial !== serial;
      failures = changed || performance.now() - begun >= HEALTHY_MS ? 0 : failures + 1;
      const longest = state === 'pending' ? LONGEST_PENDING_MS : LONGEST_MS;
      if (!changed) await this.sleep(Math.min(longest, FIRST_MS * 2 ** failures) * this.random(), signal);
    }
  }

  /** The agent that waits there may join, or recover, over this socket. */
  private async offer(address: string, signal: AbortSignal): Promise<void> {
    const { host, port } = this.target(address);
    const socket = await openSocket(host, port, signal);
    const close = (): void => void socket.destroy();
    signal.addEventListener('abort', close);
    try {
      await this.parts.accept(socket);
    } finally {
      signal.removeEventListener('abort', close);
      socket.destroy();
    }
  }

  private async connect({ id, hostName }: StoredIdentity, address: string, signal: AbortSignal): Promise<void> {
    this.target(address);
    const connection = await unlessAborted(this.parts.dial(address, id), signal);
    const close = (): void => connection.close(`host '${hostName}' is no longer dialled`);
    signal.addEventListener('abort', close);
    try {
      if (signal.aborted) return close();
      await this.parts.attach(connection);
      await connection.closed;
    } catch (error) {
      connection.close(toFairleadError(error).message);
      throw error;
    } finally {
      signal.removeEventListener('abort', close);
    }
  }

  /** The ranges may have changed since the host was added. @throws FairleadError `forbidden`, `unsupported` */
  private target(address: string): { readonly host: string; readonly port: number } {
    const { host, port } = parseDialAddress(address);
    checkDialable([host], this.parts.ranges);
    return { host, port };
  }
}

/**
 * Whether the agent has no certificate to serve with, and so waits for who brings one. One that may not have got its
 * newest certificate may hold one that has expired: it is tried both ways in turn.
 */
const waitsForCertificate = ({ state, notAfter, confirmed }: StoredIdentity, now: number, failures: number): boolean =>
  state === 'pending' || notAfter <= now || (!confirmed && failures % 2 === 1);

const isDialled = ({ state }: StoredIdentity): boolean => state === 'pending' || state === 'active';

/** Waits for nobody who is no longer wanted: a connection that comes later is closed. */
function unlessAborted(dialling: Promise<HostConnection>, signal: AbortSignal): Promise<HostConnection> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(new FairleadError('host_unavailable', 'The host is no longer dialled'));
    signal.addEventListener('abort', abort);
    const done = (): void => signal.removeEventListener('abort', abort);
    dialling
      .finally(done)
      .then(
        (connection) => (signal.aborted ? connection.close('the host is no longer dialled') : resolve(connection)),
        reject,
      );
    if (signal.aborted) abort();
  });
}

function openSocket(host: string, port: number, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    const fail = (why: string): void => {
      socket.destroy();
      reject(new FairleadError('host_unavailable', `Nothing answers at ${host} port ${port} (${why})`));
    };
    const late = (): void => fail(`no answer within ${CONNECT_WITHIN_MS} ms`);
    const abort = (): void => fail('given up');
    socket.setTimeout(CONNECT_WITHIN_MS, late);
    signal.addEventListener('abort', abort);
    // Stays: what befalls the socket later ends whoever uses it, never the process.
    socket.on('error', (error: NodeJS.ErrnoException) => fail(error.code ?? error.message));
    socket.once('connect', () => {
      socket.setTimeout(0);
      socket.off('timeout', late);
      signal.removeEventListener('abort', abort);
      resolve(socket);
    });
    if (signal.aborted) abort();
  });
}
