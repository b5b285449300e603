import { afterEach, describe, expect, it } from '@jest/globals';
import { status } from '@grpc/grpc-js';
import { randomUUID } from 'node:crypto';
import { AgentServer } from './agent-server.js';
import { dialAgent } from './dialled-connection.js';
import { agentMethods } from './protocol.js';
import { ExtendedKeyUsage, TestAuthority } from './testing/authority.js';
import { FakeAgent } from './testing/fake-agent.js';
import { Cleanup, testAuthority } from './testing/fixtures.js';
import { callRaw, frame, http2To, openCall, tcpTo, tlsTo } from './testing/raw-http2.js';
import { startTlsLink } from './testing/tls-rig.js';
import { toHostMessage } from './host-message.js';
import { sessionCodec } from './session-codec.js';
import { hostFacts } from './testing/samples.js';
import type { TlsIdentity } from './peer.js';

const cleanup = new Cleanup();
afterEach(() => cleanup.run());

const HOUR = 3_600_000;
const ATTACH = '/fairlead.link.v1.AgentLink/Attach';
const ENROLMENT = ['Challenge', 'Join', 'Recover'].map((method) => `/fairlead.link.v1.Enrolment/${method}`);
const AGENTS_OWN = Object.values(agentMethods).map(({ path }) => path);
const ELSE = ['/fairlead.link.v1.AgentLink/attach', `${ATTACH}/`, `/${ATTACH}`, '/', '/grpc.health.v1.Health/Check'];

/** Whoever may come: what he shows, and what Attach answers him. */
const callers: Record<
  string,
  [show: (ca: TestAuthority) => Promise<Partial<TlsIdentity> | undefined>, attach: status, says: RegExp]
> = {
  nobody: [async () => undefined, status.UNAUTHENTICATED, /needs the certificate of an agent, and none was shown/],
  'an agent': [(ca) => ca.agent(), status.OK, /^$/],
  'a controller': [(ca) => ca.controller(), status.PERMISSION_DENIED, /not for a caller of the role 'controller'/],
  'an agent of another authority': [
    async () => (await TestAuthority.create()).agent(),
    status.UNAUTHENTICATED,
    /not signed by a root that is trusted here/,
  ],
  'an agent of another authority that claims our cluster': [
    async (ca) => (await TestAuthority.create(ca.clusterId)).agent(),
    status.UNAUTHENTICATED,
    /not signed by a root that is trusted here/,
  ],
  'an agent of another cluster under our root': [
    (ca) => ca.agent('', { names: [`spiffe://${randomUUID()}/agent/${randomUUID()}`] }),
    status.UNAUTHENTICATED,
    /of another cluster/,
  ],
  'an agent whose certificate has expired': [
    (ca) => ca.agent(undefined, { fromMs: -3 * HOUR, toMs: -2 * HOUR }),
    status.UNAUTHENTICATED,
    /expired 2h .*ago/,
  ],
  'an agent whose certificate is not yet valid': [
    (ca) => ca.agent(undefined, { fromMs: 3 * HOUR + 60_000, toMs: 4 * HOUR }),
    status.UNAUTHENTICATED,
    /becomes valid .* in 3h .* one of the two clocks is wrong by 3h/,
  ],
  'an agent with two names': [
    (ca) =>
      ca.agent('', {
        names: [`spiffe://${ca.clusterId}/agent/${randomUUID()}`, `spiffe://${ca.clusterId}/controller`],
      }),
    status.UNAUTHENTICATED,
    /does not name exactly one/,
  ],
  'a certificate without a name': [
    (ca) => ca.agent('', { names: [] }),
    status.UNAUTHENTICATED,
    /does not name exactly one/,
  ],
  'a certificate with a name that only looks like one': [
    (ca) => ca.agent('', { names: [`spiffe://${ca.clusterId}/agent/${randomUUID()}/../controller`] }),
    status.UNAUTHENTICATED,
    /does not name exactly one/,
  ],
  'a certificate that an agent has signed': [
    async (ca) => ca.agentSignedBy(await ca.agent()),
    status.UNAUTHENTICATED,
    /not signed by a root|may not sign others|is not accepted/,
  ],
  'an agent whose certificate is for servers only': [
    (ca) => ca.agent(undefined, { usages: [ExtendedKeyUsage.serverAuth] }),
    status.UNAUTHENTICATED,
    /was not made for this use/,
  ],
};

const hello = frame(sessionCodec.encodeUp({ hello: { host: toHostMessage(hostFacts()), instanceId: 'i' } }));

describe.each(Object.entries(callers))("on the controller's link, %s", (_who, [show, attach, says]) => {
  it(`gets ${status[attach]} from Attach`, async () => {
    const { ca, address, connections } = await startTlsLink(cleanup);
    const session = await http2To(address, cleanup, await show(ca));
    const answer = await callRaw(session, ATTACH, hello);
    // A session that was let in ends when the raw caller has ended its half: as "the agent closed the link".
    expect(answer.status).toBe(attach === status.OK ? status.UNAVAILABLE : attach);
    if (attach !== status.OK) expect(answer.message).toMatch(says);
    expect(connections).toHaveLength(attach === status.OK ? 1 : 0);
  });

  it('reaches Enrolment, which asks for no certificate', async () => {
    const { ca, address, enrolment } = await startTlsLink(cleanup);
    const session = await http2To(address, cleanup, await show(ca));
    const answers = await Promise.all(ENROLMENT.map((path) => callRaw(session, path)));
    expect(answers.map((each) => each.status)).toEqual([status.OK, status.INVALID_ARGUMENT, status.INVALID_ARGUMENT]);
    expect(enrolment.joined).toEqual([]);
  });

  it('gets nothing else, by any path', async () => {
    const { ca, address, connections } = await startTlsLink(cleanup);
    const session = await http2To(address, cleanup, await show(ca));
    for (const path of [...AGENTS_OWN, ...ELSE]) {
      expect([path, (await callRaw(session, path)).status]).toEqual([path, status.UNIMPLEMENTED]);
    }
    expect(connections).toEqual([]);
  });
});

describe('who an agent is', () => {
  it("comes from its certificate, whatever it writes into a call's headers", async () => {
    const { ca, address, connections } = await startTlsLink(cleanup);
    const [victim, thief] = [randomUUID(), randomUUID()];
    openCall(await http2To(address, cleanup, await ca.agent(victim)), ATTACH).write(hello);
    while (connections.length < 1) await new Promise((resolve) => setTimeout(resolve, 5));
    for (let key = 0; key < 5; key++) {
      const session = await http2To(address, cleanup, await ca.agent(thief));
      await callRaw(session, ATTACH, hello, { 'fairlead-caller': `${key}` });
      session.destroy();
    }
    const ids = connections.map(({ identity }) => (identity.kind === 'agent' ? identity.id : identity.kind));
    expect(ids).toEqual([victim, ...Array<string>(5).fill(thief)]);
    expect(connections[0]?.identity).toMatchObject({ clusterId: ca.clusterId, address: '127.0.0.1' });
  });

  it('is local over a Unix socket, which enrols nobody', async () => {
    const { server } = await startTlsLink(cleanup);
    const path = `${cleanup.folder()}/link.sock`;
    await server.listen(`unix:${path}`);
    const { connect } = await import('node:http2');
    const { connect: connectUnix } = await import('node:net');
    const session = connect('http://raw', { createConnection: () => connectUnix(path) });
    cleanup.add(() => session.destroy());
    expect((await callRaw(session, ENROLMENT[0] ?? '')).status).toBe(status.PERMISSION_DENIED);
    expect((await callRaw(session, ATTACH, hello)).status).toBe(status.UNAVAILABLE);
  });
});

describe("on an agent's own port", () => {
  const start = async (id = randomUUID()) => {
    const ca = await testAuthority();
    const calls: string[] = [];
    const handlers = new FakeAgent({
      DescribeHost: async () => (calls.push('DescribeHost'), toHostMessage(hostFacts())),
    }).handlers;
    const server = new AgentServer({ handlers, instanceId: 'i1', identity: await ca.agent(id) });
    cleanup.add(() => server.close());
    return { ca, calls, server, id, address: await server.listen('127.0.0.1:0') };
  };
  const describeHost = '/fairlead.agent.v1.NetworkService/DescribeHost';

  it.each(Object.entries(callers).filter(([who]) => who !== 'a controller'))(
    '%s reaches no handler',
    async (_who, [show]) => {
      const { ca, calls, address } = await start();
      const shown = await show(ca);
      const answer = await http2To(address, cleanup, shown).then(
        (session) => callRaw(session, describeHost),
        () => ({ status: undefined }),
      );
      expect(answer.status).not.toBe(status.OK);
      expect(calls).toEqual([]);
    },
  );

  it("the controller reaches the agent's two services and no reflection", async () => {
    const { ca, calls, address } = await start();
    const session = await http2To(address, cleanup, await ca.controller());
    expect((await callRaw(session, describeHost)).status).toBe(status.OK);
    expect(calls).toEqual(['DescribeHost']);
    for (const path of ['/grpc.reflection.v1.ServerReflection/ServerReflectionInfo', ATTACH, ...ENROLMENT]) {
      expect([path, (await callRaw(session, path)).status]).toEqual([path, status.UNIMPLEMENTED]);
    }
  });

  it('a controller that expects another agent sends nothing', async () => {
    const { ca, calls, address, id } = await start();
    const other = randomUUID();
    const dial = dialAgent(address, { identity: await ca.controller(), agentId: other });
    await expect(dial).rejects.toMatchObject({
      code: 'host_unavailable',
      message: expect.stringContaining(`is agent ${id}, not ${other}; nothing was sent`),
    });
    expect(calls).toEqual([]);
  });

  it('a controller of another cluster is refused by the agent, and knows no such agent', async () => {
    const { calls, address, id } = await start();
    const other = await TestAuthority.create();
    await expect(dialAgent(address, { identity: await other.controller(), agentId: id })).rejects.toMatchObject({
      message: expect.stringContaining('is not signed by a root that is trusted here'),
    });
    expect(calls).toEqual([]);
  });

  it('another identity holds for the next connections and breaks none', async () => {
    const { ca, server, address, id } = await start();
    const identity = await ca.controller();
    const before = await dialAgent(address, { identity, agentId: id });
    cleanup.add(() => before.close('done'));
    const renewed = await ca.agent(id);
    server.setIdentity(renewed);
    const after = await dialAgent(address, { identity, agentId: id });
    cleanup.add(() => after.close('done'));
    expect(before.identity).not.toEqual(after.identity);
    await expect(before.invoke('ListNetworks', {}, { deadlineMs: 5_000 })).rejects.toMatchObject({
      code: 'unsupported',
    });
  });
});

describe('a change of the root', () => {
  it('lets agents of both roots in while both are trusted, and only one after', async () => {
    const old = await testAuthority();
    const next = await TestAuthority.create(old.clusterId);
    const both = old.root + next.root;
    const { server, address, connections } = await startTlsLink(cleanup, {
      identity: await old.controller({ roots: both }),
    });
    const attach = async (ca: TestAuthority) =>
      (await callRaw(await http2To(address, cleanup, await ca.agent()), ATTACH, hello)).status;
    expect([await attach(old), await attach(next)]).toEqual([status.UNAVAILABLE, status.UNAVAILABLE]);
    expect(connections).toHaveLength(2);
    server.setIdentity(await next.controller());
    expect([await attach(old), await attach(next)]).toEqual([status.UNAUTHENTICATED, status.UNAVAILABLE]);
  });
});

describe('TLS on the link', () => {
  it('is 1.3, gives no session to resume, and speaks HTTP/2 only', async () => {
    const { address, ca } = await startTlsLink(cleanup);
    const { connect } = await import('node:tls');
    const attempt = async (options: object) => {
      const socket = connect({
        socket: await tcpTo(address),
        rejectUnauthorized: false,
        ALPNProtocols: ['h2'],
        ...options,
      });
      cleanup.add(() => socket.destroy());
      return new Promise<string>((resolve) => {
        socket.once('secureConnect', () => resolve(`${socket.getProtocol()} reused ${socket.isSessionReused()}`));
        socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
        socket.once('close', () => resolve('closed'));
      });
    };
    expect(await attempt({})).toBe('TLSv1.3 reused false');
    expect(await attempt({ maxVersion: 'TLSv1.2' })).toBe('ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION');
    expect(await attempt({ ALPNProtocols: ['http/1.1'] })).toBe('ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL');
    const first = await tlsTo(address, cleanup, await ca.agent());
    const session = await new Promise<Buffer | undefined>((resolve) => {
      first.once('session', resolve);
      setTimeout(() => resolve(first.getSession()), 200);
    });
    expect(await attempt({ session })).toBe('TLSv1.3 reused false');
  });

  it('takes another certificate for the next handshakes and keeps open connections', async () => {
    const { ca, server, address } = await startTlsLink(cleanup);
    const before = await tlsTo(address, cleanup);
    const shown = before.getPeerX509Certificate()?.serialNumber;
    server.setIdentity(await ca.controller());
    const after = await tlsTo(address, cleanup);
    expect(after.getPeerX509Certificate()?.serialNumber).not.toBe(shown);
    expect(before.destroyed).toBe(false);
  });
});
