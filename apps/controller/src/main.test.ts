import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createClient, type OperationView } from '@fairlead/api';
import { LinkClient } from '@fairlead/link';
import { temporaryFolder, until } from './testing/rig.js';
import { Gate, message, network, ScriptedAgent } from './testing/scripted-agent.js';

const TESTING = join(import.meta.dirname, 'testing');

interface Program {
  readonly child: ChildProcess;
  readonly output: { text: string };
  readonly ended: Promise<number | string>;
  /** Address and link addresses, once it serves. */
  ready(): Promise<{ address: string; link: string[] }>;
}

let folder: string;
let discard: () => void;
let programs: Program[];
let agents: AbortController[];
let occupant: Server | undefined;

beforeEach(() => {
  const { path, remove } = temporaryFolder();
  [folder, discard] = [path, remove];
  [programs, agents] = [[], []];
});

afterEach(async () => {
  for (const agent of agents) agent.abort();
  occupant?.close();
  occupant = undefined;
  for (const { child } of programs) child.kill('SIGKILL');
  await Promise.all(programs.map(({ ended }) => ended));
  discard();
});

/** A controller in a process of its own, from the sources. */
function start(...argv: string[]): Program {
  const node = ['--import', join(TESTING, 'typescript.mjs'), '--conditions=development', '--no-warnings'];
  const child = spawn(process.execPath, [...node, join(TESTING, 'run-main.mjs'), ...argv], {
    cwd: import.meta.dirname,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const output = { text: '' };
  for (const stream of [child.stdout!, child.stderr!])
    stream.on('data', (bytes: Buffer) => (output.text += bytes.toString()));
  // Not `close`, which never comes once the channel was cut from this side (Node 20.20).
  const over = [once(child, 'exit'), once(child.stdout!, 'end'), once(child.stderr!, 'end')] as const;
  const ended = Promise.all(over).then(([[code, signal]]) => (code ?? signal) as number | string);
  const first = once(child, 'message').then(([said]) => said as { address: string; link: string[] });
  const early = ended.then((how) => Promise.reject(new Error(`It ended with ${how}: ${output.text}`)));
  early.catch(() => undefined);
  const program = { child, output, ended, ready: () => Promise.race([first, early]) };
  programs.push(program);
  return program;
}

const startHere = (...argv: string[]): Program =>
  start('--data-dir', join(folder, 'data'), '--port=0', '--link-port=0', ...argv);
const socket = () => join(folder, 'link.sock');

/** An agent that dials, again and again. */
function dial(agent: ScriptedAgent, address: string): void {
  const stop = new AbortController();
  const log = { debug: () => undefined, info: () => undefined, warn: () => undefined };
  const client = new LinkClient({ address, handlers: agent.handlers, instanceId: 'played', log, random: () => 0 });
  agents.push(stop);
  void client.run(stop.signal);
}

const token = () => readFileSync(join(folder, 'data', 'admin.token'), 'utf8').trim();

const isLive = (address: string) => async () =>
  (await createClient({ baseUrl: address, token }).listHosts()).items[0]?.freshness === 'live';

const post = (address: string, path: string, body: string) =>
  fetch(`${address}/api/v1/hosts/web-1/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token()}` },
    body,
  });
const create = (address: string) => post(address, 'networks', '{"name":"new-net"}');

describe('a controller', () => {
  it('serves agents and people, says where, and ends at SIGTERM with nothing left behind', async () => {
    const program = startHere('--link-socket', socket(), '--link-host=127.0.0.1');
    const { address, link } = await program.ready();
    expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(link).toEqual([`unix:${socket()}`, expect.stringMatching(/^127\.0\.0\.1:\d+$/)]);
    dial(new ScriptedAgent('web-1'), link[0]!);
    await until('the host is live', isLive(address));
    program.child.kill('SIGTERM');
    expect(await program.ended).toBe(0);
    await expect(fetch(`${address}/healthz`)).rejects.toThrow();
    await expect(startHere().ready()).resolves.toBeDefined();
  });

  it('writes its files for their owner alone, also in a folder that others may read', async () => {
    const open = join(folder, 'open');
    mkdirSync(open);
    chmodSync(open, 0o755);
    await start('--data-dir', open, '--port=0', '--link-port=0').ready();
    const modes = readdirSync(open).map((name) => [name, statSync(join(open, name)).mode & 0o777]);
    expect(modes).toContainEqual(['fairlead.db', 0o600]);
    expect(modes.filter(([, mode]) => mode !== 0o600)).toEqual([]);
  });

  it('lets an operation end that runs when it is asked to stop, and answers it', async () => {
    const [begun, gate] = [new Gate(), new Gate()];
    const agent = new ScriptedAgent('web-1').on('CreateNetwork', async () => {
      begun.open();
      await gate.opened;
      await agent.put(network('new-net'));
      return { network: message(network('new-net')) };
    });
    const program = startHere('--link-socket', socket());
    const { address } = await program.ready();
    dial(agent, `unix:${socket()}`);
    await until('the host is live', isLive(address));
    const answer = create(address);
    await begun.opened;
    program.child.kill('SIGTERM');
    // Asked with a command that ends at once where it is still taken: another create would wait at the gate.
    await until('it takes no more commands', async () => {
      const { code } = (await (await post(address, 'probe', '{"from":"one","to":"two"}')).json()) as { code?: string };
      return code === 'controller_unavailable';
    });
    gate.open();
    const response = await answer;
    expect([response.status, ((await response.json()) as OperationView).outcome]).toEqual([201, 'succeeded']);
    expect(await program.ended).toBe(0);
    expect(agent.callsOf('CreateNetwork')).toHaveLength(1);
  });

  it('settles after a kill what was running then, and sends it no second time', async () => {
    const begun = new Gate();
    const agent = new ScriptedAgent('web-1').on('CreateNetwork', async () => {
      agent.set(network('new-net'));
      begun.open();
      return new Promise(() => undefined);
    });
    agent.on('LookUpOperation', async () => ({ verdict: 'applied', source: 'engine', explanation: 'it is there' }));
    const victim = startHere('--link-socket', socket());
    const { address } = await victim.ready();
    dial(agent, `unix:${socket()}`);
    await until('the host is live', isLive(address));
    const lost = create(address).catch(() => 'lost');
    await begun.opened;
    victim.child.kill('SIGKILL');
    expect(await lost).toBe('lost');
    await victim.ended;
    const next = await startHere('--link-socket', socket()).ready();
    const client = createClient({ baseUrl: next.address, token });
    await until('it is settled', async () => (await client.listOperations()).items[0]?.settled?.by === 'engine');
    expect((await client.listOperations()).items).toMatchObject([{ kind: 'create', outcome: 'succeeded' }]);
    await until(
      'the network shows',
      async () => (await client.listNetworks({ query: { name: 'new-net' } })).total === 1,
    );
    expect(agent.callsOf('CreateNetwork')).toHaveLength(1);
  });

  it('ends with its parent', async () => {
    const program = startHere();
    await program.ready();
    program.child.disconnect();
    expect(await program.ended).toBe(0);
  });
});

describe('a controller that cannot start', () => {
  const refusal = async (program: Program) => [await program.ended, program.output.text];

  it('says which process holds its data folder', async () => {
    const first = startHere();
    await first.ready();
    expect(await refusal(startHere())).toEqual([1, expect.stringContaining(`in use by process ${first.child.pid}`)]);
  });

  it.each(['--port', '--link-port'])('says that its %s is taken, and leaves nothing running', async (flag) => {
    occupant = createServer().listen(0, '127.0.0.1');
    await once(occupant, 'listening');
    const { port } = occupant.address() as AddressInfo;
    const taken = startHere(`${flag}=${port}`, '--link-host=127.0.0.1');
    expect(await refusal(taken)).toEqual([1, expect.stringContaining(`127.0.0.1:${port}`)]);
    await startHere().ready();
  });

  it('names every fault of its command line', async () => {
    const [code, text] = await refusal(start('--port', 'x', '--link-port', 'y'));
    expect(code).toBe(2);
    expect(text).toMatch(/--port: .*--link-port: /);
  });

  it('explains itself when asked', async () => {
    expect(await refusal(start('--help'))).toEqual([0, expect.stringContaining('Usage: fairlead controller')]);
  });
});
