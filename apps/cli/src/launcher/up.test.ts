import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { aTerminal } from '../../test/terminal.js';
import type { Launch } from './supervisor.js';
import { up, type UpOptions } from './up.js';

const program = fileURLToPath(new URL('../../test/program.mjs', import.meta.url));
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fairlead-up-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** A promise and what resolves it. */
function deferred<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((settle) => (resolve = settle));
  return { promise, resolve };
}

/** Runs `up` with programs of a mode. `press` are the keys of its user: Ctrl-C once, and again. */
function start(mode: string, overrides: Partial<UpOptions> = {}) {
  const launched: string[] = [];
  const diary = join(folder, 'diary');
  const launch: Launch = (argv) => {
    launched.push(argv.join(' '));
    return spawn(process.execPath, [program, mode, diary, ...argv], { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  };
  const first = deferred<void>();
  const second = deferred<void>();
  const welcomed = deferred<string>();
  const warned: string[] = [];
  const terminal = aTerminal({
    write: (text) => welcomed.resolve(text),
    warn: (text) => void warned.push(text),
  });
  const dataDir = join(folder, 'data');
  const options = {
    dataDir,
    port: 0,
    linkPort: 'none',
    linkHost: undefined,
    engine: undefined,
    name: 'web-1',
    demo: undefined,
    command: 'fairlead',
  };
  const interrupts = { first: first.promise, second: second.promise, close: () => undefined };
  const noted: string[] = [];
  const controllers = {
    add: ({ url, tokenFile }: { url: string; tokenFile: string }) => void noted.push(`+ ${url} ${tokenFile}`),
    remove: ({ url }: { url: string }) => void noted.push(`- ${url}`),
  };
  const ended = up({ ...options, ...overrides }, { terminal, launch, interrupts, controllers });
  ended.catch(() => undefined);
  const notes = (): string[] => readFileSync(diary, 'utf8').trimEnd().split('\n');
  return {
    ended,
    launched,
    noted,
    warned,
    welcome: welcomed.promise,
    press: { first: first.resolve, second: second.resolve },
    dataDir,
    notes,
  };
}

const failure = (ended: Promise<unknown>): Promise<unknown> =>
  ended.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('up', () => {
  it('starts the controller, finds the engine, starts the agent, and tells what to try', async () => {
    const { ended, launched, welcome, press, dataDir } = start('well');
    expect(await welcome).toBe(
      [
        'Fairlead is running at http://127.0.0.1:7999',
        'Host web-1: the engine at unix:///run/x.sock (docker 28.5.2, from DOCKER_HOST)',
        '',
        'Try:',
        '  fairlead network ls --api http://127.0.0.1:7999',
        '  fairlead network prune --dry-run --api http://127.0.0.1:7999',
        '  fairlead events --api http://127.0.0.1:7999',
        '',
        `Data and log are in ${dataDir}. Stop with Ctrl-C.`,
        '',
      ].join('\n'),
    );
    expect(launched).toEqual([
      'agent --locate',
      `controller --data-dir ${dataDir} --port 0 --link-socket ${dataDir}/link.sock --link-port none`,
      `agent --name web-1 --engine unix:///run/x.sock --controller unix:${dataDir}/link.sock --data-dir ${dataDir}/agent`,
    ]);
    expect(statSync(dataDir).mode & 0o777).toBe(0o700);
    press.first();
    expect(await ended).toBe(0);
  });

  it('lets the client find the token of the admin for as long as it runs', async () => {
    const { ended, noted, welcome, press, dataDir } = start('well');
    await welcome;
    expect(noted).toEqual([`+ http://127.0.0.1:7999 ${dataDir}/admin.token`]);
    press.first();
    await ended;
    expect(noted.slice(1)).toEqual(['- http://127.0.0.1:7999']);
  });

  it('lets it be found as soon as the controller serves, before the agent does', async () => {
    const { ended, noted, dataDir } = start('failing');
    expect(await failure(ended)).toMatchObject({ message: 'The agent ended with exit code 7' });
    expect(noted).toEqual([`+ http://127.0.0.1:7999 ${dataDir}/admin.token`, '- http://127.0.0.1:7999']);
  });

  it('opens a port for other hosts where it is asked to, and says how one joins', async () => {
    const { ended, launched, welcome, press } = start('well', { linkPort: '7801', linkHost: '10.20.0.1' });
    expect(await welcome).toMatch(/port 7801, over TLS.*\n {2}fairlead host join-token create --api http:\S+:7999\n/);
    expect(launched[1]).toMatch(/--link-port 7801 --link-host 10.20.0.1$/);
    press.first();
    await ended;
  });

  it('stops the agent before the controller', async () => {
    const { ended, welcome, press, notes } = start('well');
    await welcome;
    press.first();
    await ended;
    expect(notes().filter((line) => !line.includes('started'))).toEqual([
      'agent asked to stop',
      'agent stopped',
      'controller asked to stop',
      'controller stopped',
    ]);
  });

  it('shows a demo fleet where no engine answers, and says that it is simulated', async () => {
    const { ended, welcome, press, launched } = start('lost');
    expect(await welcome).toContain('No Docker engine answers here.\nThis is a demo fleet of 3 SIMULATED hosts');
    expect(launched[2]).toContain('agent --demo 3 --controller');
    press.first();
    await ended;
  });

  it('keeps a demo in a folder of its own, so that its hosts never stand beside those of an engine', async () => {
    const { ended, welcome, press, launched, dataDir } = start('lost');
    const demo = join(dataDir, 'demo');
    expect(await welcome).toContain(`Data and log are in ${demo}.`);
    expect(launched.slice(1)).toEqual([
      `controller --data-dir ${demo} --port 0 --link-socket ${demo}/link.sock --link-port none`,
      `agent --demo 3 --controller unix:${demo}/link.sock --data-dir ${demo}/agent`,
    ]);
    expect(statSync(demo).mode & 0o777).toBe(0o700);
    expect(readdirSync(dataDir)).toEqual(['demo']);
    press.first();
    await ended;
  });

  it('looks for no engine where one is named or a demo is asked for', async () => {
    const named = start('lost', { engine: 'unix:///y.sock' });
    expect(await named.welcome).toContain('the engine at unix:///y.sock (from --engine)');
    named.press.first();
    await named.ended;
    const demo = start('well', { demo: 1 });
    expect(await demo.welcome).toContain('demo fleet of one SIMULATED host');
    demo.press.first();
    await demo.ended;
    expect([...named.launched, ...demo.launched].join()).not.toContain('--locate');
  });

  it('says why where the search for an engine fails', async () => {
    const { ended, launched } = start('broken');
    expect(await failure(ended)).toMatchObject({
      message: expect.stringContaining('The search for a local engine failed'),
      engineMessage: expect.stringContaining('no search today'),
    });
    expect(launched).toEqual(['agent --locate']);
  });

  it('says with its last words that a program has ended by itself, and stops the rest', async () => {
    const { ended, notes, warned, dataDir } = start('dying');
    expect(await failure(ended)).toMatchObject({
      message: 'The agent ended with exit code 3',
      traits: { exit: 1 },
    });
    expect(warned).toEqual([`I feel unwell\nThe whole log is ${dataDir}/up.log.\n`]);
    expect(notes()).toContain('controller stopped');
    expect(readFileSync(join(dataDir, 'up.log'), 'utf8')).toContain('agent | I feel unwell');
  });

  it('says why a program does not get ready', async () => {
    const { ended, warned } = start('failing');
    expect(await failure(ended)).toMatchObject({ message: 'The agent ended with exit code 7' });
    expect(warned.join('')).toContain('the database is on fire');
  });

  it('kills what does not stop at the second Ctrl-C', async () => {
    const { ended, welcome, press, notes } = start('deaf');
    await welcome;
    press.first();
    press.second();
    expect(await ended).toBe(0);
    expect(notes()).not.toContain('agent stopped');
  });

  it('can be stopped while it starts', async () => {
    const { ended, press } = start('mute');
    press.first();
    expect(await ended).toBe(0);
  });

  it('says clearly that the port is taken, before anything is started', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { ended, launched } = start('well', { port: (server.address() as AddressInfo).port });
    const error = await failure(ended);
    server.close();
    expect(error).toMatchObject({
      message: expect.stringContaining('EADDRINUSE'),
      hint: expect.stringContaining('--port'),
    });
    expect(launched).toEqual([]);
  });

  it.each([
    [{ dataDir: `/tmp/${'x'.repeat(120)}` }, 'too long for a socket'],
    [{ dataDir: `/tmp/${'x'.repeat(90)}`, demo: 1 }, 'too long for a socket'],
    [{ dataDir: '/dev/null/x' }, 'cannot be made'],
    [{ name: '-x' }, 'cannot be the name of a host'],
  ])('refuses %j', async (overrides, message) => {
    expect(await failure(start('well', overrides).ended)).toMatchObject({ message: expect.stringContaining(message) });
  });
});
