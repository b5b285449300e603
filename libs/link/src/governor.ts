import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { SteadyClock } from './call-scope.js';
import type { Rate } from './limits.js';
import { TokenBucket } from './token-bucket.js';

export interface GovernorOptions {
  /** Bytes of one connection, TLS included. */
  readonly bytes: Rate;
  /** Bytes that TLS adds to what it carries. */
  readonly tls: Rate;
  readonly clock: SteadyClock;
  /** How often the counters are looked at, in milliseconds. */
  readonly sampleMs: number;
  readonly onTooMuch: (socket: Socket, what: string) => void;
}

interface Watched {
  readonly bytes: TokenBucket;
  readonly tls: TokenBucket;
  readonly carried: () => number;
  seen: number;
  seenCarried: number;
}

/**
 * Ends connections that send too many bytes, whatever these are: HTTP/2 takes the bytes from the socket's handle, so
 * that no event tells of them, but the kernel socket's own counter does. What TLS itself adds is counted apart: a
 * request for new keys has 27 bytes, costs us ten microseconds, and nothing else tells of it.
 *
 * Invariants: one timer for all connections, none while there is no connection; a connection is told off once.
 */
export class Governor {
  private readonly watched = new Map<Socket, Watched>();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: GovernorOptions) {}

  /** @param secured the TLS socket over it, where there is one already */
  watch(socket: Socket, secured?: TLSSocket): void {
    const { bytes, tls, clock, sampleMs } = this.options;
    const carried = (): number => secured?.bytesRead ?? socket.bytesRead;
    this.watched.set(socket, {
      bytes: new TokenBucket(bytes.perSecond, bytes.burst, clock()),
      tls: new TokenBucket(tls.perSecond, tls.burst, clock()),
      carried,
      seen: socket.bytesRead,
      seenCarried: carried(),
    });
    socket.once('close', () => this.forget(socket));
    this.timer ??= setInterval(() => this.sample(), sampleMs);
  }

  forget(socket: Socket): void {
    this.watched.delete(socket);
    if (this.watched.size > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private sample(): void {
    for (const [socket, entry] of this.watched) {
      const what = this.excess(socket, entry);
      if (what === undefined) continue;
      this.forget(socket);
      this.options.onTooMuch(socket, what);
      socket.destroy();
    }
  }

  private excess(socket: Socket, entry: Watched): string | undefined {
    const now = this.options.clock();
    const bytes = socket.bytesRead - entry.seen;
    const carried = entry.carried() - entry.seenCarried;
    entry.seen += bytes;
    entry.seenCarried += carried;
    if (!entry.bytes.charge(bytes, now)) return `sent ${bytes} bytes at once, and more than its share before`;
    if (!entry.tls.charge(bytes - carried, now)) return `sent ${bytes - carried} bytes of TLS that carry nothing`;
    return undefined;
  }
}
