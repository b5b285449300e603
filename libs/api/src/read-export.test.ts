import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { readExport } from './index.js';

const closers: (() => void)[] = [];
afterEach(() => closers.splice(0).forEach((close) => close()));

async function serve(answer: (response: ServerResponse) => void) {
  const asked: string[] = [];
  const server = createServer(({ url = '', headers }, response) => {
    asked.push(`${url} ${headers.accept}`);
    answer(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { asked, baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

async function read(pieces: AsyncIterable<string>): Promise<{ text: string; error?: unknown }> {
  let text = '';
  try {
    for await (const piece of pieces) text += piece;
    return { text };
  } catch (error) {
    return { text, error };
  }
}

describe('readExport', () => {
  it('gives the text as it came, also of characters that two pieces share', async () => {
    const { asked, baseUrl } = await serve((response) => {
      response.writeHead(200, { 'content-type': 'text/csv; charset=utf-8' });
      const bytes = Buffer.from('name\r\ncafé\r\n');
      response.write(bytes.subarray(0, 10), () => setTimeout(() => response.end(bytes.subarray(10)), 20));
    });
    expect(await read(readExport({ baseUrl }, { query: { format: 'csv', host: ['web-1'], sort: 'host' } }))).toEqual({
      text: 'name\r\ncafé\r\n',
    });
    expect(asked).toEqual(['/api/v1/networks/export?format=csv&host=web-1&sort=host text/csv']);
  });

  it('never takes a part for the whole', async () => {
    const { baseUrl } = await serve((response) => {
      response.writeHead(200, { 'content-type': 'text/csv' });
      response.write('name\r\n', () => response.destroy());
    });
    expect(await read(readExport({ baseUrl }, { query: { format: 'csv' } }))).toMatchObject({
      text: 'name\r\n',
      error: { code: 'controller_unavailable', message: expect.stringContaining('not all') },
    });
  });

  it('refuses what is no export', async () => {
    const { baseUrl } = await serve((response) => response.writeHead(200, { 'content-type': 'text/html' }).end('hi'));
    expect(await read(readExport({ baseUrl }, { query: { format: 'csv' } }))).toMatchObject({
      text: '',
      error: { code: 'internal', message: expect.stringContaining('text/html') },
    });
  });

  it('closes the connection of a reader that has enough', async () => {
    let closed: (() => void) | undefined;
    const gone = new Promise<void>((resolve) => (closed = resolve));
    const { baseUrl } = await serve((response) => {
      response.once('close', () => closed?.());
      response.writeHead(200, { 'content-type': 'application/json' }).write('[');
    });
    for await (const piece of readExport({ baseUrl }, { query: {} })) {
      expect(piece).toBe('[');
      break;
    }
    await gone;
  });
});
