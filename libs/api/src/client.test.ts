import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { FairleadError } from '@fairlead/domain';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  carriedNothing,
  createClient,
  type EventView,
  followEvents,
  networkDetail,
  operation,
  type OperationView,
  PROBLEM_MEDIA_TYPE,
  ProblemError,
  toProblem,
} from './index.js';

const aNetwork = networkDetail.meta()?.['example'];
const anOperation = operation.meta()?.['example'] as OperationView;

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}
const closers: (() => void)[] = [];
afterEach(() => {
  closers.splice(0).forEach((close) => close());
});

/** A server that notes what it is asked and answers as told. */
async function serve(answer: (response: ServerResponse, nth: number) => void) {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      seen.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body });
      answer(response, seen.length);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { seen, baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

const json = (response: ServerResponse, status: number, body: unknown, type = 'application/json'): void => {
  response.writeHead(status, { 'content-type': type }).end(JSON.stringify(body));
};

const failure = async (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('the client', () => {
  it('puts parameters into the path, lists into repeated keys, and leaves absent values out', async () => {
    const { seen, baseUrl } = await serve((response) => json(response, 200, aNetwork));
    const client = createClient({ baseUrl: `${baseUrl}/` });
    await client.getNetwork({ params: { host: 'web-1', network: 'a/b ?' }, query: { live: true } });
    expect(seen[0]).toMatchObject({ method: 'GET', url: '/api/v1/hosts/web-1/networks/a%2Fb%20%3F?live=true' });
  });

  it('sends the key and the wish not to wait with a command', async () => {
    const { seen, baseUrl } = await serve((response) => json(response, 202, anOperation));
    const client = createClient({ baseUrl, headers: { 'user-agent': 'test' } });
    const request = { params: { host: 'web-1' }, body: { name: 'n' }, idempotencyKey: 'k-1', respondAsync: true };
    expect(await client.createNetwork(request)).toEqual(anOperation);
    expect(seen[0]?.headers).toMatchObject({ 'idempotency-key': 'k-1', prefer: 'respond-async', 'user-agent': 'test' });
    expect(JSON.parse(seen[0]?.body ?? '')).toEqual({ name: 'n' });
  });

  it('gives nothing for an answer without a body', async () => {
    const { baseUrl } = await serve((response) => response.writeHead(204).end());
    expect(await createClient({ baseUrl }).removeHost({ params: { host: 'web-1' } })).toBeUndefined();
  });

  it('keeps fields that only a newer controller knows', async () => {
    const { baseUrl } = await serve((response) => json(response, 200, { ...anOperation, mood: 'calm' }));
    const view = await createClient({ baseUrl }).getOperation({ params: { operation: '1' } });
    expect(view).toHaveProperty('mood', 'calm');
  });

  it('throws the error of a problem, with its operation', async () => {
    const error = new FairleadError('network_in_use', 'used by one', { hint: 'Disconnect it.' });
    const body = toProblem(error, { instance: '/x', operation: anOperation });
    const { baseUrl } = await serve((response) => json(response, 409, body, PROBLEM_MEDIA_TYPE));
    const thrown = await failure(createClient({ baseUrl }).removeNetwork({ params: { host: 'h', network: 'n' } }));
    expect(thrown).toBeInstanceOf(ProblemError);
    expect(thrown).toMatchObject({ code: 'network_in_use', hint: 'Disconnect it.', operation: { id: anOperation.id } });
  });

  it('says so when something else answers', async () => {
    const { baseUrl } = await serve((response) => response.writeHead(502).end('<html>'));
    expect(await failure(createClient({ baseUrl }).listHosts())).toMatchObject({
      code: 'internal',
      message: expect.stringContaining("is not Fairlead's: 502 Bad Gateway"),
    });
  });

  it('says what is wrong with an answer that does not fit', async () => {
    const { baseUrl } = await serve((response) => json(response, 200, { items: 1 }));
    expect(await failure(createClient({ baseUrl }).listHosts())).toMatchObject({
      message: expect.stringContaining('items: '),
    });
  });

  it('says how to start a controller where none answers', async () => {
    const closed = createTcpServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => closed.once('listening', resolve));
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    expect(await failure(createClient({ baseUrl: `http://127.0.0.1:${port}` }).listHosts())).toMatchObject({
      code: 'controller_unavailable',
      message: expect.stringContaining('ECONNREFUSED'),
      hint: expect.stringContaining('fairlead up'),
    });
  });

  it('tells a lost answer from a refusal', async () => {
    const { baseUrl } = await serve((response) => response.socket?.destroy());
    const lost = await failure(createClient({ baseUrl }).listHosts());
    expect(lost).toMatchObject({ code: 'controller_unavailable' });
    expect(carriedNothing(lost as FairleadError)).toBe(false);
  });

  it('knows that nothing was sent where no TLS or no trusted certificate answers, and says what to do', async () => {
    const { baseUrl, seen } = await serve((response) => json(response, 200, {}));
    const untrusted = (code: string) => () =>
      Promise.reject(new TypeError('fetch failed', { cause: Object.assign(new Error('no'), { code }) }));
    const plain = createClient({ baseUrl: baseUrl.replace('http:', 'https:') });
    const stranger = createClient({ baseUrl, fetch: untrusted('DEPTH_ZERO_SELF_SIGNED_CERT') });
    const misnamed = createClient({ baseUrl, fetch: untrusted('ERR_TLS_CERT_ALTNAME_INVALID') });
    for (const [client, hint, message] of [
      [plain, 'http://', /^No controller answers at https:\S+: wrong version number$/],
      [stranger, 'NODE_EXTRA_CA_CERTS', /no$/],
      [misnamed, 'NODE_EXTRA_CA_CERTS', /no$/],
    ] as const) {
      const error = (await failure(client.listHosts())) as FairleadError;
      expect(error).toMatchObject({
        code: 'controller_unavailable',
        message: expect.stringMatching(message),
        hint: expect.stringContaining(hint),
      });
      expect(carriedNothing(error)).toBe(true);
    }
    expect(seen).toEqual([]);
  });

  it('throws the reason of its caller’s signal', async () => {
    const { baseUrl } = await serve(() => undefined);
    const reason = new Error('enough');
    expect(await failure(createClient({ baseUrl }).listHosts({ signal: AbortSignal.abort(reason) }))).toBe(reason);
  });

  it.each(['', '.', '..'])('asks for no network called %j, which an address cannot name', async (network) => {
    const { baseUrl, seen } = await serve((response) => json(response, 200, aNetwork));
    const thrown = await failure(createClient({ baseUrl }).removeNetwork({ params: { host: 'h', network } }));
    expect(thrown).toMatchObject({ code: 'invalid_argument' });
    expect(seen).toEqual([]);
  });
});

describe('credentials', () => {
  it('are asked for at each request and sent in a header, never in the address', async () => {
    const { seen, baseUrl } = await serve((response) => json(response, 200, { items: [], total: 0, nextCursor: null }));
    const tokens = ['flt1.first', undefined];
    const client = createClient({ baseUrl, token: () => tokens.shift() });
    await client.listHosts();
    await client.listHosts();
    expect(seen.map(({ headers }) => headers.authorization)).toEqual(['Bearer flt1.first', undefined]);
    expect(seen.map(({ url }) => url)).toEqual(['/api/v1/hosts', '/api/v1/hosts']);
  });

  it.each([301, 302, 307, 308])('do not follow a redirect (%i)', async (status) => {
    const elsewhere = await serve((response) => json(response, 200, { items: [], total: 0, nextCursor: null }));
    const { baseUrl } = await serve((response) =>
      response.writeHead(status, { location: `${elsewhere.baseUrl}/api/v1/hosts` }).end(),
    );
    const thrown = await failure(createClient({ baseUrl, token: () => 'flt1.secret' }).listHosts());
    expect(thrown).toMatchObject({ code: 'internal', message: expect.stringContaining(elsewhere.baseUrl) });
    expect(String(thrown)).not.toContain('flt1.secret');
    expect(elsewhere.seen).toEqual([]);
  });

  it('send nothing where they cannot be found out', async () => {
    const { seen, baseUrl } = await serve((response) => json(response, 200, anOperation));
    const fault = new FairleadError('forbidden', 'others may read it');
    const token = (): never => {
      throw fault;
    };
    expect(await failure(createClient({ baseUrl, token }).listHosts())).toBe(fault);
    expect(seen).toEqual([]);
  });

  it('let the caller say what can be done where they are missing', async () => {
    const body = toProblem(new FairleadError('unauthenticated', 'No credentials'), { instance: '/x' });
    const { baseUrl } = await serve((response) => json(response, 401, body, PROBLEM_MEDIA_TYPE));
    const seen: [string, string | undefined][] = [];
    const better = new FairleadError('unauthenticated', 'Sign in first');
    const onUnauthenticated = ({ message }: FairleadError, token: string | undefined): FairleadError => {
      seen.push([message, token]);
      return better;
    };
    expect(await failure(createClient({ baseUrl }).whoami())).toMatchObject({ code: 'unauthenticated' });
    expect(await failure(createClient({ baseUrl, onUnauthenticated }).whoami())).toBe(better);
    const tokens = ['flt1.first', 'flt1.second'];
    const token = (): string | undefined => tokens.shift();
    expect(await failure(followEvents({ baseUrl, onUnauthenticated, token }).next())).toBe(better);
    expect(seen).toEqual([
      ['No credentials', undefined],
      ['No credentials', 'flt1.first'],
    ]);
  });

  it.each(['', '<html>', '{}'])('are missing also where a proxy says so in its own way: %j', async (body) => {
    const { baseUrl } = await serve((response) => response.writeHead(401).end(body));
    expect(await failure(createClient({ baseUrl }).whoami())).toMatchObject({
      code: 'unauthenticated',
      hint: expect.stringContaining('fairlead login'),
    });
  });
});

describe('followEvents', () => {
  const removed = (id: number): EventView => ({
    id: String(id),
    at: '2026-11-24T09:30:00.000Z',
    type: 'network.removed',
    host: 'web-1',
    data: { id: 'a', name: 'my-net' },
  });
  const write = (response: ServerResponse, ...events: unknown[]): void => {
    if (!response.headersSent) response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const view of events) {
      response.write(`id: ${(view as { id: string }).id}\ndata: ${JSON.stringify(view)}\n\n`);
    }
  };

  it('goes on after the last event when the stream is lost, and passes over unknown types', async () => {
    const { seen, baseUrl } = await serve((response, nth) => {
      if (nth === 1) write(response, removed(1), { ...removed(2), type: 'moon.risen' });
      if (nth === 1) response.end();
      if (nth === 2) response.socket?.destroy();
      if (nth === 3) write(response, removed(3));
    });
    const stop = new AbortController();
    const lost: number[] = [];
    const got: string[] = [];
    let opened = 0;
    const options = {
      query: { host: ['web-1'] },
      signal: stop.signal,
      onOpened: () => void opened++,
      onLost: (_: FairleadError, waitMs: number) => void lost.push(waitMs),
      sleep: () => Promise.resolve(),
    };
    for await (const view of followEvents({ baseUrl }, options)) {
      got.push(view.id);
      if (view.id === '3') stop.abort();
    }
    expect(got).toEqual(['1', '3']);
    expect(lost).toEqual([500, 1000]);
    expect(opened).toBe(2);
    expect(seen.map(({ headers }) => headers['last-event-id'])).toEqual([undefined, '2', '2']);
    expect(seen[0]?.url).toBe('/api/v1/events?host=web-1');
  });

  it('goes on from where the stream stood, where it breaks before the first event', async () => {
    const { seen, baseUrl } = await serve((response, nth) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      if (nth === 1) response.write('id: 7\n\n', () => response.destroy());
      else if (nth === 2) response.write('id: 7\n\nid: 8\ndata: {"half"', () => response.destroy());
      else write(response, removed(8));
    });
    const stop = new AbortController();
    const events = followEvents({ baseUrl }, { signal: stop.signal, sleep: () => Promise.resolve() });
    expect((await events.next()).value).toMatchObject({ id: '8' });
    stop.abort();
    await events.next();
    expect(seen.map(({ headers }) => headers['last-event-id'])).toEqual([undefined, '7', '7']);
  });

  const refuse = (response: ServerResponse, error: FairleadError): void => {
    const body = toProblem(error, { instance: '/x' });
    json(response, body.status, body, PROBLEM_MEDIA_TYPE);
  };

  it.each(['overloaded', 'storage_failed'] as const)('tries again where that can help: %s', async (code) => {
    const { baseUrl } = await serve((response, nth) => {
      if (nth === 2 || nth === 3) return refuse(response, new FairleadError(code, 'not now'));
      write(response, removed(nth));
      response.end();
    });
    const events = followEvents({ baseUrl }, { sleep: () => Promise.resolve() });
    expect((await events.next()).value).toMatchObject({ id: '1' });
    expect((await events.next()).value).toMatchObject({ id: '4' });
    await events.return(undefined);
  });

  it('waits out as many refusals of its credentials as it is told, a moment each, and goes on where it was', async () => {
    const refusal = new FairleadError('unauthenticated', 'who?');
    const { baseUrl, seen } = await serve((response, nth) => {
      if (nth === 2) response.socket?.destroy();
      else if (nth > 1 && nth !== 5) refuse(response, refusal);
      else write(response, removed(nth));
      response.end();
    });
    const slept: number[] = [];
    const sleep = (ms: number): Promise<void> => Promise.resolve(void slept.push(ms));
    const events = followEvents({ baseUrl }, { sleep, refusals: 2 });
    expect((await events.next()).value).toMatchObject({ id: '1' });
    expect((await events.next()).value).toMatchObject({ id: '5' });
    expect(slept).toEqual([500, 1000, 500, 500]);
    expect(await failure(events.next())).toMatchObject({ code: 'unauthenticated' });
    expect(seen.map(({ headers }) => headers['last-event-id'])).toEqual([undefined, '1', '1', '1', '1', '5', '5', '5']);
  });

  it('takes a refusal for final where it is not told otherwise', async () => {
    const { baseUrl, seen } = await serve((response, nth) => {
      if (nth > 1) return refuse(response, new FairleadError('unauthenticated', 'who?'));
      write(response, removed(1));
      response.end();
    });
    const events = followEvents({ baseUrl }, { sleep: () => Promise.resolve() });
    await events.next();
    expect(await failure(events.next())).toMatchObject({ code: 'unauthenticated' });
    expect(seen).toHaveLength(2);
  });

  it.each(['controller_unavailable', 'overloaded'] as const)(
    'fails where the first attempt fails: %s',
    async (code) => {
      const { baseUrl } = await serve((response) =>
        code === 'overloaded' ? refuse(response, new FairleadError(code, 'not now')) : response.socket?.destroy(),
      );
      const first = followEvents({ baseUrl }).next();
      expect(await failure(first)).toMatchObject({ code });
    },
  );

  it('fails at any time for a problem that trying again does not help against', async () => {
    const { baseUrl } = await serve((response, nth) => {
      if (nth === 1) write(response, removed(1));
      if (nth === 1) response.end();
      else refuse(response, new FairleadError('host_not_found', 'no such host'));
    });
    const events = followEvents({ baseUrl }, { sleep: () => Promise.resolve() });
    expect((await events.next()).value).toMatchObject({ id: '1' });
    expect(await failure(events.next())).toMatchObject({ code: 'host_not_found' });
  });
});
