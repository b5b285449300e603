import { FairleadError } from '@fairlead/domain';

/** One message of a stream of server-sent events. */
export interface SseMessage {
  readonly id: string;
  readonly event: string;
  readonly data: string;
}

/** Characters that a line or message may grow to: a stream without an end of line must not fill the memory. */
const LIMIT = 8 * 1024 * 1024;

/**
 * Cuts text as it arrives into messages, as WHATWG's HTML standard says (9.2.6), but for `retry`, which is only noted.
 * Invariants: `rest` holds no complete line; `data` holds the lines of the message that is not complete.
 */
export class SseParser {
  /** Milliseconds that the server asks clients to wait before they come again, once it has said so. */
  retryMs: number | undefined;
  /** Where the stream stands after the messages that are complete; empty: not told. Also moved by an id without data. */
  position = '';
  private rest = '';
  private id = '';
  private event = '';
  private data: string[] = [];

  push(text: string): SseMessage[] {
    const endsInReturn = text.endsWith('\r');
    const lines = (this.rest + (endsInReturn ? text.slice(0, -1) : text)).split(/\r\n|\n|\r/);
    this.rest = (lines.pop() ?? '') + (endsInReturn ? '\r' : '');
    if (this.rest.length > LIMIT) throw new FairleadError('too_large', 'The event stream has a line that does not end');
    return lines.flatMap((line) => this.readLine(line));
  }

  private readLine(line: string): SseMessage[] {
    if (line === '') return this.finish();
    const colon = line.indexOf(':');
    if (colon === 0) return [];
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'data') this.data.push(value);
    else if (field === 'event') this.event = value;
    else if (field === 'id' && !value.includes('\0')) this.id = value;
    else if (field === 'retry' && /^\d+$/.test(value)) this.retryMs = Number(value);
    return [];
  }

  private finish(): SseMessage[] {
    const { id, event, data } = this;
    this.event = '';
    this.data = [];
    this.position = id;
    return data.length === 0 ? [] : [{ id, event: event || 'message', data: data.join('\n') }];
  }
}

/** Messages of one answer's body, until it ends. Leaving the loop closes the connection. */
export async function* readMessages(body: ReadableStream<Uint8Array>, parser: SseParser): AsyncGenerator<SseMessage> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield* parser.push(decoder.decode(value, { stream: true }));
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
