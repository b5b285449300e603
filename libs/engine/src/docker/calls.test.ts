import { createServer, type Server } from 'node:http';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { anEndpointSpec, aSpec } from '../conformance/subject.js';
import type { EnginePort } from '../port.js';
import { ALLOWED_CALLS, findAllowed, pathPattern, type PlannedCall, requireAllowed } from './calls.js';
import { Connection } from './connection.js';
import { createDockerEngine } from './engine.js';
import { pathSegment } from './reference.js';

/** Takes down what it is asked, and answers each call with just enough to go on. */
class CompliantEngine {
  readonly asked: (PlannedCall & { readonly url: string })[] = [];
  private readonly server: Server;

  constructor() {
    this.server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { pathname, searchParams } = new URL(`http://engine${request.url}`);
        const text = Buffer.concat(chunks).toString();
        this.asked.push({
          url: request.url ?? '',
          method: request.method ?? '',
          path: pathname,
          query: Object.fromEntries(searchParams),
          ...(text !== '' && { body: JSON.parse(text) as object }),
        });
        response.end(answerTo(pathname));
      });
    });
  }

  listen(path: string): Promise<void> {
    return new Promise((resolve) => void this.server.listen(path, resolve));
  }

  close(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }
}

function answerTo(path: string): string {
  if (path === '/networks' || path === '/containers/json') return '[]';
  if (path.endsWith('/start') || path === '/events') return '';
  return JSON.stringify({ Id: 'x1', Name: 'x1', ApiVersion: '1.48', Running: false, ExitCode: 0 });
}

const entry = ({ method, path }: { method: string; path: string }): string => `${method} ${path}`;

describe('the closed set of calls', () => {
  let folder = '';
  let server: CompliantEngine;
  let engine: EnginePort;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fairlead-calls-'));
    server = new CompliantEngine();
    await server.listen(join(folder, 'docker.sock'));
    engine = createDockerEngine(`unix://${join(folder, 'docker.sock')}`);
  });
  afterEach(async () => {
    engine.close();
    await server.close();
    await rm(folder, { recursive: true });
  });

  /** Every method of the port, with every option that adds something to a request. A new method does not compile. */
  const full = aSpec('n1', {
    ...{ driver: 'bridge', scope: 'local', ipv4: false, ipv6: true, internal: true, attachable: true, ingress: true },
    ...{ configOnly: true, configFrom: 'base', ipamDriver: 'default', ipamOptions: { a: 'b' } },
    ...{
      subnets: [{ cidr: '10.9.0.0/24', ipRange: '10.9.0.0/25', gateway: '10.9.0.1', auxAddresses: { a: '10.9.0.9' } }],
    },
    ...{ options: { mtu: '1400' }, labels: { team: 'web' } },
  });
  const endpoint = {
    ...anEndpointSpec(),
    ...{ aliases: ['a'], links: ['b'], ipv4: '10.9.0.5', ipv6: 'fd00::5', linkLocalIps: ['169.254.1.1'] },
    ...{ driverOptions: { a: 'b' }, gatewayPriority: 1, mac: '02:42:0a:09:00:05' },
  };
  const uses: { readonly [M in Exclude<keyof EnginePort, 'close'>]: () => Promise<unknown> } = {
    describe: () => engine.describe(),
    ping: () => engine.ping(),
    listNetworks: () => engine.listNetworks(),
    inspectNetwork: () => engine.inspectNetwork('n1'),
    listContainers: () => engine.listContainers(),
    inspectContainer: () => engine.inspectContainer('c1'),
    createNetwork: () => engine.createNetwork(full),
    connect: () => engine.connect('n1', 'c1', endpoint),
    disconnect: () => engine.disconnect('n1', 'c1', true),
    removeNetwork: () => engine.removeNetwork('n1'),
    followEvents: () =>
      engine.followEvents({ opened: () => undefined, event: () => undefined }, new AbortController().signal),
    execute: () => engine.execute('c1', ['ping', '-c', '1', 'x'], 5000),
  };

  it('is what the methods of the port send, all of it and nothing else', async () => {
    const used = new Set<string>();
    for (const [method, use] of Object.entries(uses)) {
      const before = server.asked.length;
      // The stream of events ends at once, which is an error; everything else goes well.
      if (method === 'followEvents') await expect(use()).rejects.toThrow(/has ended/);
      else await use();
      const sent = server.asked.slice(before);
      expect(sent).not.toEqual([]);
      for (const call of sent) {
        const allowed = findAllowed(call);
        expect([method, call.url, allowed]).toEqual([method, call.url, expect.anything()]);
        if (allowed) used.add(entry(allowed));
      }
    }
    expect([...used].sort()).toEqual(ALLOWED_CALLS.map(entry).sort());
  });

  it('has no key of a query or a body that no method sends', async () => {
    for (const use of Object.values(uses)) await use().catch(() => undefined);
    const sent = (call: (typeof ALLOWED_CALLS)[number], part: 'query' | 'body'): string[] => [
      ...new Set(
        server.asked.filter((asked) => findAllowed(asked) === call).flatMap((asked) => Object.keys(asked[part] ?? {})),
      ),
    ];
    for (const call of ALLOWED_CALLS) {
      expect([entry(call), sent(call, 'query').sort()]).toEqual([entry(call), [...call.query].sort()]);
      expect([entry(call), sent(call, 'body').sort()]).toEqual([entry(call), [...call.body].sort()]);
    }
  });

  it('gives each call one entry only', () => {
    for (const one of ALLOWED_CALLS) {
      const path = one.path.replace('{id}', 'x1');
      const fitting = ALLOWED_CALLS.filter(
        (other) => other.method === one.method && new RegExp(`^${pathPattern(other)}$`).test(path),
      );
      expect(fitting).toEqual([one]);
    }
  });

  it.each([
    ['HEAD', '/_ping'],
    ['GET', '/v1.41/networks'],
    ['GET', '/networks/'],
    ['GET', '//networks'],
    ['GET', '/networks/n1/'],
    ['GET', '/networks/n1\n'],
    ['GET', '/networks/..'],
    ['GET', '/networks/../containers/json'],
    ['GET', '/networks/%2e%2e'],
    ['GET', '/networks/a%2Fb'],
    ['GET', '/networks/a?filters=x'],
    ['GET', `/networks/${'x'.repeat(256)}`],
    ['PUT', '/networks/n1'],
    ['POST', '/networks/n1'],
    ['POST', '/networks/prune'],
    ['POST', '/networks/n1/n2/connect'],
    ['DELETE', '/networks'],
    ['DELETE', '/containers/c1'],
    ['GET', '/containers/c1/logs'],
    ['GET', '/containers/c1/archive'],
    ['GET', '/containers/c1/export'],
    ['POST', '/containers/create'],
    ['POST', '/containers/c1/start'],
    ['POST', '/containers/c1/attach'],
    ['POST', '/containers/c1/../../build/exec'],
    ['POST', '/exec/e1/resize'],
    ['POST', '/volumes/create'],
    ['DELETE', '/volumes/v1'],
    ['GET', '/images/json'],
    ['POST', '/build'],
    ['POST', '/swarm/leave'],
    ['GET', '/secrets'],
    ['GET', '/system/df'],
  ])('has no %s %j', (method, path) => {
    expect(() => requireAllowed({ method, path })).toThrow(
      expect.objectContaining({ code: 'internal', message: expect.stringContaining(method) }),
    );
  });

  it.each<PlannedCall>([
    { method: 'GET', path: '/containers/json', query: { all: '1', size: '1' } },
    { method: 'GET', path: '/networks', query: { filters: '{}' } },
    { method: 'DELETE', path: '/networks/n1', query: { force: '1' } },
    { method: 'DELETE', path: '/networks/n1', body: { Force: true } },
    { method: 'POST', path: '/containers/c1/exec', body: { Cmd: ['sh'], Privileged: true } },
    { method: 'POST', path: '/containers/c1/exec', body: { Cmd: ['sh'], User: '0' } },
    { method: 'POST', path: '/exec/e1/start', body: { Detach: false, Tty: false, ConsoleSize: [1, 1] } },
  ])('has no $method $path with $query$body', (call) => {
    expect(() => requireAllowed(call)).toThrow(expect.objectContaining({ code: 'internal' }));
  });

  it('is kept by the connection itself: what is not in it never leaves', async () => {
    const timeouts = { ping: 1000, read: 1000, write: 1000 };
    const connection = new Connection('x', { socketPath: join(folder, 'docker.sock') }, timeouts);
    const request = { call: 'exec', subject: '', method: 'POST', path: '/containers/create' } as const;
    const refused = { code: 'internal', message: expect.stringContaining('POST "/containers/create" with Image') };
    await expect(connection.json({ ...request, body: { Image: 'x' } })).rejects.toMatchObject(refused);
    await expect(connection.text({ ...request, body: { Image: 'x' } })).rejects.toMatchObject(refused);
    await expect(
      connection.stream({ ...request, body: { Image: 'x' } }, new AbortController().signal),
    ).rejects.toMatchObject(refused);
    await connection.text({ call: 'ping', subject: '', method: 'GET', path: '/_ping' });
    expect(server.asked.map(entry)).toEqual(['GET /_ping']);
  });

  const HOSTILE = [
    ...['', '.', '..', '...', '/', '//', 'a/b', 'a/../b', '../containers/json', '..%2fcontainers', '%2e', '%2e%2e%2f'],
    ...[
      'a\n',
      '\na',
      'a\r\nHost: x',
      'a\0',
      'a b',
      ' a',
      'a?b',
      'a#b',
      'a;b',
      'a\\b',
      '..\\..',
      '-x',
      '_x',
      '.x',
      'a:b',
    ],
    ...['ünï', '\u202e', '\uff0e\uff0e', '\ud800', 'create ', 'a@b', 'a&b', "a'b", 'a"b', '$(x)', '`x`', '{id}'],
    ...['x'.repeat(256), 'x'.repeat(1_000_000)],
  ];

  it('cannot be left by any text in the place of a name or an id', async () => {
    for (const text of HOSTILE) {
      expect(pathSegment(text)).toBeUndefined();
      await engine.inspectNetwork(text).catch(() => undefined);
      await engine.inspectContainer(text).catch(() => undefined);
      await engine.connect(text, 'c1', anEndpointSpec()).catch(() => undefined);
      await engine.disconnect(text, 'c1', true).catch(() => undefined);
      await engine.removeNetwork(text).catch(() => undefined);
      await engine.execute(text, ['true'], 5000).catch(() => undefined);
    }
    expect(new Set(server.asked.map(({ method, url }) => `${method} ${url}`))).toEqual(new Set(['GET /networks']));
  });

  it('says no more of a name in an error than a person reads', async () => {
    const long = 'x'.repeat(1_000_000);
    for (const ask of [engine.inspectNetwork, engine.inspectContainer, engine.removeNetwork]) {
      const error: unknown = await ask(long).catch((reason: unknown) => reason);
      expect(String(error).length).toBeLessThan(400);
    }
  });

  it('takes every name that Docker takes for a container, and every id', () => {
    for (const name of ['web-1', 'a.b_c-d', '0', 'A', 'f'.repeat(64), 'x1k9w2p4q8z7'.repeat(2)]) {
      expect(pathSegment(name)).toBe(name);
    }
  });

  it('is all there is: one file of the library speaks to an engine', async () => {
    const files = await readdir(join(import.meta.dirname, '..'), { recursive: true });
    const speaking: string[] = [];
    for (const file of files.filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))) {
      const text = await readFile(join(import.meta.dirname, '..', file), 'utf8');
      const imports =
        /^import (?!type |\{ isIP \}).*from '(dockerode|docker-modem|node:(http|https|http2|net|tls|child_process))'/m;
      if (imports.test(text) || /\bfetch\(/.test(text)) speaking.push(file);
    }
    expect(speaking).toEqual(['docker/connection.ts']);
  });
});
