import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createNetworkRequest } from '@fairlead/api';
import { FairleadError } from '@fairlead/domain';
import { createKey } from '@fairlead/link';
import { v7 as uuidv7 } from 'uuid';
import { HostScope } from '../access/host-scope.js';
import { type Operation } from '../operations/operation.js';
import { CertifiedAgent } from '../testing/certified-agent.js';
import { ACTOR, Rig, until } from '../testing/rig.js';
import { Gate, ScriptedAgent } from '../testing/scripted-agent.js';
import { seeded } from '../testing/seeded.js';
import { pendingIdentity } from './identity.js';
import { randomOf, renewalOf } from './renewals-need.js';

const HOUR = 3_600_000;

let rig: Rig;
beforeEach(async () => {
  rig = await Rig.start({ ca: true });
});
afterEach(() => rig.stop());

const renewals = () => rig.runtime.identities.renewals!;
const stored = (name = 'web-1') => rig.runtime.identities.service.of(name)!;
const look = (): void => renewals().look();
const audit = async (action: string) =>
  (await rig.database.prisma.auditEntry.findMany({ where: { action } })).map(({ hostName }) => hostName);

/** An agent that has joined, is connected, and lacks nothing. */
async function connected(name = 'web-1'): Promise<CertifiedAgent> {
  const agent = await CertifiedAgent.join(rig, name);
  await agent.attachTo(rig);
  return agent;
}

/** Turns the clock into the middle of the life of all certificates, when each is due. */
function toHalfLife(): void {
  rig.time += 15 * HOUR;
  look();
}

describe('a certificate', () => {
  it('is replaced at half of its life, with a new key, over the same session', async () => {
    const agent = await connected();
    const [session, before] = [rig.runtime.fleet.session('web-1'), stored()];
    rig.time += 8 * HOUR;
    look();
    expect(agent.callsOf('RequestCertificate')).toEqual([]);
    toHalfLife();
    await until('it has another certificate', () => stored().generation === 2 && stored().confirmed);
    expect(agent.serial).toBe(stored().serial);
    expect(stored()).toMatchObject({ generation: 2, confirmed: true, previousSerial: before.serial });
    expect(stored().publicKey).not.toBe(before.publicKey);
    expect(stored().notAfter - rig.time).toBe(24 * HOUR);
    expect(rig.runtime.fleet.session('web-1')).toBe(session);
    expect(await audit('host.renew')).toEqual(['web-1']);
  });

  it('is on record, with its audit row, before the agent is sent it', async () => {
    const agent = await connected();
    let seen: unknown;
    agent.before = async (method) => {
      if (method === 'InstallCertificate') seen = { ...stored(), rows: await audit('host.renew') };
    };
    toHalfLife();
    await until('it has another certificate', () => stored().generation === 2 && stored().confirmed);
    expect(seen).toMatchObject({ generation: 2, confirmed: false, serial: stored().serial, rows: ['web-1'] });
  });

  it('that was not confirmed is sent again when the agent comes back with the one before', async () => {
    const agent = await connected();
    const pulled = new Gate();
    // The agent does not get as far as installing it.
    agent.before = async (method) => {
      if (method !== 'InstallCertificate') return;
      rig.runtime.fleet.session('web-1')?.connection.close('the cable was pulled');
      await pulled.opened;
    };
    const { serial } = agent;
    toHalfLife();
    await until(
      'the session has gone',
      () => agent.callsOf('InstallCertificate').length === 1 && rig.runtime.fleet.session('web-1') === undefined,
    );
    expect(stored()).toMatchObject({ generation: 2, confirmed: false, previousSerial: serial });
    agent.before = () => undefined;
    await agent.attachTo(rig);
    look();
    await until('it has another certificate', () => stored().confirmed);
    expect(agent.serial).toBe(stored().serial);
    expect(stored().generation).toBe(2);
    expect(await audit('host.renew')).toEqual(['web-1']);
    expect(agent.callsOf('RequestCertificate')).toHaveLength(1);
  });

  it('that the agent cannot take is given up for another one, for the same pending key', async () => {
    const agent = await connected();
    let refusals = 0;
    agent.before = (method) => {
      if (method !== 'InstallCertificate' || ++refusals > 2) return;
      throw new FairleadError('invalid_argument', 'The certificate is not for a key of this agent');
    };
    toHalfLife();
    await until('it was refused', () => refusals === 1);
    await until('it is settled', () => {
      rig.time += 1000;
      look();
      return stored().confirmed && refusals === 3;
    });
    expect(stored().generation).toBe(3);
    expect(agent.serial).toBe(stored().serial);
    expect(stored().previousSerial).not.toBe(stored().serial);
    expect(rig.runtime.fleet.session('web-1')).toBeDefined();
  });

  it('whose key the agent has lost does not make the one that it shows a stranger', async () => {
    const agent = await connected();
    const { serial } = agent;
    const pulled = new Gate();
    agent.before = async (method) => {
      if (method !== 'InstallCertificate') return;
      rig.runtime.fleet.session('web-1')?.connection.close('the cable was pulled');
      await pulled.opened;
    };
    const cut = async (generation: number): Promise<void> => {
      look();
      await until(
        `generation ${generation} is on its way`,
        () => stored().generation === generation && rig.runtime.fleet.session('web-1') === undefined,
      );
    };
    toHalfLife();
    await cut(2);
    agent.pendingKey = undefined;
    let installs = 0;
    agent.before = async (method) => {
      if (method !== 'InstallCertificate' || ++installs === 1) return;
      rig.runtime.fleet.session('web-1')?.connection.close('the cable was pulled');
      await pulled.opened;
    };
    await agent.attachTo(rig);
    await cut(3);
    expect(agent.serial).toBe(serial);
    agent.before = () => undefined;
    await agent.attachTo(rig);
    look();
    await until('it has another certificate', () => stored().confirmed);
    expect(stored()).toMatchObject({ state: 'active', serial: agent.serial, generation: 3 });
  });

  it('ends the session of an agent that has no younger one, and of no other', async () => {
    const [agent, renewed] = [await connected(), await connected('web-2')];
    agent.before = () => {
      throw new FairleadError('journal_failed', 'The disk is full');
    };
    toHalfLife();
    await until('web-2 has another certificate', () => stored('web-2').generation === 2 && stored('web-2').confirmed);
    rig.time += 8 * HOUR;
    look();
    expect(rig.runtime.fleet.session('web-1')).toBeDefined();
    rig.time = Date.parse(agent.leaf.validTo);
    look();
    await until('the session has gone', () => rig.runtime.fleet.session('web-1') === undefined);
    expect(rig.runtime.fleet.session('web-2')).toBeDefined();
    expect(renewed.serial).toBe(stored('web-2').serial);
  });

  it('does not keep a session alive that its agent has not said to have', async () => {
    const agent = await connected();
    agent.on('InstallCertificate', async () => {
      throw new FairleadError('journal_failed', 'The disk is full');
    });
    const end = Date.parse(agent.leaf.validTo);
    toHalfLife();
    await until('another one was issued', () => stored().generation === 2);
    expect(stored().notAfter).toBeGreaterThan(end);
    rig.time = end;
    look();
    await until('the session has gone', () => rig.runtime.fleet.session('web-1') === undefined);
  });
});

describe('failures', () => {
  it('are tried again after growing pauses, and hurt nothing', async () => {
    const agent = await connected();
    const attempts: number[] = [];
    agent.before = () => {
      attempts.push(rig.time);
      throw new FairleadError('journal_failed', 'The disk is full');
    };
    toHalfLife();
    for (let second = 0; second < 120; second++) {
      rig.time += 1000;
      look();
      await new Promise((resolve) => setImmediate(resolve));
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    expect(attempts.length).toBeGreaterThan(4);
    expect(attempts.length).toBeLessThan(10);
    const pauses = attempts.slice(1).map((at, index) => at - attempts[index]!);
    expect([...pauses].sort((a, b) => a - b)).toEqual(pauses);
    agent.before = () => undefined;
    rig.time += 300_000;
    look();
    await until('it has another certificate', () => stored().generation === 2 && stored().confirmed);
  });

  it.each([
    ['a proof for another nonce', { publicKey: Buffer.alloc(91), proof: Buffer.alloc(64) }],
    ['nothing', {}],
  ])('of an agent that answers with %s leave its identity as it was', async (_, answer) => {
    const agent = await connected();
    agent.on('RequestCertificate', async () => answer);
    const before = stored();
    toHalfLife();
    await until('it was asked', () => agent.callsOf('RequestCertificate').length === 1);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(stored()).toEqual(before);
    expect(await audit('host.renew')).toEqual([]);
  });

  it('are what an agent gets that asks with the key that it has', async () => {
    const agent = await connected();
    toHalfLife();
    await until('it has another certificate', () => stored().generation === 2 && stored().confirmed);
    agent.before = (method) => {
      if (method === 'RequestCertificate') agent.pendingKey = agent.keys[0];
    };
    toHalfLife();
    await until('it was asked', () => agent.callsOf('RequestCertificate').length === 2);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(stored().generation).toBe(2);
    agent.before = () => undefined;
    agent.pendingKey = createKey();
    rig.time += 60_000;
    look();
    await until('it has another certificate', () => stored().generation === 3 && stored().confirmed);
  });

  it('of an agent that says to have another certificate than the one it was sent confirm nothing', async () => {
    const agent = await connected();
    agent.on('InstallCertificate', async () => ({ serial: 'ff' }));
    toHalfLife();
    await until('another one was issued', () => stored().generation === 2);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(stored().confirmed).toBe(false);
  });
});

it('asks nothing of local agents, nor of old ones', async () => {
  const local = new ScriptedAgent('local', { capability: 2 });
  await rig.attach(local);
  const old = new ScriptedAgent('old', { capability: 1 });
  await rig.attach(old, undefined, await rig.join('old'));
  toHalfLife();
  await new Promise((resolve) => setTimeout(resolve, 20));
  for (const agent of [local, old]) {
    for (const method of ['RequestCertificate', 'InstallCertificate', 'UpdateTrust'] as const) {
      expect(agent.callsOf(method)).toEqual([]);
    }
  }
});

it('gives the machine that was kept after a quarantine a new key at once', async () => {
  const agent = await connected();
  const before = stored();
  const clone = new ScriptedAgent('web-1', { capability: 2 });
  await rig.connect(clone, 'the clone', agent.peer(rig));
  await expect(rig.connect(agent, undefined, agent.peer(rig))).rejects.toMatchObject({ code: 'host_quarantined' });
  await rig.runtime.identities.service.resolve('web-1', 'instance-of-web-1', ACTOR);
  await agent.attachTo(rig);
  look();
  await until('it has another certificate', () => stored().confirmed && stored().keepInstance === null);
  expect(stored().publicKey).not.toBe(before.publicKey);
  expect(agent.serial).toBe(stored().serial);
  await expect(
    rig.connect(clone, 'the clone', { ...agent.peer(rig), serial: before.serial, notAfter: before.notAfter }),
  ).rejects.toMatchObject({
    code: 'identity_refused',
  });
  expect(stored().state).toBe('active');
});

it('begins nothing more once it has stopped, and waits for what is under way', async () => {
  const agent = await connected();
  const [asked, gate] = [new Gate(), new Gate()];
  agent.before = async () => {
    asked.open();
    await gate.opened;
  };
  toHalfLife();
  await asked.opened;
  let stopped = false;
  const stopping = renewals()
    .stop()
    .then(() => (stopped = true));
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(stopped).toBe(false);
  gate.open();
  await stopping;
  const calls = agent.calls.length;
  look();
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(agent.calls).toHaveLength(calls);
});

describe('a fleet', () => {
  const create = (name: string, network: string): Promise<Operation> =>
    rig.carryOut(() => rig.runtime.commands.create(name, createNetworkRequest.parse({ name: network }), HostScope.all));

  it('renews at most 30 at a time', async () => {
    const agents: CertifiedAgent[] = [];
    for (let n = 0; n < 40; n++) agents.push(await connected(`host-${n}`));
    const gate = new Gate();
    let [now, most] = [0, 0];
    for (const agent of agents) {
      agent.before = async (method) => {
        if (method !== 'RequestCertificate') return;
        most = Math.max(most, ++now);
        await gate.opened;
        now -= 1;
      };
    }
    toHalfLife();
    look();
    await until('as many as may are being renewed', () => now === 30);
    look();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(now).toBe(30);
    gate.open();
    await until('all are renewed', () => agents.every((_, n) => stored(`host-${n}`).generation === 2));
    expect(most).toBe(30);
  });

  it('loses no operation over a thousand renewals, and no session', async () => {
    const agents: CertifiedAgent[] = [];
    for (let n = 0; n < 50; n++) agents.push(await connected(`host-${n}`));
    const sessions = agents.map(({ facts }) => rig.runtime.fleet.session(facts.name));
    const operations: Promise<Operation>[] = [];
    for (const agent of agents) {
      agent.before = async (method) => {
        // The clock has jumped over many hours, in which a real agent would have been heard.
        if (method === 'RequestCertificate') await agent.bookmark();
        else operations.push(create(agent.facts.name, `net-${operations.length}`));
      };
    }
    for (let round = 2; round <= 21; round++) {
      toHalfLife();
      const isDone = ({ facts: { name } }: CertifiedAgent) =>
        stored(name).generation === round && stored(name).confirmed;
      await until(`round ${round} is done`, () => agents.every(isDone));
      // What is under way would otherwise be hours late by the next round's clock.
      await Promise.all(operations);
    }
    const ended = await Promise.all(operations);
    expect(ended).toHaveLength(1000);
    expect(new Set(ended.map(({ outcome }) => outcome))).toEqual(new Set(['succeeded']));
    expect(agents.map(({ facts }) => rig.runtime.fleet.session(facts.name))).toEqual(sessions);
    expect(await audit('host.renew')).toHaveLength(1000);
    for (const { keys } of agents) expect(new Set(keys).size).toBe(20);
    // Half a minute of work; more where others use the machine.
  }, 300_000);
});

describe('the renewals of a thousand agents that have joined at the same time', () => {
  const random = seeded(7);
  const ids = Array.from({ length: 1000 }, () =>
    uuidv7({ random: Uint8Array.from({ length: 16 }, () => random() * 256) }),
  );
  const life = { ...pendingIdentity({} as never), notBefore: 0, notAfter: 25 * HOUR };
  const shares = ids.map((id) => renewalOf(life, randomOf(id)) / life.notAfter);

  it('lie between 40 and 60 % of the life', () => {
    expect(Math.min(...shares)).toBeGreaterThanOrEqual(0.4);
    expect(Math.max(...shares)).toBeLessThan(0.6);
  });

  it('are spread evenly: no tenth of that time has twice its share', () => {
    const tenths = Array.from(
      { length: 10 },
      (_, n) => shares.filter((at) => Math.floor((at - 0.4) * 50) === n).length,
    );
    expect(tenths.reduce((sum, count) => sum + count)).toBe(1000);
    for (const count of tenths) expect(count).toBeLessThan(200);
  });

  it('are at the same time again after a restart', () => {
    expect(ids.map((id) => renewalOf(life, randomOf(id)) / life.notAfter)).toEqual(shares);
  });
});
