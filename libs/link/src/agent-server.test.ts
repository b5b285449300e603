import { FairleadError } from '@fairlead/domain';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { ServiceError } from '@grpc/grpc-js';
import { Client, credentials, Metadata, status } from '@grpc/grpc-js';
import { spawnSync } from 'node:child_process';
import { existsSync, statSync, writeFileSync } from 'node:fs';
import { AgentServer } from './agent-server.js';
import { codec } from './codec.js';
import type { NetworkServiceHandlers } from './contract.js';
import { dialAgent } from './dialled-connection.js';
import { aborted, deferred, FakeAgent } from './testing/fake-agent.js';
import { Cleanup, testAuthority } from './testing/fixtures.js';

const cleanup = new Cleanup();
afterEach(() => cleanup.run());

const serverOf = (handlers: Partial<NetworkServiceHandlers> = {}): AgentServer => {
  const server = new AgentServer({
    handlers: new FakeAgent(handlers).handlers,
    instanceId: 'i1',
    maxMessageBytes: 64_000,
  });
  cleanup.add(() => server.close());
  return server;
};

const tlsServer = async (): Promise<AgentServer> => {
  const identity = await (await testAuthority()).agent();
  const server = new AgentServer({ handlers: new FakeAgent().handlers, instanceId: 'i1', identity });
  cleanup.add(() => server.close());
  return server;
};

/** A gRPC client that knows nothing of Fairlead but the path of a method. */
const plainClient = (address: string): Client => {
  const client = new Client(address, credentials.createInsecure(), { 'grpc.use_local_subchannel_pool': 1 });
  cleanup.add(() => client.close());
  return client;
};

const asIs = (bytes: Buffer): Buffer => bytes;

const call = (client: Client, path: string, request = Buffer.alloc(0), deadline = Date.now() + 5_000) =>
  new Promise<{ bytes?: Buffer | undefined; error: ServiceError | null }>((resolve) => {
    client.makeUnaryRequest<Buffer, Buffer>(path, asIs, asIs, request, new Metadata(), { deadline }, (error, bytes) =>
      resolve({ error, bytes }),
    );
  });

/** An address that nobody has used yet. */
const socket = (): string => `unix:${cleanup.folder()}/agent.sock`;

const service = '/fairlead.agent.v1.NetworkService';

describe("the agent's own server", () => {
  it('answers any gRPC client over a Unix socket', async () => {
    const address = await serverOf().listen(socket());
    const { bytes } = await call(plainClient(address), `${service}/DescribeHost`);
    expect(codec.decodeResponse('DescribeHost', bytes ?? Buffer.alloc(0)).name).toBe('web-07');
  });

  it('says what it serves by reflection, and serves nothing but that', async () => {
    const client = plainClient(await serverOf().listen(socket()));
    const listServices = Buffer.from([0x3a, 0x00]);
    const stream = client.makeBidiStreamRequest(
      '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo',
      asIs,
      asIs,
    );
    const answer = new Promise<Buffer>((resolve, reject) => stream.on('data', resolve).on('error', reject));
    stream.write(listServices);
    const text = (await answer).toString();
    stream.end();
    expect(text).toContain('fairlead.agent.v1.NetworkService');
    expect(text).not.toContain('AgentLink');
  });

  it('gives errors as a status with trailers', async () => {
    const server = serverOf({
      RemoveNetwork: () => Promise.reject(new FairleadError('network_in_use', 'In use', { engineMessage: 'größe' })),
    });
    const { error } = await call(plainClient(await server.listen(socket())), `${service}/RemoveNetwork`);
    expect(error).toMatchObject({ code: status.FAILED_PRECONDITION, details: 'In use' });
    expect(error?.metadata.get('fairlead-code')).toEqual(['network_in_use']);
    expect(error?.metadata.get('fairlead-engine-message-bin')).toEqual([Buffer.from('größe')]);
  });

  it('lets a plain client set the deadline', async () => {
    const left = deferred<number>();
    const stopped = deferred<boolean>();
    const server = serverOf({
      Probe: async (_request, { signal, remainingMs }) => {
        left.resolve(remainingMs());
        await aborted(signal);
        stopped.resolve(true);
        return {};
      },
    });
    const client = plainClient(await server.listen(socket()));
    const { error } = await call(client, `${service}/Probe`, undefined, Date.now() + 200);
    expect(error?.code).toBe(status.DEADLINE_EXCEEDED);
    expect(await left.promise).toBeLessThanOrEqual(200);
    expect(await stopped.promise).toBe(true);
  });

  it('answers too_large instead of breaking off where the answer is larger than its limit', async () => {
    const server = serverOf({ ListNetworks: () => Promise.resolve({ networks: [{ id: 'x'.repeat(64_001) }] }) });
    const { error } = await call(plainClient(await server.listen(socket())), `${service}/ListNetworks`);
    expect(error?.metadata.get('fairlead-code')).toEqual(['too_large']);
  });

  it('makes its socket for its own user only', async () => {
    const path = `${cleanup.folder()}/agent.sock`;
    const mask = process.umask();
    await serverOf().listen(`unix:${path}`);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(process.umask()).toBe(mask);
  });

  it('takes over the socket file of a process that is gone', async () => {
    const path = `${cleanup.folder()}/agent.sock`;
    leaveStaleSocket(path);
    expect(await serverOf().listen(`unix:${path}`)).toBe(`unix:${path}`);
    const connection = await dialAgent(`unix:${path}`);
    expect(connection.host.name).toBe('web-07');
    connection.close('done');
  });

  it('refuses the socket of a process that lives, and leaves it alone', async () => {
    const address = `unix:${cleanup.folder()}/agent.sock`;
    await serverOf().listen(address);
    await expect(serverOf().listen(address)).rejects.toMatchObject({ code: 'already_exists' });
    const connection = await dialAgent(address);
    expect(connection.instanceId).toBe('i1');
    connection.close('done');
  });

  it('refuses a port that is taken', async () => {
    const address = await tlsServer().then((server) => server.listen('127.0.0.1:0'));
    await expect((await tlsServer()).listen(address)).rejects.toMatchObject({ code: 'already_exists' });
  });

  it('never removes a file that is no socket', async () => {
    const path = `${cleanup.folder()}/precious`;
    writeFileSync(path, 'data');
    await expect(serverOf().listen(`unix:${path}`)).rejects.toThrow('not a socket');
    expect(existsSync(path)).toBe(true);
  });

  it('says why it cannot listen in a folder that is not there', async () => {
    const path = `${cleanup.folder()}/missing/agent.sock`;
    await expect(serverOf().listen(`unix:${path}`)).rejects.toThrow('Cannot listen on unix:');
  });

  it.each(['0.0.0.0:0', '127.0.0.1:0', '[::1]:0'])('does not listen on %s without an identity', async (address) => {
    await expect(serverOf().listen(address)).rejects.toThrow('Without a certificate nothing is served over TCP');
  });

  it('aborts its handlers, brings their last word and removes its socket when it closes', async () => {
    const begun = deferred();
    const stopped = deferred<boolean>();
    const server = serverOf({
      Probe: async (_request, { signal }) => {
        begun.resolve();
        await aborted(signal);
        stopped.resolve(true);
        return { explanation: 'stopped' };
      },
    });
    const path = `${cleanup.folder()}/agent.sock`;
    const connection = await dialAgent(await server.listen(`unix:${path}`));
    const outcome = connection.invoke('Probe', {}, { deadlineMs: 10_000 }).catch((error: unknown) => error);
    await begun.promise;
    await server.close();
    expect(await stopped.promise).toBe(true);
    expect(await outcome).toMatchObject({ explanation: 'stopped' });
    expect(await connection.closed).not.toBe('');
    expect(existsSync(path)).toBe(false);
  });
});

describe('dialling an agent', () => {
  it('says that nobody answers', async () => {
    await expect(dialAgent(`unix:${cleanup.folder()}/none.sock`)).rejects.toMatchObject({
      code: 'host_unavailable',
      message: expect.stringContaining('no agent answers'),
    });
  });

  it.each(['127.0.0.1:7801', 'host.example:7801'])('does not dial %s without knowing who is there', async (address) => {
    await expect(dialAgent(address)).rejects.toThrow('No agent is dialled over TCP without knowing who it is');
  });
});

/** What a process leaves that was killed: one that ends by itself removes its socket. */
function leaveStaleSocket(path: string): void {
  const script = `require('net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
  spawnSync(process.execPath, ['-e', script]);
  if (!statSync(path).isSocket()) throw new Error('no stale socket was left');
}

describe('a dialled agent that sends updates without end', () => {
  it('is slowed down, then cut off', async () => {
    const endless = async function* () {
      for (let n = 1; ; n++) yield await Promise.resolve({ delta: { resultsIn: n } });
    };
    const address = await serverOf({ WatchInventory: endless }).listen(socket());
    const limits = { messages: { burst: 20, perSecond: 100 }, overloadMs: 200 };
    const connection = await dialAgent(address, { limits });
    void (async () => {
      for await (const _update of connection.updates());
    })();
    expect(await connection.closed).toBe('the agent sends more than its share of updates, for too long');
    expect(connection.updatesReceived).toBeLessThan(400);
  });
});
