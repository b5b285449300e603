import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createSimulatedEngine } from '@fairlead/engine';
import { dialAgent, type HostConnection, LinkServer } from '@fairlead/link';
import type { AgentOptions } from './agent.js';
import { chooseEngine, findAnswering } from './find-engine.js';
import { createLog, withDetails } from './log.js';
import { aSpec } from './testing/handler-rig.js';
import { memoryLog } from './testing/memory-log.js';
import { Receiver } from './testing/receiver.js';
import { startTestAgent, type TestAgent } from './testing/start-agent.js';

let folder: string;
const ends: (() => unknown)[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fairlead-agent-'));
});
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
  rmSync(folder, { recursive: true, force: true });
});

async function start(more: Partial<AgentOptions> = {}): Promise<TestAgent> {
  const agent = await startTestAgent(folder, { labels: { env: 'test' }, ...more });
  ends.push(() => agent.stop());
  return agent;
}

/** A controller's end of the link, and the connections that came. */
async function listen() {
  const connections: HostConnection[] = [];
  const waiting: (() => void)[] = [];
  const server = new LinkServer({
    onConnection: (connection: HostConnection) => {
      connections.push(connection);
      waiting.splice(0).forEach((wake) => wake());
      return Promise.resolve();
    },
    log: memoryLog(),
  });
  const address = await server.listen(`unix:${join(folder, 'link.sock')}`);
  ends.push(() => server.close());
  const until = async (count: number): Promise<HostConnection> => {
    while (connections.length < count) await new Promise<void>((resolve) => waiting.push(resolve));
    return connections[count - 1] as HostConnection;
  };
  return { address, until };
}

const create = (connection: HostConnection, operationId: string, name: string) =>
  connection.invoke('CreateNetwork', { operationId, spec: aSpec(name) }, { deadlineMs: 10_000 });

describe('the agent', () => {
  it('serves its handlers on its own socket', async () => {
    const { listening = '' } = await start({ listen: `unix:${join(folder, 'agent.sock')}` });
    const connection = await dialAgent(listening);
    ends.push(() => connection.close('over'));
    expect(connection.host).toMatchObject({ name: 'web-1', engine: { simulated: true } });
    const { network } = await create(connection, 'op', 'my-net');
    expect(network).toMatchObject({ name: 'my-net' });
  });

  it('serves the same through its session, and tells the effect of a command before its answer', async () => {
    const { address, until } = await listen();
    await start({ controller: address });
    const connection = await until(1);
    const receiver = new Receiver();
    const counts: number[] = [];
    void (async () => {
      for await (const update of connection.updates()) {
        receiver.take(update);
        if (receiver.lost && receiver.count('asked') === 0) {
          receiver.kinds.push('asked');
          connection.requestSnapshot('it begins with nothing');
        }
        counts.push(receiver.networks.size);
      }
    })();
    while (receiver.networks.size === 0) await new Promise((resolve) => setImmediate(resolve));
    for (let index = 1; index <= 5; index += 1) {
      await create(connection, `op-${index}`, `net-${index}`);
      const arrived = connection.updatesReceived;
      while (counts.length < arrived) await new Promise((resolve) => setImmediate(resolve));
      expect(receiver.names()).toContain(`net-${index}`);
    }
    expect(receiver.count('snapshot')).toBe(1);
  });

  it('keeps a second agent off its data folder, and leaves it when it stops', async () => {
    const first = await start();
    await expect(start()).rejects.toMatchObject({ code: 'already_exists' });
    await first.stop();
    await start();
  });

  it('keeps its journal over a restart', async () => {
    const listenAt = `unix:${join(folder, 'agent.sock')}`;
    const journalIds: string[] = [];
    for (let life = 0; life < 2; life += 1) {
      const agent = await start({ listen: listenAt });
      const connection = await dialAgent(agent.listening ?? '');
      journalIds.push(connection.host.journalId);
      connection.close('over');
      await agent.stop();
    }
    expect(new Set(journalIds).size).toBe(1);
  });

  it('lets a running command end before it stops', async () => {
    const agent = await start();
    agent.engine.delay('createNetwork', 50);
    const context = { signal: new AbortController().signal, remainingMs: () => Infinity };
    const { codec } = await import('@fairlead/link');
    const bytes = codec.encodeRequest('CreateNetwork', { operationId: 'op', spec: aSpec('last') });
    const work = agent.handlers.CreateNetwork(codec.decodeRequest('CreateNetwork', bytes), context);
    await agent.stop();
    expect((await work).network).toMatchObject({ name: 'last' });
  });

  it('answers a running command through its session before it stops, and begins no other', async () => {
    const { address, until } = await listen();
    const agent = await start({ controller: address });
    const connection = await until(1);
    agent.engine.delay('createNetwork', 200);
    const entered = new Promise<void>((resolve) => {
      const original = agent.engine.createNetwork.bind(agent.engine);
      agent.engine.createNetwork = (spec) => {
        resolve();
        return original(spec);
      };
    });
    const work = create(connection, 'op', 'last');
    await entered;
    const stopped = agent.stop();
    await expect(create(connection, 'op-2', 'none')).rejects.toMatchObject({ code: 'overloaded' });
    expect((await work).network).toMatchObject({ name: 'last' });
    await stopped;
  });

  it('attaches anew when the engine turns out to be another one than was told', async () => {
    const { address, until } = await listen();
    const engine = createSimulatedEngine();
    engine.setDown(true);
    await start({ engine, controller: address });
    const first = await until(1);
    expect(first.host.engine).toMatchObject({ version: '' });
    engine.setDown(false);
    const second = await until(2);
    expect(second.host.engine).toMatchObject({ version: '28.5.2', kind: 'simulated' });
    await first.closed;
  }, 20_000);

  it('attaches anew when its policy has changed, after it has answered what it refuses', async () => {
    const { address, until } = await listen();
    const path = join(folder, 'policy.yaml');
    await start({ controller: address, policy: { path, required: false } });
    const first = await until(1);
    expect(first.host.policy).toMatchObject({ mode: '', rules: [] });
    writeFileSync(path, 'mode: read-only', { mode: 0o600 });
    await expect(create(first, 'op', 'my-net')).rejects.toMatchObject({
      code: 'policy_refused',
      message: expect.stringContaining(path),
    });
    const second = await until(2);
    expect(second.host.policy).toMatchObject({
      mode: 'read-only',
      rules: expect.arrayContaining([expect.any(String)]),
    });
    await first.closed;
  });
});

describe('finding the engine', () => {
  const around = (sockets: string[]) => ({
    env: {},
    home: '/home/me',
    uid: 1000,
    exists: (path: string) => Promise.resolve(sockets.includes(path)),
    readFile: () => Promise.resolve(undefined),
  });
  const DOCKER = '/var/run/docker.sock';
  const PODMAN = '/run/podman/podman.sock';
  /** Only the engines at these sockets answer. */
  const connect =
    (...answering: string[]) =>
    (url: string) => {
      const engine = createSimulatedEngine();
      engine.setDown(!answering.some((path) => url === `unix://${path}`));
      return engine;
    };

  it('takes what is given', async () => {
    expect(await chooseEngine('unix:///mine', around([]), connect())).toBe('unix:///mine');
  });

  it('takes the first place that answers, else the first that there is', async () => {
    const both = around([DOCKER, PODMAN]);
    expect(await chooseEngine(undefined, both, connect(PODMAN))).toBe(`unix://${PODMAN}`);
    expect(await chooseEngine(undefined, both, connect())).toBe(`unix://${DOCKER}`);
  });

  it('says what was tried where there is none', async () => {
    await expect(chooseEngine(undefined, around([]), connect())).rejects.toMatchObject({
      code: 'engine_unavailable',
      message: expect.stringContaining('DOCKER_HOST'),
      hint: expect.stringContaining('--engine'),
    });
  });

  it('tells the version of what answers, and nothing where nothing does', async () => {
    const candidates = [{ url: `unix://${DOCKER}`, source: 'default socket' }];
    expect(await findAnswering(candidates, connect(DOCKER))).toEqual({ ...candidates[0], version: '28.5.2' });
    expect(await findAnswering(candidates, connect())).toBeUndefined();
  });
});

describe('the log', () => {
  const written = (format: 'json' | 'text', level: 'debug' | 'warn' = 'debug') => {
    const lines: string[] = [];
    return { lines, log: createLog({ level, format, write: (line) => void lines.push(line), now: () => 0 }) };
  };

  it('writes an object a line for machines', () => {
    const { lines, log } = written('json');
    withDetails(log, { host: 'web-1' }).warn('It broke', { why: 'x' });
    expect(JSON.parse(lines[0] ?? '')).toEqual({ level: 40, time: 0, host: 'web-1', why: 'x', msg: 'It broke' });
  });

  it('writes a sentence a line for people, without control characters', () => {
    const { lines, log } = written('text');
    log.info('Said \u001b[31mred\nnews', { a: 1 });
    expect(lines).toEqual(['00:00:00.000 info  Said ?[31mred?news a=1\n']);
  });

  it('leaves out what is below its level', () => {
    const { lines, log } = written('json', 'warn');
    log.info('unimportant');
    log.debug('less so');
    log.warn('important');
    expect(lines).toHaveLength(1);
  });
});
