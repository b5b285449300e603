import { type ServerResponse } from 'node:http';
import { type Follower } from './follower.js';

/** Events that are looked at in one turn of the event loop for one reader. */
const BATCH = 64;

/** Milliseconds. */
export interface StreamTiming {
  /** Between two signs of life of a silent stream. */
  readonly lifeMs: number;
  /** Time in which a reader has to take something of what waits for it. */
  readonly stallMs: number;
}

export const STREAM_TIMING: StreamTiming = { lifeMs: 15_000, stallMs: 5000 };

const TOO_SLOW = 'this reader is too slow: read again what you show';

/**
 * Writes what a follower takes to one response, no faster than it is read.
 *
 * Invariants: no more than one batch waits in the response; the reader is told its position with the first bytes, and
 * again when the stream has been silent, so that it can go on from there; a reader that takes nothing for `stallMs` is
 * told to read again, which reaches it when it reads on, and the stream ends.
 */
export class EventStream {
  private stall: NodeJS.Timeout | undefined;
  private readonly life: NodeJS.Timeout;
  private endWait: () => void = () => undefined;
  private scheduled = false;
  private ended = false;

  constructor(
    private readonly response: ServerResponse,
    private readonly follower: Follower,
    private readonly timing: StreamTiming = STREAM_TIMING,
  ) {
    this.life = setInterval(() => this.sign(), timing.lifeMs);
    response.on('drain', () => this.drained());
    this.tellPosition();
    this.pump();
  }

  /** To be called when the response has closed. */
  close(): void {
    this.ended = true;
    clearInterval(this.life);
    clearTimeout(this.stall);
    this.endWait();
  }

  private pump(): void {
    if (this.ended || this.response.destroyed) return;
    if (this.response.writableNeedDrain) return this.expectProgress(this.response.writableLength);
    const frames = this.follower.take(BATCH).map(({ frame }) => frame);
    if (frames.length > 0) this.response.write(frames.join(''));
    if (this.response.writableNeedDrain) this.expectProgress(this.response.writableLength);
    else if (this.follower.isBehind) this.soon();
    else this.waitForMore();
  }

  private waitForMore(): void {
    this.endWait();
    this.endWait = this.follower.wait(() => this.soon());
  }

  /** Leaves room for others, and for more events to come, before it goes on. */
  private soon(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      this.pump();
    });
  }

  private drained(): void {
    clearTimeout(this.stall);
    this.soon();
  }

  /** @param before bytes that waited at the last look */
  private expectProgress(before: number): void {
    clearTimeout(this.stall);
    this.stall = setTimeout(() => {
      const now = this.response.writableLength;
      if (now < before) this.expectProgress(now);
      else this.cutOff();
    }, this.timing.stallMs);
  }

  private cutOff(): void {
    this.ended = true;
    clearInterval(this.life);
    this.response.end(this.follower.resync(TOO_SLOW).frame);
    this.stall = setTimeout(() => this.response.destroy(), this.timing.stallMs);
  }

  private sign(): void {
    if (!this.response.writableNeedDrain) this.tellPosition();
  }

  /** Only an id: clients note it, and see no event. */
  private tellPosition(): void {
    const { position } = this.follower;
    this.response.write(position === undefined ? ': alive\n\n' : `id: ${position}\n\n`);
  }
}
