import { describe, expect, it } from '@jest/globals';
import { FairleadError } from '@fairlead/domain';
import type { ContainerDetails, EnginePort, ExecutionResult } from '@fairlead/engine';
import { containerTools } from './container-tools.js';
import { namespaceTools } from './namespace-tools.js';
import { type ProgramResult, runProgram } from './run-program.js';

const CONTAINER = { id: 'c'.repeat(64), name: 'one', pid: 4711 } as ContainerDetails;
const output = (exitCode: number, stdout = '', stderr = ''): ExecutionResult => ({ exitCode, stdout, stderr });
const MISSING = output(127, '', 'executable file not found in $PATH');
const PING = '64 bytes from 172.18.0.3: seq=0 ttl=64 time=0.1 ms\n1 packets transmitted, 1 packets received';

/** An engine whose containers have only these programs. */
function engineWith(programs: Record<string, ExecutionResult | Error>) {
  const ran: string[] = [];
  const execute: EnginePort['execute'] = (_, argv) => {
    ran.push(argv.join(' '));
    const found = programs[argv[0] ?? ''] ?? MISSING;
    return found instanceof Error ? Promise.reject(found) : Promise.resolve(found);
  };
  return { tools: containerTools({ execute } as EnginePort), ran };
}

describe("the container's own tools", () => {
  it('resolve by getent, else by nslookup, else by the first line of ping', async () => {
    const getent = engineWith({ getent: output(0, '172.18.0.3  two\n') });
    expect(await getent.tools.resolve(CONTAINER, 'two')).toEqual({ addresses: ['172.18.0.3'], error: '' });
    const nslookup = engineWith({ nslookup: output(0, 'Name:\ttwo\nAddress: 172.18.0.4\n') });
    expect(await nslookup.tools.resolve(CONTAINER, 'two')).toEqual({ addresses: ['172.18.0.4'], error: '' });
    const ping = engineWith({ ping: output(0, 'PING two (172.18.0.5): 56 data bytes\n') });
    expect(await ping.tools.resolve(CONTAINER, 'two')).toEqual({ addresses: ['172.18.0.5'], error: '' });
    expect(ping.ran).toEqual(['getent hosts two', 'nslookup two', 'ping -c 1 -W 1 two']);
  });

  it('take a name that is not known for an answer, in the words of the tool', async () => {
    const { tools, ran } = engineWith({
      getent: MISSING,
      nslookup: output(1, "** server can't find two: NXDOMAIN\n\n"),
    });
    expect(await tools.resolve(CONTAINER, 'two')).toEqual({
      addresses: [],
      error: "** server can't find two: NXDOMAIN",
    });
    expect(ran).toHaveLength(2);
  });

  it('say that there are none', async () => {
    const { tools } = engineWith({});
    expect(await tools.resolve(CONTAINER, 'two')).toMatchObject({ missing: expect.stringContaining('no getent') });
    expect(await tools.ping(CONTAINER, '172.18.0.3', 3)).toEqual({ missing: 'the container has no ping' });
  });

  it('send as many echoes as asked, and wait for the last one', async () => {
    const { tools, ran } = engineWith({ ping: output(0, PING) });
    expect(await tools.ping(CONTAINER, '172.18.0.3', 5)).toMatchObject({ received: 1, roundTripMs: [0.1] });
    expect(ran).toEqual(['ping -c 5 -W 2 172.18.0.3']);
  });

  it('count a ping without rights, and a container that cannot run anything, as none', async () => {
    const denied = engineWith({ ping: output(1, '', 'ping: permission denied (are you root?)') });
    expect(await denied.tools.ping(CONTAINER, '172.18.0.3', 1)).toHaveProperty('missing');
    const paused = new FairleadError('engine_refused', 'paused', { engineMessage: 'Container is paused' });
    expect(await engineWith({ ping: paused }).tools.ping(CONTAINER, '172.18.0.3', 1)).toEqual({
      missing: 'Container is paused',
    });
  });

  it('take a tool that does not end for a failure, and pass on that the engine is away', async () => {
    const late = new FairleadError('deadline_exceeded', 'getent did not end within 12 s');
    expect(await engineWith({ getent: late }).tools.resolve(CONTAINER, 'two')).toEqual({
      addresses: [],
      error: late.message,
    });
    const away = new FairleadError('engine_unavailable', 'no answer');
    await expect(engineWith({ getent: away }).tools.resolve(CONTAINER, 'two')).rejects.toBe(away);
  });
});

describe("the host's tools in the container's network", () => {
  const program = (code: number, stdout = '', stderr = '', missing?: string): ProgramResult => ({
    code,
    stdout,
    stderr,
    missing,
  });
  function toolsWith(answer: (argv: readonly string[]) => ProgramResult, mounts = `/containers/${CONTAINER.id}/hosts`) {
    const ran: string[][] = [];
    const tools = namespaceTools({
      execPath: '/usr/bin/node',
      nameServersOf: ({ name }) => Promise.resolve(name === 'alone' ? [] : ['127.0.0.11']),
      readText: (path) =>
        path === '/proc/4711/mountinfo' ? Promise.resolve(mounts) : Promise.reject(new Error('ENOENT')),
      run: (argv) => {
        ran.push([...argv]);
        return Promise.resolve(answer(argv));
      },
    });
    return { tools, ran };
  }

  it('ping through nsenter with fixed arguments', async () => {
    const { tools, ran } = toolsWith(() => program(0, PING));
    expect(await tools.ping(CONTAINER, '172.18.0.3', 2)).toMatchObject({ received: 1 });
    expect(ran).toEqual([['nsenter', '--net=/proc/4711/ns/net', 'ping', '-c', '2', '-W', '2', '172.18.0.3']]);
  });

  it('fall back to busybox where the host has no ping', async () => {
    const { tools, ran } = toolsWith((argv) =>
      argv.includes('busybox') ? program(0, PING) : program(127, '', 'nsenter: failed to execute ping: No such file'),
    );
    expect(await tools.ping(CONTAINER, '172.18.0.3', 1)).toMatchObject({ received: 1 });
    expect(ran[1]).toContain('busybox');
  });

  it("ask the container's name server, the name being an argument of its own", async () => {
    const { tools, ran } = toolsWith(() => program(0, '{"addresses":["172.18.0.3","nonsense"],"error":""}'));
    expect(await tools.resolve(CONTAINER, 'two')).toEqual({ addresses: ['172.18.0.3'], error: '' });
    expect(ran[0]?.slice(0, 4)).toEqual(['nsenter', '--net=/proc/4711/ns/net', '/usr/bin/node', '-e']);
    expect(ran[0]?.slice(-2)).toEqual(['two', '127.0.0.11']);
  });

  it('ask nobody else where it has none', async () => {
    const { tools, ran } = toolsWith(() => program(0, '{"addresses":["172.18.0.3"],"error":""}'));
    const answer = await tools.resolve({ ...CONTAINER, name: 'alone' }, 'two');
    expect(answer).toEqual({ addresses: [], error: 'its networks have no name server' });
    expect(ran).toEqual([]);
  });

  it.each([
    [
      'without root',
      program(1, '', 'nsenter: reassociate to namespace failed: Operation not permitted'),
      'not permitted',
    ],
    ['without nsenter', program(1, '', '', 'nsenter: spawn nsenter ENOENT'), 'ENOENT'],
  ])('say why they cannot be used %s', async (_, result, words) => {
    const { tools } = toolsWith(() => result);
    expect(await tools.ping(CONTAINER, '172.18.0.3', 1)).toMatchObject({ missing: expect.stringContaining(words) });
  });

  it("never enter another process: the engine's may be on another machine", async () => {
    const { tools, ran } = toolsWith(() => program(0, PING), '/some/other/mounts');
    expect(await tools.ping(CONTAINER, '172.18.0.3', 1)).toMatchObject({
      missing: expect.stringContaining('not on this machine'),
    });
    expect(await tools.ping({ ...CONTAINER, pid: 1 }, '172.18.0.3', 1)).toHaveProperty('missing');
    expect(await tools.ping({ ...CONTAINER, pid: 0 }, '172.18.0.3', 1)).toHaveProperty('missing');
    expect(ran).toEqual([]);
  });
});

describe('a program of the host', () => {
  const node = process.execPath;

  it('gets its arguments as they are, and next to no environment', async () => {
    const script = 'console.log(JSON.stringify([process.argv[1], Object.keys(process.env).sort()]))';
    const { stdout, code } = await runProgram([node, '-e', script, '$(id); "x"'], 10_000);
    expect([code, JSON.parse(stdout)]).toEqual([0, ['$(id); "x"', ['LC_ALL', 'PATH']]]);
  });

  it('tells its exit code, that it is not there, and that it took too long', async () => {
    expect(await runProgram([node, '-e', 'process.exit(3)'], 10_000)).toMatchObject({ code: 3, missing: undefined });
    expect(await runProgram(['/no/such/program'], 10_000)).toMatchObject({
      missing: expect.stringContaining('ENOENT'),
    });
    const late = await runProgram([node, '-e', 'setInterval(() => {}, 1000)'], 200);
    expect(late).toMatchObject({ code: 1, stderr: 'no answer within 0.2 s' });
  });
});
