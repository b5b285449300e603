import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { aSpec } from '../conformance/subject.js';
import type { EnginePort } from '../port.js';
import { createDockerEngine } from './engine.js';

type Handler = (request: IncomingMessage, response: ServerResponse, body: string) => void;

/** A server that misbehaves as engines do; it notes what it was asked. */
class BadEngine {
  readonly requests: string[] = [];
  readonly bodies: string[] = [];
  /** What it says it is, whatever it does otherwise. */
  version: object | undefined = {};
  handle: Handler = (_request, response) => void response.end('OK');
  private readonly server: Server;

  constructor() {
    this.server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        if (request.url === '/version' && this.version !== undefined) return json(response, this.version);
        this.requests.push(`${request.method} ${request.url}`);
        this.bodies.push(Buffer.concat(chunks).toString());
        this.handle(request, response, this.bodies.at(-1) ?? '');
      });
    });
  }

  listen(where: string | number): Promise<number> {
    return new Promise((resolve) => {
      const listening = (): void => {
        const address = this.server.address();
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      };
      if (typeof where === 'string') this.server.listen(where, listening);
      else this.server.listen(where, '127.0.0.1', listening);
    });
  }

  close(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }
}

const json = (response: ServerResponse, value: unknown, status = 200): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
};

describe('the connection to an engine', () => {
  let folder = '';
  let server = new BadEngine();
  let engine: EnginePort;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fairlead-engine-'));
    server = new BadEngine();
    await server.listen(join(folder, 'docker.sock'));
    engine = createDockerEngine(`unix://${join(folder, 'docker.sock')}`);
  });
  afterEach(async () => {
    engine.close();
    await server.close();
    await rm(folder, { recursive: true });
  });

  const patient = (timeoutMs: number): EnginePort =>
    createDockerEngine(`unix://${join(folder, 'docker.sock')}`, { timeoutMs });

  it('asks without an API version', async () => {
    server.handle = (_request, response) => json(response, []);
    await engine.listNetworks();
    await engine.listContainers();
    expect(server.requests).toEqual(['GET /networks', 'GET /containers/json?all=1']);
  });

  it('looks into the list for a network whose name no path can carry', async () => {
    server.handle = (_request, response) => json(response, [{ Id: 'x', Name: 'a/b?c#d' }]);
    await expect(engine.inspectNetwork('a/b?c#d')).resolves.toMatchObject({ id: 'x', name: 'a/b?c#d' });
    await expect(engine.inspectNetwork('a/b')).rejects.toMatchObject({ code: 'network_not_found' });
    expect(server.requests).toEqual(['GET /networks', 'GET /networks']);
  });

  it('does not pass the id of a program on that would be another path', async () => {
    server.handle = (_request, response) => json(response, { Id: '../containers/c1' }, 201);
    await expect(engine.execute('c1', ['true'], 5000)).rejects.toMatchObject({ code: 'engine_failed' });
    expect(server.requests).toEqual(['POST /containers/c1/exec']);
  });

  it("sends a network's fields in the body alone", async () => {
    server.handle = (_request, response) => json(response, { Id: 'x', Warning: 'careful' }, 201);
    await expect(engine.createNetwork(aSpec('my-net'))).resolves.toEqual({ id: 'x', warning: 'careful' });
    expect(server.requests).toEqual(['POST /networks/create']);
    expect(JSON.parse(server.bodies[0] ?? '')).toMatchObject({ Name: 'my-net', CheckDuplicate: true });
  });

  it.each(['/', '../x', 'a/../b', '/run/x', 'a//b', 'a/', 'x\n', 'a b', '.x', 'x'.repeat(256)])(
    'does not have the engine look for a driver called %j',
    async (driver) => {
      const refused = { code: 'invalid_argument', message: expect.stringContaining('is not the name of a driver') };
      await expect(engine.createNetwork(aSpec('my-net', { driver }))).rejects.toMatchObject(refused);
      await expect(engine.createNetwork(aSpec('my-net', { ipamDriver: driver }))).rejects.toMatchObject(refused);
      expect(server.requests).toEqual([]);
    },
  );

  it.each(['macvlan', 'vieux/plugin:latest', 'registry.example:5000/a/b@sha256:0a', 'My_driver.2'])(
    'leaves it to the engine whether it has a driver called %s',
    async (driver) => {
      server.handle = (_request, response) => json(response, { Id: 'x' }, 201);
      await engine.createNetwork(aSpec('my-net', { driver, ipamDriver: driver }));
      expect(JSON.parse(server.bodies[0] ?? '')).toMatchObject({ Driver: driver, IPAM: { Driver: driver } });
    },
  );

  it('speaks to the engine that was chosen, whatever DOCKER_HOST says', async () => {
    const before = env['DOCKER_HOST'];
    try {
      env['DOCKER_HOST'] = 'tcp://127.0.0.1:1';
      await expect(patient(1000).ping()).resolves.toBeUndefined();
      env['DOCKER_HOST'] = 'tcp://[bad';
      expect(() => patient(1000)).toThrow(expect.objectContaining({ code: 'invalid_argument' }));
    } finally {
      if (before === undefined) delete env['DOCKER_HOST'];
      else env['DOCKER_HOST'] = before;
    }
  });

  it('keeps the base path of a TCP address', async () => {
    const remote = new BadEngine();
    const port = await remote.listen(0);
    await createDockerEngine(`tcp://127.0.0.1:${port}/hosts/web-1`).ping();
    expect(remote.requests).toEqual(['GET /hosts/web-1/_ping']);
    await remote.close();
  });

  it('gives up on an engine that never answers', async () => {
    server.handle = () => undefined;
    const hint = expect.stringMatching(/frozen/);
    await expect(patient(50).listNetworks()).rejects.toMatchObject({ code: 'engine_unavailable', hint });
    await expect(patient(20).removeNetwork('n')).rejects.toMatchObject({
      hint: expect.stringMatching(/may have done it/),
    });
    expect(server.requests).toEqual(['GET /networks', 'DELETE /networks/n']);
  });

  it('gives up on an answer that stops in the middle', async () => {
    server.handle = (_request, response) => void response.writeHead(200).write('[');
    await expect(patient(50).listNetworks()).rejects.toThrow(/no answer within 0.05 s/);
  });

  it('fails when the connection breaks in the middle of an answer', async () => {
    server.handle = (_request, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('[', () => response.destroy());
    };
    await expect(engine.listNetworks()).rejects.toMatchObject({ code: 'engine_unavailable' });
  });

  it('repeats a read once when the engine has closed an idle connection', async () => {
    server.handle = (request, response) => {
      if (server.requests.length === 1) request.socket.destroy();
      else json(response, []);
    };
    await expect(engine.listNetworks()).resolves.toEqual([]);
    expect(server.requests).toEqual(['GET /networks', 'GET /networks']);
  });

  it('repeats a read once only, and a write never', async () => {
    server.handle = (request) => void request.socket.destroy();
    await expect(engine.listNetworks()).rejects.toMatchObject({ code: 'engine_unavailable' });
    await expect(engine.removeNetwork('n')).rejects.toMatchObject({ code: 'engine_unavailable' });
    expect(server.requests).toEqual(['GET /networks', 'GET /networks', 'DELETE /networks/n']);
  });

  it.each(['Docker/20.10.24 (linux)', 'nginx', 'Libpod/5.8.6 (linux)'])(
    "asks what engine it is before it removes by id, unless the last answer was a Docker's: %s",
    async (name) => {
      server.version = { Components: [{ Name: 'Podman Engine' }] };
      server.handle = (_request, response) => {
        response.setHeader('server', name);
        json(response, { Id: 'n', Name: 'my-net' });
      };
      await engine.removeNetwork('n');
      expect(server.requests.at(-1)).toBe('DELETE /networks/my-net');
      await engine.removeNetwork('n');
      expect(server.requests.at(-1)).toBe(`DELETE /networks/${name.startsWith('Docker') ? 'n' : 'my-net'}`);
    },
  );

  it("passes the engine's words on, from Docker, Podman or a proxy", async () => {
    const answers = ['{"message":"is full\\n"}', '{"cause":"x","message":"is full","response":500}', 'is full\n'];
    server.handle = (_request, response) => void response.writeHead(500).end(answers[server.requests.length - 1]);
    for (const _answer of answers) {
      await expect(engine.listNetworks()).rejects.toMatchObject({ code: 'engine_failed', engineMessage: 'is full' });
    }
  });

  it.each([
    [502, 'Bad Gateway\n'],
    [503, '<html><body><h1>503 Service Unavailable</h1>\nNo server is available.\n</body></html>\n'],
    [504, ''],
  ])('does not take the %d of a proxy for the word of an engine: a write may have been done', async (status, body) => {
    server.handle = (_request, response) => void response.writeHead(status).end(body);
    const lost = { code: 'engine_unavailable', hint: expect.stringMatching(/may have done it/) };
    await expect(engine.removeNetwork('n')).rejects.toMatchObject(lost);
    await expect(engine.listNetworks()).rejects.toMatchObject({ code: 'engine_unavailable', hint: undefined });
  });

  it.each([
    [
      403,
      '<html><body><h1>403 Forbidden</h1>\nRequest forbidden.\n</body></html>\n',
      '403 Forbidden Request forbidden.',
    ],
    [405, 'Method Not Allowed\n', 'Method Not Allowed'],
  ])('says that it was a proxy who refused a call with %d', async (status, body, engineMessage) => {
    server.handle = (_request, response) => void response.writeHead(status).end(body);
    const hint = expect.stringMatching(/socket proxy/);
    await expect(engine.removeNetwork('n')).rejects.toMatchObject({ code: 'engine_refused', engineMessage, hint });
  });

  it("takes an engine's 403 and 503 for what they say", async () => {
    const words = ['network n has active endpoints', 'This node is not a swarm manager.'];
    server.handle = (_request, response) =>
      json(response, { message: words[server.requests.length - 1] }, server.requests.length === 1 ? 403 : 503);
    await expect(engine.removeNetwork('n')).rejects.toMatchObject({ code: 'network_in_use' });
    await expect(engine.removeNetwork('n')).rejects.toMatchObject({ code: 'not_swarm_manager' });
  });

  it('does not take something else for an answer', async () => {
    server.handle = (_request, response) => void response.end('<html>');
    await expect(engine.listNetworks()).rejects.toMatchObject({
      code: 'engine_failed',
      engineMessage: 'not JSON: <html>',
    });
  });

  it('ends what is open when it is closed', async () => {
    server.handle = () => engine.close();
    await expect(engine.listNetworks()).rejects.toThrow(/the connection was closed/);
  });

  describe('with events', () => {
    const line = (id: string): string =>
      `${JSON.stringify({ Type: 'network', Action: 'create', Actor: { ID: id } })}\n`;

    const onEvents =
      (events: Handler): Handler =>
      (request, response, body) => {
        if (request.url?.startsWith('/events')) events(request, response, body);
        else json(response, { SystemTime: '2026-11-25T05:31:24.106613623Z' });
      };

    it("opens Podman's stream before its headers, which come with its first event", async () => {
      const told: string[] = [];
      server.version = { Components: [{ Name: 'Podman Engine' }] };
      server.handle = onEvents((_request, response) => void (answer = response));
      let answer: ServerResponse | undefined;
      const opened = () => {
        told.push('opened');
        const begin = (): unknown => (answer === undefined ? setTimeout(begin, 1) : answer.end(line('n1')));
        begin();
      };
      const handlers = { opened, event: ({ id }: { id: string }) => void told.push(id) };
      await expect(engine.followEvents(handlers, new AbortController().signal)).rejects.toThrow(/has ended/);
      expect(told).toEqual(['opened', 'n1']);
    });

    it('asks the engine to filter, opens with the headers, and fails at the end of the stream', async () => {
      const told: string[] = [];
      server.handle = onEvents((_request, response) => {
        response.writeHead(200).flushHeaders();
        response.write(line('n1') + line('n2').slice(0, 9));
        response.end(line('n2').slice(9));
      });
      const handlers = {
        opened: () => void told.push('opened'),
        event: ({ id }: { id: string }) => void told.push(id),
      };
      const following = engine.followEvents(handlers, new AbortController().signal);
      await expect(following).rejects.toMatchObject({ code: 'engine_unavailable' });
      expect(told).toEqual(['opened', 'n1', 'n2']);
      const { searchParams } = new URL(`http://x${server.requests.at(-1)?.slice(4)}`);
      const filters = searchParams.get('filters') ?? '';
      expect(searchParams.get('since')).toBe('1795584684.106613623');
      expect(JSON.parse(filters)).toMatchObject({ type: ['network', 'container'] });
      expect(filters).not.toMatch(/exec|health/);
    });

    it('does not open a stream that is refused', async () => {
      let opened = false;
      server.handle = onEvents((_request, response) => json(response, { message: 'no' }, 400));
      const handlers = { opened: () => void (opened = true), event: () => undefined };
      const following = engine.followEvents(handlers, new AbortController().signal);
      await expect(following).rejects.toMatchObject({ code: 'engine_refused', engineMessage: 'no' });
      expect(opened).toBe(false);
    });
  });

  describe('with programs', () => {
    const answering =
      (start: Handler, states: object[]): Handler =>
      (request, response, body) => {
        if (request.url?.endsWith('/start')) start(request, response, body);
        else json(response, request.method === 'POST' ? { Id: 'e1' } : states.shift());
      };
    const frame = Buffer.from([1, 0, 0, 0, 0, 0, 0, 2, 111, 107]);

    it('waits for the exit code where the output has ended first', async () => {
      const states = [
        { Running: true, ExitCode: null },
        { Running: false, ExitCode: 3 },
      ];
      server.handle = answering((_request, response) => void response.end(frame), states);
      await expect(engine.execute('c1', ['a', 'b c'], 5000)).resolves.toEqual({
        exitCode: 3,
        stdout: 'ok',
        stderr: '',
      });
      expect(JSON.parse(server.bodies[0] ?? '')).toMatchObject({ Cmd: ['a', 'b c'], AttachStdin: false, Tty: false });
      expect(states).toEqual([]);
    });

    it.each([
      ['exec: "nope": executable file not found in $PATH', 127],
      ['OCI runtime exec failed: exec failed: permission denied: unknown', 126],
    ])('takes the refusal %j for the exit code %d', async (message, exitCode) => {
      server.handle = answering((_request, response) => json(response, { message }, 400), []);
      await expect(engine.execute('c1', ['nope'], 5000)).resolves.toEqual({ exitCode, stdout: '', stderr: message });
    });

    it('gives up on a program that does not end', async () => {
      server.handle = answering((_request, response) => void response.writeHead(200).write(frame), []);
      await expect(engine.execute('c1', ['sleep'], 50)).rejects.toMatchObject({ code: 'deadline_exceeded' });
    });
  });
});
