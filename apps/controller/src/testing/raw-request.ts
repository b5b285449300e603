import { type IncomingHttpHeaders, request as httpRequest } from 'node:http';

export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Up to its end; of an event stream what came in the first moment. */
  readonly body: string;
}

/** Time that an event stream is listened to, in milliseconds. */
const LISTEN_MS = 50;

/** Sends a request as it is written: no client in between makes a path or a header nicer. */
export function rawRequest(
  port: number,
  options: {
    readonly method?: string;
    readonly path: string;
    readonly headers?: Record<string, string>;
    readonly body?: string;
  },
): Promise<RawAnswer> {
  const { method = 'GET', path, headers = {}, body } = options;
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  return new Promise((resolve, reject) => {
    const sent = httpRequest(
      { host: '127.0.0.1', port, method, path, headers: { ...length, ...headers } },
      (response) => {
        let text = '';
        const done = (): void => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text });
        response.setEncoding('utf8').on('data', (part: string) => (text += part));
        response.on('end', done).on('error', done);
        if (!response.headers['content-type']?.startsWith('text/event-stream')) return;
        setTimeout(() => {
          done();
          sent.destroy();
        }, LISTEN_MS);
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}
