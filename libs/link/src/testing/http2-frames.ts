import type { Socket } from 'node:net';

const [HEADERS, RESET, SETTINGS, PING, WINDOW_UPDATE, CONTINUATION] = [1, 3, 4, 6, 8, 9] as const;
const [END_STREAM, END_HEADERS] = [1, 4] as const;

/** Writes HTTP/2 frames by hand: in any order, with any content. */
export class FrameWriter {
  private lastStream = -1;

  constructor(private readonly socket: Socket) {}

  /** The client's preface, and empty SETTINGS. */
  open(): void {
    this.socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
    this.settings();
  }

  repeat(times: number, act: () => void): void {
    this.socket.cork();
    for (let n = 0; n < times; n++) act();
    this.socket.uncork();
  }

  frame(type: number, flags: number, stream: number, payload: Buffer): void {
    const head = Buffer.alloc(9);
    head.writeUIntBE(payload.length, 0, 3);
    head[3] = type;
    head[4] = flags;
    head.writeUInt32BE(stream, 5);
    this.socket.write(Buffer.concat([head, payload]));
  }

  ping(): void {
    this.frame(PING, 0, 0, Buffer.alloc(8));
  }

  settings(): void {
    this.frame(SETTINGS, 0, 0, Buffer.alloc(0));
  }

  windowUpdate(increment: number): void {
    const payload = Buffer.alloc(4);
    payload.writeUInt32BE(increment);
    this.frame(WINDOW_UPDATE, 0, 0, payload);
  }

  /** Begins a call, and leaves it open. */
  call(path: string): { reset: () => void } {
    const stream = this.nextStream();
    this.frame(HEADERS, END_HEADERS, stream, block({ ':path': path }));
    const payload = Buffer.alloc(4);
    payload.writeUInt32BE(8);
    return { reset: () => this.frame(RESET, 0, stream, payload) };
  }

  rawHeaders(payload: Buffer): void {
    this.frame(HEADERS, END_HEADERS | END_STREAM, this.nextStream(), payload);
  }

  /** One call whose headers never end. */
  endlessHeaders(frames: number): void {
    if (this.lastStream < 0) this.frame(HEADERS, END_STREAM, this.nextStream(), block({ ':path': '/' }));
    this.repeat(frames, () => this.frame(CONTINUATION, 0, this.lastStream, literal('x', 'y'.repeat(100))));
  }

  private nextStream(): number {
    return (this.lastStream += 2);
  }
}

const literal = (name: string, value: string): Buffer =>
  Buffer.concat([Buffer.from([0, name.length]), Buffer.from(name), Buffer.from([value.length]), Buffer.from(value)]);

/** POST by https with the given headers, none of them compressed. */
const block = (headers: Record<string, string>): Buffer =>
  Buffer.concat([
    Buffer.from([0x83, 0x87]),
    ...Object.entries({ ':authority': 'x', ...headers, 'content-type': 'application/grpc', te: 'trailers' }).map(
      ([name, value]) => literal(name, value),
    ),
  ]);
