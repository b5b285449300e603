import { request } from 'node:http';

export interface Answer {
  status: number;
  body: string;
}

export interface Question {
  method?: 'GET' | 'POST';
  path: string;
  /** A tar archive. */
  body?: Buffer;
  /** In milliseconds; default 60,000. */
  timeout?: number;
}

/**
 * One question to an engine's HTTP API.
 * @throws the error of the socket if there is no answer.
 */
export function ask(socketPath: string, { method = 'GET', path, body, timeout = 60_000 }: Question): Promise<Answer> {
  const headers = body ? { 'content-type': 'application/x-tar', 'content-length': body.length } : {};
  return new Promise((resolve, reject) => {
    const call = request({ socketPath, method, path, headers, timeout, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }));
    });
    call.on('timeout', () => call.destroy(new Error(`no answer within ${timeout} ms`)));
    call.on('error', reject);
    call.end(body);
  });
}
