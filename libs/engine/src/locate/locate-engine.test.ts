import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { connectEngine } from '../connect-engine.js';
import { locateEngine, type Surroundings } from './locate-engine.js';

/** A machine on which only these files exist. */
const machine = (files: Record<string, string>, env: Surroundings['env'] = {}): Surroundings => ({
  env,
  home: '/home/ada',
  uid: 1000,
  exists: (path) => Promise.resolve(Object.hasOwn(files, path)),
  readFile: (path) => Promise.resolve(files[path]),
});

const meta = (context: string, folder = '/home/ada/.docker'): string =>
  `${folder}/contexts/meta/${createHash('sha256').update(context).digest('hex')}/meta.json`;
const endpoint = (Host: string): string => JSON.stringify({ Name: 'x', Endpoints: { docker: { Host } } });
const SOCKET = { '/var/run/docker.sock': '' };
const CONFIG = '/home/ada/.docker/config.json';

describe('locateEngine', () => {
  it('takes DOCKER_HOST alone, before any context and any socket', async () => {
    const files = { ...SOCKET, [CONFIG]: '{"currentContext":"prod"}', [meta('prod')]: endpoint('tcp://other:1') };
    const env = { DOCKER_HOST: 'ssh://root@web-1', DOCKER_CONTEXT: 'prod' };
    expect(await locateEngine(machine(files, env))).toEqual([{ url: 'ssh://root@web-1', source: 'DOCKER_HOST' }]);
  });

  it('reads a DOCKER_HOST without a scheme as the CLI does', async () => {
    expect(await locateEngine(machine({}, { DOCKER_HOST: '127.0.0.1:2375' }))).toEqual([
      { url: 'tcp://127.0.0.1:2375', source: 'DOCKER_HOST' },
    ]);
  });

  it('takes the current context alone, though a local socket exists', async () => {
    const files = { ...SOCKET, [CONFIG]: '{"currentContext":"prod"}', [meta('prod')]: endpoint('ssh://root@prod') };
    expect(await locateEngine(machine(files))).toEqual([{ url: 'ssh://root@prod', source: "docker context 'prod'" }]);
  });

  it('takes DOCKER_CONTEXT before the current context, from the folder of DOCKER_CONFIG', async () => {
    const files = {
      '/etc/d/config.json': '{"currentContext":"prod"}',
      [meta('test', '/etc/d')]: endpoint('unix:///test.sock'),
    };
    const env = { DOCKER_CONFIG: '/etc/d', DOCKER_CONTEXT: 'test' };
    expect(await locateEngine(machine(files, env))).toEqual([
      { url: 'unix:///test.sock', source: "docker context 'test'" },
    ]);
  });

  it.each([
    ['is not there', {}, /there is no \/home\/ada\/\.docker\/contexts/],
    ['is not JSON', { [meta('prod')]: '{' }, /names no docker endpoint/],
    ['has no docker endpoint', { [meta('prod')]: '{"Endpoints":{"kubernetes":{}}}' }, /names no docker endpoint/],
  ])('refuses a chosen context that %s, instead of taking the local engine', async (_title, files, message) => {
    const located = locateEngine(machine({ ...SOCKET, ...files }, { DOCKER_CONTEXT: 'prod' }));
    await expect(located).rejects.toMatchObject({ code: 'invalid_argument', message: expect.stringMatching(message) });
  });

  it.each([
    ['none is named', {}],
    ['it is called default', { [CONFIG]: '{"currentContext":"default"}' }],
    ['its name is no text', { [CONFIG]: '{"currentContext":7}' }],
    ['the config is broken', { [CONFIG]: '{' }],
  ])('looks for sockets where %s as context', async (_title, files) => {
    expect(await locateEngine(machine({ ...SOCKET, ...files }))).toEqual([
      { url: 'unix:///var/run/docker.sock', source: 'default socket' },
    ]);
  });

  it('treats empty variables like none', async () => {
    const env = { DOCKER_HOST: '', DOCKER_CONTEXT: '', DOCKER_CONFIG: '', XDG_RUNTIME_DIR: '' };
    expect(await locateEngine(machine({ '/run/user/1000/docker.sock': '' }, env))).toEqual([
      { url: 'unix:///run/user/1000/docker.sock', source: 'rootless Docker' },
    ]);
  });

  it('lists all sockets that exist, Docker before Podman', async () => {
    const paths = [
      '/run/podman/podman.sock',
      '/x/podman/podman.sock',
      '/home/ada/.docker/run/docker.sock',
      '/x/docker.sock',
      '/var/run/docker.sock',
    ];
    const files = Object.fromEntries(paths.map((path) => [path, '']));
    const found = await locateEngine(machine(files, { XDG_RUNTIME_DIR: '/x' }));
    expect(found.map(({ source }) => source)).toEqual([
      'default socket',
      'rootless Docker',
      'Docker Desktop',
      'Podman',
      'rootless Podman',
    ]);
    expect(found.map(({ url }) => url.slice('unix://'.length)).sort()).toEqual(paths.sort());
  });

  it('finds nothing where there is nothing', async () => {
    expect(await locateEngine(machine({}))).toEqual([]);
  });
});

describe('connectEngine', () => {
  it('chooses the simulated engine for its URL, with the seed in it', async () => {
    const ids = async (url: string) => (await connectEngine(url).listNetworks()).map(({ id }) => id);
    expect(await connectEngine('simulated:').describe()).toMatchObject({ simulated: true });
    expect(await ids('simulated:7')).toEqual(await ids('simulated:7'));
    expect(await ids('simulated:7')).not.toEqual(await ids('simulated:8'));
  });

  it('chooses a real engine for all else, and never the simulated one in its stead', async () => {
    await expect(connectEngine('unix:///no/such/socket').ping()).rejects.toMatchObject({ code: 'engine_unavailable' });
    expect(() => connectEngine('simulated:x')).toThrow(expect.objectContaining({ code: 'invalid_argument' }));
    expect(() => connectEngine('ssh://root@web-1')).toThrow(expect.objectContaining({ code: 'invalid_argument' }));
  });
});
