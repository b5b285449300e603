import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { hostQuery } from '@fairlead/api';
import { toFairleadError } from '@fairlead/domain';
import { connectInProcess } from '@fairlead/link';
import { HostScope } from '../access/host-scope.js';
import { type HostsStore } from '../hosts/hosts.store.js';
import { ACTOR, Rig, until } from '../testing/rig.js';
import { Gate, idOf, message, network, ScriptedAgent } from '../testing/scripted-agent.js';

let rig: Rig;
let agent: ScriptedAgent;

beforeEach(async () => {
  rig = await Rig.start();
  agent = new ScriptedAgent('web-1');
});

afterEach(() => rig.stop());

const status = () => rig.runtime.fleet.statusOf(rig.runtime.hosts.get('web-1', HostScope.all));
const reachable = () => rig.runtime.fleet.reachable(rig.runtime.hosts.get('web-1', HostScope.all));

const codeOf = (error: unknown): string => toFairleadError(error).code;

describe('attaching', () => {
  it('stores what the agent says of its host, and its networks', async () => {
    agent.facts = { ...agent.facts, labels: { env: 'prod' } };
    await rig.attach(agent);
    expect(rig.runtime.hosts.show('web-1', HostScope.all)).toMatchObject({
      name: 'web-1',
      labels: { env: 'prod' },
      freshness: 'live',
      connected: true,
      counts: { networks: 2, endpoints: 0 },
      peer: 'in-process',
    });
    expect(await rig.names()).toEqual(['bridge', 'host']);
  });

  it('refuses a second agent of the same name and leaves the first alone', async () => {
    await rig.attach(agent);
    const other = new ScriptedAgent('web-1', { journalId: 'another' });
    await expect(rig.connect(other, 'another')).rejects.toMatchObject({
      code: 'already_exists',
      message: expect.stringContaining("'web-1' is taken by an agent at in-process"),
    });
    await agent.put(network('still-followed'));
    await rig.settle('web-1');
    expect(await rig.names()).toContain('still-followed');
  });

  it('passes over those who have left while they waited, and writes nothing of them', async () => {
    let release!: () => void;
    const held = new Promise<void>((resolve) => (release = resolve));
    const holding = rig.database.prisma.$transaction(() => held);
    const names = Array.from({ length: 20 }, (_, index) => `new-${index}`);
    const connections = await Promise.all(
      names.map((name) =>
        connectInProcess(new ScriptedAgent(name).handlers, { instanceId: name, sessionId: name, now: () => rig.time }),
      ),
    );
    const outcomes = connections.map((each) => rig.runtime.fleet.attach(each).then(() => 'taken in', codeOf));
    for (const connection of connections.slice(16)) connection.close('it had waited long enough');
    expect(await Promise.all(outcomes.slice(16))).toEqual(Array.from({ length: 4 }, () => 'host_unavailable'));
    release();
    await holding;
    expect(await Promise.all(outcomes.slice(0, 16))).toEqual(Array.from({ length: 16 }, () => 'taken in'));
    expect(rig.runtime.hosts.list(hostQuery.parse({ limit: 100 }), HostScope.all).items).toHaveLength(16);
  });

  it('does not take two agents without a journal for the same one', async () => {
    await rig.attach(new ScriptedAgent('web-1', { journalId: '' }), 'one');
    await expect(rig.connect(new ScriptedAgent('web-1', { journalId: '' }), 'two')).rejects.toMatchObject({
      code: 'already_exists',
    });
  });

  it.each([
    ['process', 'instance-of-web-1', 'another journal'],
    ['journal', 'another process', 'journal-of-web-1'],
  ])('lets an agent take the place of its own dead session, known by its %s', async (_, instanceId, journalId) => {
    const dead = await rig.attach(agent);
    const back = new ScriptedAgent('web-1', { journalId });
    back.set(network('made-meanwhile'));
    await rig.attach(back, instanceId);
    await expect(dead.closed).resolves.toBe('the agent came back on a new session');
    expect(await rig.names()).toEqual(['bridge', 'host', 'made-meanwhile']);
    expect(status().connected).toBe(true);
  });

  it('lets one of two agents in that come at the same moment', async () => {
    const agents = ['one', 'two'].map((journalId) => new ScriptedAgent('web-1', { journalId }));
    const outcomes = await Promise.allSettled(agents.map((each) => rig.connect(each, each.facts.journalId)));
    expect(outcomes.map((outcome) => outcome.status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('stores what the last of many sessions says, whatever the ones before were writing', async () => {
    for (let round = 0; round < 15; round++) {
      await rig.connect(agent);
      void agent.put(network(`net-${round}`));
      void agent.drop(idOf(`net-${round - 3}`));
    }
    await until('the last session is live', () => rig.freshness('web-1') === 'live');
    const truth = [...agent.networks.values()].map(({ name }) => name).sort();
    await until('the inventory is the engine’s', async () => (await rig.names()).join() === truth.join());
  });

  it('reads what is stored only when the session before has done its last write', async () => {
    await rig.attach(agent);
    await agent.put(network('x'));
    await rig.settle('web-1');
    const [held, gate] = [new Gate(), new Gate()];
    const holding = rig.database.prisma.$transaction(async () => {
      held.open();
      await gate.opened;
    });
    await held.opened;
    await agent.drop(idOf('x'));
    await new Promise((resolve) => setTimeout(resolve, 20));
    agent.set(network('x'));
    const back = rig.connect(agent);
    await new Promise((resolve) => setTimeout(resolve, 20));
    gate.open();
    await Promise.all([holding, back]);
    await until('the host is live', () => rig.freshness('web-1') === 'live');
    expect(await rig.names()).toEqual(['bridge', 'host', 'x']);
  });

  it('shows the health that the new session told of, whatever the one before it told last', async () => {
    const session = await rig.attach(agent);
    agent.health = { state: 'down', reason: 'connection refused' };
    await agent.bookmark();
    await until('its engine is down', () => status().health.state === 'down');
    session.close('cut');
    agent.health = { state: 'up', reason: '' };
    await rig.attach(agent);
    expect(status().health).toEqual({ state: 'up', reason: '' });
    await (rig.runtime.fleet as unknown as { hosts: HostsStore }).hosts.flush();
    expect(await rig.database.prisma.host.findMany()).toMatchObject([{ engineState: 'up', engineReason: '' }]);
  });

  it('goes on when attaching fails half way', async () => {
    const gone = await rig.attach(agent);
    agent.facts = { ...agent.facts, agentVersion: '9.9.9' };
    await rig.database.prisma.$executeRawUnsafe('PRAGMA query_only = ON');
    await expect(rig.connect(agent)).rejects.toMatchObject({ code: 'storage_failed' });
    await gone.closed;
    await rig.database.prisma.$executeRawUnsafe('PRAGMA query_only = OFF');
    expect(status().connected).toBe(false);
    await rig.attach(agent);
    expect(status()).toMatchObject({ connected: true, freshness: 'live' });
  });

  it('refuses a name that can be no host', async () => {
    await expect(rig.connect(new ScriptedAgent('../etc'))).rejects.toMatchObject({ code: 'invalid_argument' });
  });

  it('takes nobody in while it stops', async () => {
    await rig.runtime.fleet.stop();
    await expect(rig.connect(agent)).rejects.toMatchObject({ code: 'controller_unavailable' });
    expect(rig.runtime.fleet.session('web-1')).toBeUndefined();
  });
});

describe('a host that comes back', () => {
  const back = async (capability: number, change: () => void = () => undefined) => {
    agent = new ScriptedAgent('web-1', { capability });
    const session = await rig.attach(agent);
    session.close('cut');
    await until('the session has gone', () => !status().connected);
    change();
    const before = agent.snapshots;
    const next = await rig.connect(agent);
    await until('the host is live', () => rig.freshness('web-1') === 'live');
    return { updates: next.updatesReceived, snapshots: agent.snapshots - before };
  };

  it('unchanged costs one message', async () => {
    expect(await back(3)).toEqual({ updates: 1, snapshots: 0 });
    expect(await rig.names()).toEqual(['bridge', 'host']);
  });

  it('changed is asked for its snapshot', async () => {
    const { snapshots } = await back(3, () => agent.set(network('made-meanwhile')));
    expect(snapshots).toBe(1);
    expect(await rig.names()).toEqual(['bridge', 'host', 'made-meanwhile']);
  });

  it('with an agent that knows no bookmark at the beginning sends its snapshot by itself', async () => {
    expect(await back(2, () => agent.set(network('made-meanwhile')))).toMatchObject({ snapshots: 1 });
    expect(await rig.names()).toEqual(['bridge', 'host', 'made-meanwhile']);
  });

  it('with its engine restarted is as it was, but for the new id of its bridge', async () => {
    await back(3, () => void agent.restartEngine());
    expect(await rig.names()).toEqual(['bridge', 'host']);
    expect((await rig.networks()).map(({ id }) => id)).toContain(idOf(`bridge of ${agent.streamId}`));
  });

  it('and goes again in the middle of its snapshot has changed nothing', async () => {
    agent = new ScriptedAgent('web-1');
    (await rig.attach(agent)).close('cut');
    await until('the session has gone', () => !status().connected);
    agent.set(network('half-told'));
    agent.on('WatchInventory', async function* ({ bookmarkFirst }, { signal }) {
      if (bookmarkFirst)
        yield { streamId: 's', bookmark: { revision: 9, setDigest: 'other', health: { state: 'up' } } };
      else {
        yield { streamId: 's', snapshotBegin: { networks: 3 } };
        yield { streamId: 's', snapshotChunk: { networks: [message(network('half-told'))] } };
      }
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
    });
    const cut = await rig.connect(agent);
    await until('the half has come', () => cut.updatesReceived === 3);
    await rig.settle('web-1');
    expect(status().freshness).toBe('stale');
    cut.close('cut');
    await until('the session has gone', () => !status().connected);
    expect(await rig.names()).toEqual(['bridge', 'host']);
  });
});

describe('freshness', () => {
  it('is live, then stale, then offline as the agent falls silent', async () => {
    const start = rig.time;
    await rig.attach(agent);
    for (const [silence, freshness] of [
      [9_999, 'live'],
      [10_000, 'stale'],
      [14_999, 'stale'],
      [15_000, 'offline'],
    ] as const) {
      rig.time = start + silence;
      expect(status()).toMatchObject({ freshness, asOf: start });
    }
  });

  it('stays live as long as bookmarks come, and says of when the rows are', async () => {
    await rig.attach(agent);
    for (let round = 0; round < 4; round++) {
      rig.time += 8_000;
      await agent.bookmark();
      await rig.settle('web-1');
      expect(status()).toMatchObject({ freshness: 'live', asOf: rig.time });
    }
  });

  it('is told of when it changes by itself', async () => {
    await rig.attach(agent);
    const seen = () => rig.events.map((event) => (event.type === 'host.changed' ? event.data.freshness : ''));
    await until('the host is told of as offline', () => {
      // Again, where a late answer of the agent was heard by the new time.
      rig.time += 20_000;
      return seen().includes('offline');
    });
  });

  it('is stale while the engine does not answer, and names the reason to who wants to act', async () => {
    await rig.attach(agent);
    agent.health = { state: 'down', reason: 'connection refused' };
    await agent.bookmark();
    await until('the engine is down', () => status().health.state === 'down');
    expect(status()).toMatchObject({ connected: true, freshness: 'stale' });
    expect(() => reachable()).toThrow('its engine does not answer: connection refused');
    agent.health = { state: 'up', reason: '' };
    await agent.bookmark();
    await until('the engine is up', () => status().freshness === 'live');
    expect(() => reachable()).not.toThrow();
  });

  it('does not make old rows young when the agent is back but has not sent its inventory', async () => {
    const then = rig.time;
    const session = await rig.attach(agent);
    session.close('cut');
    await until('the session has gone', () => !status().connected);
    rig.time += 3_600_000;
    agent.on('WatchInventory', async function* (_, { signal }) {
      yield { streamId: 's', bookmark: { revision: 1, setDigest: 'd', health: { state: 'up' } } };
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
    });
    await rig.connect(agent);
    await rig.settle('web-1');
    expect(status()).toMatchObject({ connected: true, freshness: 'stale', asOf: then });
    expect(() => reachable()).toThrow('last known 1h ago');
  });

  it('is written also after the clock was set back by too little for a jump', async () => {
    const kept = async () => Number((await rig.database.prisma.host.findFirst())?.lastHeardAt);
    const tell = async (ms: number) => {
      rig.time += ms;
      await agent.bookmark();
      const { time } = rig;
      await until('it is written', async () => (await kept()) === time);
    };
    await rig.attach(agent);
    await tell(120_000);
    await tell(-50_000);
  });

  it('outlives the controller', async () => {
    const then = rig.time;
    const session = await rig.attach(agent);
    session.close('cut');
    await until('the session has gone', () => !status().connected);
    rig = await rig.restart(12_000);
    expect(status()).toMatchObject({ connected: false, freshness: 'stale', asOf: then });
    rig.time += 3_000;
    expect(status().freshness).toBe('offline');
  });
});

describe('a session', () => {
  it('asks for a snapshot after a gap, and has the engine’s set after it', async () => {
    await rig.attach(agent);
    agent.revision += 1;
    agent.set(network('missed'));
    await agent.put(network('seen'));
    await until('a snapshot was asked for', () => agent.snapshots === 2);
    await until('the host is live again', () => rig.freshness('web-1') === 'live');
    expect(await rig.names()).toEqual(['bridge', 'host', 'missed', 'seen']);
  });

  it('is not live between a gap and the next snapshot', async () => {
    await rig.attach(agent);
    agent.on('WatchInventory', async function* (_, { signal }) {
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      yield* [];
    });
    agent.revision += 1;
    await agent.put(network('seen'));
    await until('the host is stale', () => status().freshness === 'stale');
    expect(() => reachable()).toThrow('Nothing was sent');
    await rig.settle('web-1');
    const row = await rig.database.prisma.host.findUniqueOrThrow({ where: { name: 'web-1' } });
    expect(row.synced).toBe(false);
  });

  it('finds out by a bookmark that the sets differ', async () => {
    await rig.attach(agent);
    agent.set(network('never-told'));
    await agent.bookmark();
    await until('it is there', async () => (await rig.names()).includes('never-told'));
  });

  it('ends where the agent’s snapshots are never whole', async () => {
    agent.on('WatchInventory', async function* (_, { signal }) {
      yield { streamId: 's', snapshotBegin: { networks: 1 } };
      yield { streamId: 's', snapshotChunk: { networks: [message(network('a'))] } };
      yield { streamId: 's', snapshotEnd: { revision: 1, setDigest: 'of another set' } };
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
    });
    const connection = await rig.connect(agent);
    await expect(connection.closed).resolves.toContain('its inventory never comes whole');
    expect(agent.callsOf('WatchInventory')).toHaveLength(4);
    expect(await rig.names()).toEqual([]);
  });

  it('ends where its inventory cannot be stored, and the next one brings everything', async () => {
    const connection = await rig.attach(agent);
    await rig.database.prisma.$executeRawUnsafe('PRAGMA query_only = ON');
    await agent.put(network('not-stored'));
    await expect(connection.closed).resolves.toBe('the inventory could not be stored');
    await rig.database.prisma.$executeRawUnsafe('PRAGMA query_only = OFF');
    await until('the session has gone', () => !status().connected);
    await rig.attach(agent);
    expect(await rig.names()).toContain('not-stored');
  });

  it('lets nobody wait for its inventory once it has ended', async () => {
    const connection = await rig.attach(agent);
    const session = rig.runtime.fleet.session('web-1')!;
    connection.close('cut');
    await until('the session has gone', () => !status().connected);
    await expect(session.caughtUp()).resolves.toBeUndefined();
  });

  it('keeps the rows when it ends, and the host is not connected', async () => {
    (await rig.attach(agent)).close('cut');
    await until('the session has gone', () => !status().connected);
    expect(await rig.networks()).toMatchObject([{ name: 'bridge' }, { name: 'host' }]);
  });
});

describe('forgetting a host', () => {
  const forget = () => rig.runtime.hosts.forget('web-1', HostScope.all, ACTOR, rig.time);

  it('is refused while its agent is connected', async () => {
    await rig.attach(agent);
    await expect(forget()).rejects.toMatchObject({ code: 'forbidden' });
    expect(await rig.names()).toHaveLength(2);
    const audit = await rig.database.prisma.auditEntry.findMany({ where: { action: 'host.remove' } });
    expect(audit).toMatchObject([{ outcome: 'refused', actor: 'local', detail: { code: 'forbidden' } }]);
  });

  it('takes the host and its inventory away, and writes it into the audit', async () => {
    (await rig.attach(agent)).close('cut');
    await until('the session has gone', () => !status().connected);
    await forget();
    expect(() => rig.runtime.hosts.get('web-1', HostScope.all)).toThrow('There is no host');
    expect(await rig.names()).toEqual([]);
    const audit = await rig.database.prisma.auditEntry.findMany({ where: { action: 'host.remove' } });
    expect(audit).toMatchObject([{ action: 'host.remove', hostName: 'web-1', outcome: 'done', actor: 'local' }]);
    await until('it is told of', () => rig.events.some(({ type }) => type === 'host.removed'));
  });

  it('never crosses with an agent that attaches at the same moment', async () => {
    (await rig.attach(agent)).close('cut');
    await until('the session has gone', () => !status().connected);
    await Promise.all([forget().catch(() => undefined), rig.connect(agent)]);
    await until('the host is live', () => rig.freshness('web-1') === 'live');
    expect(await rig.names()).toEqual(['bridge', 'host']);
  });
});

describe('listeners', () => {
  it('do not disturb each other: one that throws is left out that time', async () => {
    rig.runtime.fleet.listen({
      hostChanged: () => {
        throw new Error('broken');
      },
    });
    const seen: string[] = [];
    rig.runtime.fleet.listen({ hostChanged: (name) => seen.push(name) });
    await rig.attach(agent);
    expect(seen).toContain('web-1');
  });
});
