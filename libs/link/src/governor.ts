import type { Socket } from 'node:net';
import type { SteadyClock } from './call-scope.js';
import type { Rate } from './limits.js';
import { TokenBucket } from './token-bucket.js';

/** How often the counters are looked at, in milliseconds. */
const SAMPLE_MS = 1_000;

/**
 * Ends connections that send too many bytes, whatever these are: HTTP/2 takes the bytes from the socket's handle, so
 * that no event tells of them, but the kernel socket's own counter does (TLS records that carry nothing included).
 *
 * Invariants: one timer for all connections, none while there is no connection; a connection is told off once.
 */
export class Governor {
  private readonly watched = new Map<Socket, { readonly bucket: TokenBucket; seen: number }>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly rate: Rate,
    private readonly clock: SteadyClock,
    private readonly onTooMuch: (socket: Socket, bytes: number) => void,
    private readonly sampleMs = SAMPLE_MS,
  ) {}

  watch(socket: Socket): void {
    const bucket = new TokenBucket(this.rate.perSecond, this.rate.burst, this.clock());
    this.watched.set(socket, { bucket, seen: socket.bytesRead });
    socket.once('close', () => this.forget(socket));
    this.timer ??= setInterval(() => this.sample(), this.sampleMs);
  }

  private sample(): void {
    const now = this.clock();
    for (const [socket, entry] of this.watched) {
      const bytes = socket.bytesRead - entry.seen;
      entry.seen = socket.bytesRead;
      if (entry.bucket.charge(bytes, now)) continue;
      this.forget(socket);
      this.onTooMuch(socket, bytes);
      socket.destroy();
    }
  }

  private forget(socket: Socket): void {
    this.watched.delete(socket);
    if (this.watched.size > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }
}
