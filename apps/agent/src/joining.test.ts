import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { FairleadError } from '@fairlead/domain';
import {
  connectTo,
  createKey,
  createNonce,
  dialAgent,
  type HostConnection,
  LinkServer,
  verifySigningRequest,
} from '@fairlead/link';
import type { AgentOptions } from './agent.js';
import { IdentityStore } from './identity/identity-store.js';
import { AGENT_ID, type Authority, CLUSTER_ID, makeAuthority } from './testing/authority.js';
import { aToken, type ControllerOptions, startController, type TestController } from './testing/controller.js';
import { memoryLog } from './testing/memory-log.js';
import { startTestAgent, type TestAgent } from './testing/start-agent.js';

let folder: string;
let authority: Authority;
const ends: (() => unknown)[] = [];
beforeAll(async () => {
  authority = await makeAuthority();
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fairlead-joining-'));
});
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
  rmSync(folder, { recursive: true, force: true });
});

const MINUTE = { deadlineMs: 60_000 };

async function control(more: Partial<ControllerOptions> = {}): Promise<TestController> {
  const controller = await startController({ authority, ...more });
  ends.push(() => controller.close());
  return controller;
}
async function start(more: Partial<AgentOptions> = {}): Promise<TestAgent> {
  const agent = await startTestAgent(folder, more);
  ends.push(() => agent.stop());
  return agent;
}
const stored = () => IdentityStore.open({ folder: join(folder, 'data') });

/** Makes an identity whose certificate has expired an hour ago. */
async function storeExpired(): Promise<void> {
  const store = await stored();
  const key = await store.pendingKey();
  const certificateChain = await authority.issue({ key, fromMs: -7_200_000, toMs: -3_600_000 });
  const names = { clusterId: CLUSTER_ID, agentId: AGENT_ID, hostName: 'web-1' };
  await store.enrol({ ...names, certificateChain, roots: authority.root });
}

/** Renews as a controller does, over a session. */
async function renew(connection: HostConnection, roots = authority.root): Promise<string> {
  const nonce = createNonce();
  const request = await connection.invoke('RequestCertificate', { nonce }, MINUTE);
  const key = verifySigningRequest(request, nonce, 'renew');
  const certificateChain = await authority.issue({ key });
  return (await connection.invoke('InstallCertificate', { certificateChain, roots }, MINUTE)).serial;
}

describe('a host that joins', () => {
  it('has an identity from then on, which its sessions show, and needs no token again', async () => {
    const { address, session, joins } = await control();
    const agent = await start({ controller: address, token: aToken(authority) });
    const first = await session(1);
    expect(first.identity).toMatchObject({ kind: 'agent', clusterId: CLUSTER_ID, id: AGENT_ID });
    expect(first.host).toMatchObject({ name: 'web-1', rootDigests: [expect.stringMatching(/^[0-9a-f]{64}$/)] });
    await agent.stop();
    await start({ controller: address });
    expect((await session(2)).identity).toEqual(first.identity);
    expect(joins).toHaveLength(1);
    expect(joins[0]).toMatchObject({ hostName: 'web-1', tokenId: 'abcdefghij' });
  });

  it('is called as the machine is where no name is given, and keeps that name', async () => {
    const { address, session, joins } = await control();
    const agent = await start({ controller: address, token: aToken(authority), name: undefined });
    expect((await session(1)).host).toMatchObject({ name: 'machine' });
    expect(joins[0]).toMatchObject({ hostName: 'machine' });
    await agent.stop();
    const { log } = await start({ controller: address, name: undefined, machine: 'renamed' });
    expect((await session(2)).host).toMatchObject({ name: 'machine' });
    expect(log.lines).toContainEqual(
      expect.objectContaining({ details: expect.objectContaining({ host: 'machine' }) }),
    );
    expect(JSON.stringify(log.lines)).not.toContain('renamed');
  });

  it('does not use a second token, and says so', async () => {
    const { address, joins } = await control();
    await (await start({ controller: address, token: aToken(authority) })).stop();
    const { log } = await start({ controller: address, token: aToken(authority, { id: 'zzzzzzzzzz' }) });
    expect(joins).toHaveLength(1);
    expect(log.lines).toContainEqual(expect.objectContaining({ message: expect.stringContaining('token is ignored') }));
  });

  it('asks again with the same key when the answer was lost', async () => {
    let losses = 1;
    const { address, joins, session } = await control({
      join: async (_, answer) => {
        if (losses-- > 0) throw new FairleadError('overloaded', 'not now');
        return answer();
      },
    });
    await start({ controller: address, token: aToken(authority) });
    await session(1);
    expect(joins).toHaveLength(2);
    expect(joins[0]?.publicKey).toEqual(joins[1]?.publicKey);
  });
});

describe('a host that does not get in', () => {
  const refusal = async (more: Partial<AgentOptions>): Promise<FairleadError> => {
    const error = await start(more).catch((thrown: unknown) => thrown);
    if (error instanceof FairleadError) return error;
    throw new Error('it got in');
  };

  it('says what is missing without identity and token', async () => {
    for (const more of [{ controller: '127.0.0.1:1' }, { listen: '127.0.0.1:0' }]) {
      expect(await refusal(more)).toMatchObject({
        code: 'unauthenticated',
        hint: expect.stringMatching(/fairlead host (join-token create|add)/),
      });
    }
    // The folder is free for the next attempt.
    await start();
  });

  it('ends when its token is not accepted, and shows nothing of it', async () => {
    const { address, joins } = await control();
    const token = aToken(authority, { secret: 'w'.repeat(42) + 'A' });
    const error = await refusal({ controller: address, token });
    expect(error).toMatchObject({ code: 'token_refused', traits: { exit: 4 } });
    expect([error.message, error.hint].join()).not.toContain(token.secret);
    expect(joins).toHaveLength(1);
  });

  it('sends nothing to a controller with another root, and shows both digests', async () => {
    const { address, joins } = await control();
    const other = aToken(await makeAuthority());
    const error = await refusal({ controller: address, token: other });
    expect(error.traits.retry).toBe('never');
    expect(`${error.message} ${error.hint}`).toContain(hex(other.rootDigest));
    expect(`${error.message} ${error.hint}`).toContain(hex(aToken(authority).rootDigest));
    expect(joins).toEqual([]);
  });

  it('ends at once where something else answers', async () => {
    const http = createHttpServer((_, response) => response.end('hello'));
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    ends.push(() => http.close());
    const { port } = http.address() as { port: number };
    expect(await refusal({ controller: `127.0.0.1:${port}`, token: aToken(authority) })).toMatchObject({
      code: 'controller_unavailable',
      message: expect.stringContaining('not our controller'),
    });
  });

  it('ends at once where the clocks differ too much', async () => {
    const { address, joins } = await control({ fromMs: 5 * 3_600_000, toMs: 9 * 3_600_000 });
    expect(await refusal({ controller: address, token: aToken(authority) })).toMatchObject({
      message: expect.stringMatching(/clock/),
      hint: expect.stringContaining('Compare the clocks'),
    });
    expect(joins).toEqual([]);
  });

  it('refuses another name than that of its identity', async () => {
    const { address } = await control();
    await (await start({ controller: address, token: aToken(authority) })).stop();
    expect(await refusal({ controller: address, name: 'web-2' })).toMatchObject({
      code: 'invalid_argument',
      message: expect.stringContaining("joined as 'web-1'"),
    });
  });

  it('ends when it is stopped while nobody answers', async () => {
    const silent = createServer();
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    ends.push(() => silent.close());
    const { port } = silent.address() as { port: number };
    const stop = new AbortController();
    silent.once('connection', (socket) => {
      ends.push(() => socket.destroy());
      stop.abort();
    });
    const error = await refusal({ controller: `127.0.0.1:${port}`, token: aToken(authority), signal: stop.signal });
    expect(error.code).toBe('deadline_exceeded');
    expect((await stored()).pending).toHaveLength(1);
  });
});

const hex = (digest: string): string => Buffer.from(digest, 'base64url').toString('hex');

describe('a certificate', () => {
  it('is renewed over the session, which goes on, and is shown by the next one', async () => {
    const { address, session } = await control();
    const agent = await start({ controller: address, token: aToken(authority) });
    const first = await session(1);
    const serial = await renew(first);
    expect(await first.invoke('ListNetworks', {}, MINUTE)).toMatchObject({ networks: expect.any(Array) });
    await agent.stop();
    await start({ controller: address });
    expect((await session(2)).identity).toMatchObject({ serial });
  });

  it('is asked for anew when it has expired', async () => {
    const { address, session, recoveries } = await control();
    await storeExpired();
    await start({ controller: address });
    expect((await session(1)).identity).toMatchObject({ kind: 'agent', id: AGENT_ID });
    expect(recoveries).toHaveLength(1);
    expect((await stored()).endsAt).toBeGreaterThan(Date.now());
  });

  it('and roots are no matter of an agent on a Unix socket', async () => {
    const server = new LinkServer({
      onConnection: (connection: HostConnection) => Promise.resolve(take(connection)),
      log: memoryLog(),
    });
    ends.push(() => server.close());
    let take!: (connection: HostConnection) => void;
    const came = new Promise<HostConnection>((resolve) => (take = resolve));
    const controller = await server.listen(`unix:${join(folder, 'link.sock')}`);
    await start({ controller, token: aToken(authority) });
    const connection = await came;
    expect(connection.host.rootDigests).toEqual([]);
    for (const call of [
      connection.invoke('RequestCertificate', { nonce: createNonce() }, MINUTE),
      connection.invoke('UpdateTrust', { roots: authority.root }, MINUTE),
      connection.invoke('InstallCertificate', { certificateChain: '', roots: '' }, MINUTE),
    ])
      await expect(call).rejects.toMatchObject({ code: 'unsupported' });
  });
});

describe('the trusted roots', () => {
  it('are set over the session, and never without the own one', async () => {
    const { address, session } = await control();
    await start({ controller: address, token: aToken(authority) });
    const connection = await session(1);
    const other = await makeAuthority();
    const { rootDigests } = await connection.invoke('UpdateTrust', { roots: authority.root + other.root }, MINUTE);
    expect(rootDigests).toHaveLength(2);
    await expect(connection.invoke('UpdateTrust', { roots: other.root }, MINUTE)).rejects.toMatchObject({
      code: 'invalid_argument',
    });
    expect((await connection.invoke('DescribeHost', {}, MINUTE)).rootDigests).toEqual(rootDigests);
  });
});

describe('checkpoints', () => {
  it('are kept and given back over the session', async () => {
    const { address, session } = await control();
    await start({ controller: address, token: aToken(authority) });
    const connection = await session(1);
    const checkpoint = {
      clusterId: CLUSTER_ID,
      seq: 7,
      hash: 'a'.repeat(64),
      at: 1_795_000_000_000,
      signature: Buffer.alloc(64, 1),
    };
    await connection.invoke('KeepCheckpoint', checkpoint, MINUTE);
    expect((await connection.invoke('ListCheckpoints', {}, MINUTE)).checkpoints).toEqual([checkpoint]);
  });
});

describe('a host that listens', () => {
  const dial = async (address: string): Promise<HostConnection> => {
    const identity = await authority.controller();
    const connection = await dialAgent(address, { identity, agentId: AGENT_ID });
    ends.push(() => connection.close('over'));
    return connection;
  };
  /** A port that is free now. */
  const freeAddress = async (): Promise<string> => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    await new Promise((resolve) => server.close(resolve));
    return `127.0.0.1:${port}`;
  };
  /** As a controller does with a host that it has been told of: it dials, and serves what it has dialled. */
  async function enrolAt(controller: TestController, address: string, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const socket = await connectTo(address).catch(() => undefined);
      if (socket !== undefined) await controller.server.accept(socket);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  it('joins over a connection that its controller has opened, and serves over mTLS then', async () => {
    const controller = await control();
    const listen = await freeAddress();
    const starting = start({ listen, token: aToken(authority) });
    const joined = new AbortController();
    const enrolling = enrolAt(controller, listen, joined.signal);
    const agent = await starting;
    joined.abort();
    await enrolling;
    expect(agent.listening).toBe(listen);
    const connection = await dial(listen);
    expect(connection.host).toMatchObject({ name: 'web-1' });
    expect(connection.identity).toMatchObject({ kind: 'agent', id: AGENT_ID });
    const serial = await renew(connection);
    expect((await dial(listen)).identity).toMatchObject({ serial });
    expect(await connection.invoke('ListNetworks', {}, MINUTE)).toMatchObject({ networks: expect.any(Array) });
  });

  it('waits to be dialled for a new certificate when its own has expired, and serves then', async () => {
    const controller = await control();
    await storeExpired();
    const { listening = '', log } = await start({ listen: '127.0.0.1:0' });
    const stop = new AbortController();
    const enrolling = enrolAt(controller, listening, stop.signal);
    const served = async (): Promise<HostConnection> => {
      for (;;) {
        const connection = await dial(listening).catch(() => undefined);
        if (connection !== undefined) return connection;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    };
    while (controller.recoveries.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    stop.abort();
    await enrolling;
    expect((await served()).host).toMatchObject({ name: 'web-1' });
    expect(controller.recoveries).toHaveLength(1);
    expect(JSON.stringify(log.lines)).toContain('waiting to be dialled');
  });

  it('has its controller dial again when its policy has changed', async () => {
    const controller = await control();
    await (await start({ controller: controller.address, token: aToken(authority) })).stop();
    const path = join(folder, 'policy.json');
    const { listening = '' } = await start({ listen: '127.0.0.1:0', policy: { path, required: false } });
    const first = await dial(listening);
    expect(first.host.policy).toMatchObject({ mode: '' });
    writeFileSync(path, '{"mode":"manage"}', { mode: 0o600 });
    const refused = first.invoke('RemoveNetwork', { operationId: 'op', networkId: 'x', force: true }, MINUTE);
    await expect(refused).rejects.toMatchObject({ code: 'policy_refused' });
    await first.closed;
    for (;;) {
      const again = await dial(listening).catch(() => undefined);
      if (again === undefined) continue;
      expect(again.host.policy).toMatchObject({ mode: 'manage' });
      break;
    }
  });

  it('serves nobody who is not a controller of its cluster', async () => {
    const controller = await control();
    await (await start({ controller: controller.address, token: aToken(authority) })).stop();
    const { listening = '' } = await start({ listen: '127.0.0.1:0' });
    const key = createKey();
    const strangers = [
      { certificateChain: await authority.issue({ key }), privateKey: key, roots: authority.root },
      { ...(await (await makeAuthority()).controller()), roots: authority.root },
    ];
    for (const identity of strangers)
      await expect(dialAgent(listening, { identity, agentId: AGENT_ID })).rejects.toThrow();
    expect((await dial(listening)).host).toMatchObject({ name: 'web-1' });
  });
});
