import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createNetworkRequest } from '@fairlead/api';
import { HostScope } from '../access/host-scope.js';
import { ACTOR, type AgentPeer, aPublicKey, Rig, until } from '../testing/rig.js';
import { Gate, network, ScriptedAgent } from '../testing/scripted-agent.js';

let rig: Rig;

beforeEach(async () => {
  rig = await Rig.start({ ca: true });
});

afterEach(() => rig.stop());

const HOUR_MS = 3_600_000;
const agentOf = (name = 'web-1', facts: object = {}) => new ScriptedAgent(name, { capability: 2, ...facts });
const show = (name = 'web-1') => rig.runtime.hosts.show(name, HostScope.all);
const identity = (name = 'web-1') => rig.runtime.identities.service.of(name)!;
const reachable = (name = 'web-1') => rig.runtime.fleet.reachable(rig.runtime.hosts.get(name, HostScope.all));
const resolve = (keep: string) => rig.runtime.identities.service.resolve('web-1', keep, ACTOR);
const isGone = (name = 'web-1') => rig.runtime.fleet.session(name) === undefined;

/** Another certificate for the host, as a renewal makes it. */
async function renew(name = 'web-1'): Promise<AgentPeer> {
  const { id } = identity(name);
  const publicKey = aPublicKey();
  const issued = await rig.ca!.issueAgent({ agentId: id, publicKey, listening: false });
  await rig.runtime.identities.service.renewed(id, issued, publicKey, false);
  return rig.peerOf(name);
}

const rows = (action: string) =>
  rig.database.prisma.auditEntry.findMany({ where: { action }, orderBy: { seq: 'asc' } });

describe('a host that has joined', () => {
  it('is shown before its agent has come, and as its identity says once it has', async () => {
    const peer = await rig.join('web-1', { env: 'prod' });
    expect(show()).toMatchObject({
      labels: { env: 'prod' },
      connected: false,
      identity: { kind: 'joined', state: 'active', agentId: peer.id, certificate: { generation: 1 } },
      policy: { mode: 'none', rules: [] },
    });
    const policy = { mode: 'manage', rules: ['removes nothing'] } as const;
    await rig.attach(agentOf('web-1', { labels: { env: 'test', own: 'x' }, policy }), 'one', peer);
    expect(show()).toMatchObject({ labels: { env: 'prod' }, connected: true, policy });
    expect(show().labels).not.toHaveProperty('own');
  });

  it('has the labels of its token under those of the operator', async () => {
    const peer = await rig.join('web-1', { env: 'prod', zone: 'a' });
    await rig.runtime.hosts.relabel('web-1', { labels: { env: 'test' } }, HostScope.all, ACTOR, rig.time);
    await rig.attach(agentOf(), 'one', peer);
    expect(show().labels).toEqual({ env: 'test', zone: 'a' });
  });

  it('keeps what it told of its policy while it is away, also over a restart', async () => {
    const peer = await rig.join('web-1');
    await rig.attach(agentOf('web-1', { policy: { mode: 'read-only', rules: [] } }), 'one', peer);
    rig = await rig.restart();
    expect(show()).toMatchObject({ connected: false, policy: { mode: 'read-only' } });
  });

  it('is not spoken for by a socket of this machine', async () => {
    const peer = await rig.join('web-1');
    await expect(rig.connect(agentOf())).rejects.toMatchObject({ code: 'already_exists' });
    await rig.attach(agentOf(), 'one', peer);
    await expect(rig.connect(agentOf())).rejects.toMatchObject({ code: 'already_exists' });
    expect(reachable().connection.identity).toEqual(peer);
  });

  it('is not spoken for by another host', async () => {
    await rig.join('web-1');
    const other = await rig.join('web-2');
    await expect(rig.connect(agentOf('web-1'), 'one', other)).rejects.toMatchObject({
      code: 'identity_refused',
      message: expect.stringContaining("that of host 'web-2'"),
    });
  });

  it.each([
    ['an id that was given to nobody', { id: '01939f3e-0000-7000-8000-000000000000' }],
    ['another cluster', { clusterId: '01939f3e-0000-7000-8000-000000000000' }],
    ['the role of a controller', { kind: 'controller' as const }],
  ])('is not let in with %s', async (_, other) => {
    const peer = await rig.join('web-1');
    await expect(rig.connect(agentOf(), 'one', { ...peer, ...other })).rejects.toMatchObject({
      code: 'identity_refused',
    });
    expect(identity().state).toBe('active');
  });

  it('leaves a row in the audit when it is refused, and one for all that its process tries within an hour', async () => {
    const peer = await rig.join('web-1');
    await rig.runtime.identities.service.revoke('web-1', ACTOR);
    const attempt = () => rig.connect(agentOf(), 'one', peer).catch(() => undefined);
    for (let round = 0; round < 5; round++) await attempt();
    rig.time += HOUR_MS;
    await attempt();
    await until('they are written', async () => (await rows('host.attach')).length === 2);
    expect((await rows('host.attach'))[0]).toMatchObject({
      outcome: 'refused',
      hostName: 'web-1',
      actor: `agent:${peer.id}`,
      detail: { code: 'identity_refused', instance: 'one' },
    });
  });

  it('begins three sessions in eight seconds, no more', async () => {
    const peer = await rig.join('web-1');
    const agent = agentOf();
    for (let round = 0; round < 3; round++) await rig.attach(agent, 'one', peer);
    await expect(rig.connect(agent, 'one', peer)).rejects.toMatchObject({ code: 'overloaded' });
    const other = await rig.join('web-2');
    await rig.attach(agentOf('web-2'), 'one', other);
    rig.time += 8_000;
    await rig.attach(agent, 'one', peer);
  });

  it('is not kept away for sessions that failed with the disk', async () => {
    const peer = await rig.join('web-1');
    const agent = agentOf();
    const readOnly = (on: boolean) => rig.database.prisma.$executeRawUnsafe(`PRAGMA query_only = ${on ? 'ON' : 'OFF'}`);
    await readOnly(true);
    for (let round = 0; round < 5; round++) {
      await expect(rig.connect(agent, 'one', peer)).rejects.toMatchObject({ code: 'storage_failed' });
    }
    await readOnly(false);
    const connection = await rig.attach(agent, 'one', peer);
    await readOnly(true);
    void agent.put(network('late'));
    await expect(connection.closed).resolves.toBe('the inventory could not be stored');
    await readOnly(false);
    await rig.attach(agent, 'one', peer);
    expect(await rig.names('web-1')).toContain('late');
  });

  it('is kept away for sessions that failed by what it sent', async () => {
    const peer = await rig.join('web-1');
    const agent = agentOf();
    await rig.database.prisma.$executeRawUnsafe(
      `CREATE TRIGGER "odd" BEFORE INSERT ON "Network" BEGIN SELECT RAISE(ABORT, 'not like this'); END`,
    );
    for (let round = 0; round < 3; round++) {
      const connection = await rig.connect(agent, 'one', peer);
      await expect(connection.closed).resolves.toBe('the inventory could not be stored');
    }
    await expect(rig.connect(agent, 'one', peer)).rejects.toMatchObject({ code: 'overloaded' });
  });

  it('loses its session when its certificate expires', async () => {
    const peer = await rig.join('web-1');
    const connection = await rig.attach(agentOf(), 'one', peer);
    rig.time = identity().notAfter;
    await expect(connection.closed).resolves.toBe('its certificate has expired');
  });
});

describe('a renewed certificate', () => {
  it('counts beside the one before until the agent is known to have it, and alone from then on', async () => {
    const first = await rig.join('web-1');
    await rig.attach(agentOf(), 'one', first);
    rig.time += 12 * HOUR_MS;
    const second = await renew();
    expect(identity()).toMatchObject({ generation: 2, confirmed: false, previousSerial: first.serial });
    await rig.attach(agentOf(), 'one', first);
    expect(identity().confirmed).toBe(false);
    await rig.attach(agentOf(), 'one', second);
    expect(identity().confirmed).toBe(true);
    rig.time += 9_000;
    await expect(rig.connect(agentOf(), 'one', first)).rejects.toMatchObject({ code: 'host_quarantined' });
  });

  it('is confirmed by its serial number alone', async () => {
    const first = await rig.join('web-1');
    await rig.attach(agentOf(), 'one', first);
    const { serial, id } = await renew();
    const { service } = rig.runtime.identities;
    await service.confirmed(id, first.serial);
    expect(identity().confirmed).toBe(false);
    await service.confirmed(id, serial);
    expect(identity().confirmed).toBe(true);
  });

  it('for the same key again leaves the certificate that the agent really has in force', async () => {
    const first = await rig.join('web-1');
    await rig.attach(agentOf(), 'one', first);
    const { service } = rig.runtime.identities;
    const publicKey = aPublicKey();
    for (let round = 0; round < 2; round++) {
      const issued = await rig.ca!.issueAgent({ agentId: first.id, publicKey, listening: false });
      await service.renewed(first.id, issued, publicKey, false);
    }
    expect(identity()).toMatchObject({ generation: 3, previousSerial: first.serial });
    await rig.attach(agentOf(), 'one', first);
  });

  it('is not registered for an identity that has ended', async () => {
    const { id } = await rig.join('web-1');
    await rig.runtime.identities.service.revoke('web-1', ACTOR);
    await expect(renew()).rejects.toMatchObject({ code: 'identity_refused' });
    expect(identity()).toMatchObject({ id, generation: 1 });
  });
});

describe('two machines with one identity', () => {
  let peer: AgentPeer;
  const copy = (): AgentPeer => ({ ...peer, address: '10.0.0.2' });

  /** The original is connected; a copy of it takes its place; then the original dials again. */
  async function clone(): Promise<void> {
    peer = await rig.join('web-1');
    const agent = agentOf();
    agent.set(network('precious'));
    await rig.attach(agent, 'original', peer);
    await rig.attach(agent, 'copy', copy());
    await expect(rig.connect(agent, 'original', peer)).rejects.toMatchObject({ code: 'host_quarantined' });
    await until('the session of the copy is gone', () => isGone());
  }

  it('are quarantined: sessions and commands are refused, the inventory stays', async () => {
    await clone();
    for (const [instance, which] of [
      ['original', peer],
      ['copy', copy()],
      ['third', peer],
    ] as const) {
      await expect(rig.connect(agentOf(), instance, which)).rejects.toMatchObject({ code: 'host_quarantined' });
    }
    expect(() => reachable()).toThrow(expect.objectContaining({ code: 'host_quarantined' }));
    expect(await rig.names()).toContain('precious');
  });

  it('are told of by an event, the audit, and the host, with both machines', async () => {
    await clone();
    const machines = [
      { instance: 'original', peer: expect.stringContaining('10.0.0.1:') },
      { instance: 'copy', peer: expect.stringContaining('10.0.0.2:') },
    ];
    const shown = show().identity;
    expect(shown).toMatchObject({ state: 'quarantined', quarantine: { reason: expect.stringContaining('came back') } });
    expect(shown.quarantine!.machines).toHaveLength(2);
    expect(shown.quarantine!.machines).toEqual(
      expect.arrayContaining(machines.map((each) => expect.objectContaining(each))),
    );
    await until('it is told of', () => rig.events.some(({ type }) => type === 'host.quarantined'));
    expect(rig.events.find(({ type }) => type === 'host.quarantined')).toMatchObject({
      host: 'web-1',
      data: { identity: { state: 'quarantined' } },
    });
    expect(await rows('host.quarantine')).toMatchObject([
      { outcome: 'done', hostName: 'web-1', target: { agentId: peer.id } },
    ]);
  });

  it('stay quarantined over a restart of the controller', async () => {
    await clone();
    rig = await rig.restart(60_000);
    await expect(rig.connect(agentOf(), 'original', peer)).rejects.toMatchObject({ code: 'host_quarantined' });
    expect(show().identity.quarantine?.machines).toHaveLength(2);
  });

  it.each([
    ['its address', '10.0.0.1'],
    ['its instance', 'original'],
  ])('become one again when the operator names one by %s, and the other one is refused', async (_, keep) => {
    await clone();
    rig.time += 10_000;
    await resolve(keep);
    await expect(rig.connect(agentOf(), 'copy', copy())).rejects.toMatchObject({
      code: 'identity_refused',
      hint: expect.stringContaining('join-token'),
    });
    await rig.attach(agentOf(), 'original', peer);
    expect(identity()).toMatchObject({ state: 'active', keepInstance: 'original' });
    const renewed = await renew();
    await rig.runtime.identities.service.confirmed(peer.id, renewed.serial);
    expect(identity()).toMatchObject({ state: 'active', keepInstance: null, quarantine: null });
    rig.time += 10_000;
    for (const instance of ['copy', 'copy started anew']) {
      await expect(rig.connect(agentOf(), instance, copy())).rejects.toMatchObject({ code: 'identity_refused' });
    }
    await rig.attach(agentOf(), 'original started anew', renewed);
    expect(show().identity).toMatchObject({ state: 'active', certificate: { generation: 2 } });
    expect(await rows('host.quarantine')).toHaveLength(1);
    expect(await rows('host.resolve')).toMatchObject([{ actor: 'local', detail: { kept: { id: 'original' } } }]);
  });

  it('may be chosen between again while the one that was chosen has no new key', async () => {
    await clone();
    await resolve('original');
    rig.time += 10_000;
    await expect(rig.connect(agentOf(), 'original started anew', peer)).rejects.toMatchObject({
      code: 'identity_refused',
    });
    await expect(resolve('10.0.0.1')).rejects.toMatchObject({
      code: 'ambiguous_name',
      hint: expect.stringContaining('original started anew (10.0.0.1:'),
    });
    await resolve('original started anew');
    await rig.attach(agentOf(), 'original started anew', peer);
  });

  it('cannot be resolved with a machine that nobody has seen, nor without a quarantine', async () => {
    await clone();
    await expect(resolve('10.9.9.9')).rejects.toMatchObject({
      code: 'not_found',
      hint: expect.stringContaining('copy (10.0.0.2:'),
    });
    await resolve('copy');
    const renewed = await renew();
    await rig.runtime.identities.service.confirmed(peer.id, renewed.serial);
    await expect(resolve('copy')).rejects.toMatchObject({ code: 'unsupported' });
    rig.time += 10_000;
    await rig.attach(agentOf('local-1'));
    await expect(rig.runtime.identities.service.resolve('local-1', 'x', ACTOR)).rejects.toMatchObject({
      code: 'unsupported',
    });
  });

  it('are found by the old certificate alone, where their processes never met', async () => {
    peer = await rig.join('web-1');
    const first = await rig.attach(agentOf(), 'original', peer);
    await rig.runtime.identities.service.confirmed(peer.id, (await renew()).serial);
    first.close('cut');
    await until('it is gone', () => isGone());
    rig = await rig.restart();
    await expect(rig.connect(agentOf(), 'copy', copy())).rejects.toMatchObject({ code: 'host_quarantined' });
    expect(show().identity.quarantine).toMatchObject({ reason: expect.stringContaining('replaced') });
  });

  it('are not seen in an agent that was started anew, nor in one whose link was cut', async () => {
    peer = await rig.join('web-1');
    for (const instance of ['first', 'first', 'second', 'second', 'third']) {
      rig.time += 10_000;
      await rig.attach(agentOf(), instance, peer);
    }
    expect(identity().state).toBe('active');
  });
});

describe('a revoked host', () => {
  it('loses its session at once, and its certificate for ever', async () => {
    const peer = await rig.join('web-1');
    const connection = await rig.attach(agentOf(), 'one', peer);
    await rig.runtime.identities.service.revoke('web-1', ACTOR);
    await expect(connection.closed).resolves.toContain('revoked');
    expect(show()).toMatchObject({ connected: false, identity: { state: 'revoked' } });
    expect(await rig.names()).toEqual(['bridge', 'host']);
    await expect(rig.connect(agentOf(), 'one', peer)).rejects.toMatchObject({
      code: 'identity_refused',
      message: expect.stringContaining('was revoked'),
    });
    expect(() => reachable()).toThrow('its identity was revoked');
    expect(await rows('host.revoke')).toMatchObject([{ actor: 'local', outcome: 'done', detail: { was: 'active' } }]);
    rig = await rig.restart();
    await expect(rig.connect(agentOf(), 'one', peer)).rejects.toMatchObject({ code: 'identity_refused' });
  });

  it('ends its running command as unknown: nobody can say what came of it', async () => {
    const peer = await rig.join('web-1');
    const begun = new Gate();
    const agent = agentOf().on('CreateNetwork', async () => {
      begun.open();
      return new Promise(() => undefined);
    });
    await rig.attach(agent, 'one', peer);
    const body = createNetworkRequest.parse({ name: 'new-net' });
    const { operation, finished } = await rig.submit(() => rig.runtime.commands.create('web-1', body, HostScope.all));
    expect(operation.state).toBe('dispatched');
    await begun.opened;
    await rig.runtime.identities.service.revoke('web-1', ACTOR);
    expect(await finished).toMatchObject({ id: operation.id, outcome: 'unknown', error: { code: 'outcome_unknown' } });
    expect(agent.callsOf('CreateNetwork')).toHaveLength(1);
  });

  it('is let in by no attempt that began before', async () => {
    const peer = await rig.join('web-1');
    const [asked, gate] = [new Gate(), new Gate()];
    const { hosts } = rig.runtime.fleet as unknown as { hosts: { attached: (...all: unknown[]) => Promise<void> } };
    const attached = hosts.attached.bind(hosts);
    hosts.attached = async (...all) => {
      asked.open();
      await gate.opened;
      return attached(...all);
    };
    const coming = rig.connect(agentOf(), 'one', peer);
    await asked.opened;
    await rig.runtime.identities.service.revoke('web-1', ACTOR);
    gate.open();
    const connection = await coming;
    await expect(connection.closed).resolves.toContain('revoked');
    await until('nothing is connected', () => isGone());
  });

  it('has to have an identity', async () => {
    await rig.attach(agentOf('local-1'));
    await expect(rig.runtime.identities.service.revoke('local-1', ACTOR)).rejects.toMatchObject({
      code: 'unsupported',
      hint: expect.stringContaining('stop the agent'),
    });
  });
});

describe('a removed host', () => {
  const forget = (name = 'web-1') => rig.runtime.hosts.forget(name, HostScope.all, ACTOR, rig.time);

  it('is forgotten with its inventory while its agent is connected, and its id is never given again', async () => {
    const peer = await rig.join('web-1');
    const connection = await rig.attach(agentOf(), 'one', peer);
    await forget();
    await expect(connection.closed).resolves.toContain('removed');
    expect(rig.runtime.hosts.find('web-1')).toBeUndefined();
    expect(await rig.names()).toEqual([]);
    await expect(rig.connect(agentOf(), 'one', peer)).rejects.toMatchObject({
      code: 'identity_refused',
      message: expect.stringContaining('was removed'),
    });
    const again = await rig.join('web-1');
    expect(again.id).not.toBe(peer.id);
    await rig.attach(agentOf(), 'one', again);
    await expect(rig.connect(agentOf(), 'one', peer)).rejects.toMatchObject({ code: 'identity_refused' });
    const stored = await rig.database.prisma.hostIdentity.findMany();
    expect(Object.fromEntries(stored.map(({ id, state }) => [id, state]))).toEqual({
      [peer.id]: 'deleted',
      [again.id]: 'active',
    });
    expect(await rows('host.remove')).toMatchObject([{ target: { agentId: peer.id }, outcome: 'done' }]);
  });

  it('stays where a local agent of that name is connected', async () => {
    await rig.attach(agentOf('local-1'));
    await expect(forget('local-1')).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('leaves its name to a local agent', async () => {
    await rig.join('web-1');
    await forget();
    await rig.attach(agentOf());
    expect(show().identity).toMatchObject({ kind: 'local', agentId: null });
  });
});
