import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createNetworkRequest } from '@fairlead/api';
import { HostScope } from '../access/host-scope.js';
import { type Operation } from '../operations/operation.js';
import { CertifiedAgent } from '../testing/certified-agent.js';
import { ACTOR, Rig, until } from '../testing/rig.js';
import { type RotationStep } from './rotation.js';

let rig: Rig;
beforeEach(async () => {
  rig = await Rig.start({ ca: true });
});
afterEach(() => rig.stop());

const rotation = () => rig.runtime.identities.rotation;
const take = (step: RotationStep, force = false) => rotation().take(step, force, ACTOR);
const stored = (name: string) => rig.runtime.identities.service.of(name)!;
const waitsForNobody = (): Promise<void> =>
  until('nobody is waited for', () => {
    rig.runtime.identities.renewals!.look();
    return rotation().view().waitingFor.length === 0;
  });
const audit = async () =>
  (
    await rig.database.prisma.auditEntry.findMany({ where: { action: { startsWith: 'ca.' } }, orderBy: { seq: 'asc' } })
  ).map(({ action, outcome, actor }) => `${action} ${outcome} by ${actor}`);

async function connected(name: string): Promise<CertifiedAgent> {
  const agent = await CertifiedAgent.join(rig, name);
  await agent.attachTo(rig);
  return agent;
}

describe('a rotation', () => {
  it('takes a fleet under load to another root, and loses nobody', async () => {
    const agents: CertifiedAgent[] = [];
    for (let n = 0; n < 50; n++) agents.push(await connected(`host-${n}`));
    const sessions = agents.map(({ facts }) => rig.runtime.fleet.session(facts.name));
    const [old] = rotation().view().roots;
    let working = true;
    const operations: Operation[] = [];
    const work = async (): Promise<void> => {
      for (let n = 0; working; n++) {
        const body = createNetworkRequest.parse({ name: `net-${n}` });
        const host = `host-${n % agents.length}`;
        operations.push(await rig.carryOut(() => rig.runtime.commands.create(host, body, HostScope.all)));
      }
    };
    const worked = work();
    await take('prepare');
    await waitsForNobody();
    await take('activate');
    await waitsForNobody();
    const { roots } = await take('retire');
    await until('all trust the new root alone', () => agents.every(({ facts }) => facts.rootDigests.length === 1));
    working = false;
    await worked;
    expect(roots).toEqual([expect.objectContaining({ state: 'active', hosts: 50 })]);
    expect(roots[0]?.digest).not.toBe(old?.digest);
    for (const agent of agents) {
      expect(agent.rootDigest).toBe(roots[0]?.digest);
      expect(agent.facts.rootDigests).toEqual([roots[0]?.digest]);
      expect(stored(agent.facts.name)).toMatchObject({ generation: 2, confirmed: true, state: 'active' });
    }
    expect(agents.map(({ facts }) => rig.runtime.fleet.session(facts.name))).toEqual(sessions);
    expect(operations.length).toBeGreaterThan(0);
    expect(new Set(operations.map(({ outcome }) => outcome))).toEqual(new Set(['succeeded']));
  }, 300_000);

  it('names the hosts that a step would leave behind, and does it only when forced', async () => {
    const off = await CertifiedAgent.join(rig, 'off');
    const on = await connected('on');
    expect(rotation().view().waitingFor).toEqual([]);
    await take('prepare');
    await until(
      'the one that is on trusts it',
      () => on.facts.rootDigests.length === 2 && rotation().view().waitingFor.length === 1,
    );
    await expect(take('activate')).rejects.toMatchObject({
      code: 'hosts_left_behind',
      message: expect.stringMatching(/do not trust it yet: off$/),
      hint: expect.stringContaining('--force'),
    });
    expect(rig.ca!.active.digest).toBe(on.rootDigest);
    await take('activate', true);
    await until('the one that is on has another certificate', () => rotation().view().waitingFor.join() === 'off');
    await expect(take('retire')).rejects.toMatchObject({ code: 'hosts_left_behind' });
    expect((await take('retire', true)).roots).toHaveLength(1);
    expect(off.rootDigest).not.toBe(rig.ca!.active.digest);
    expect(await audit()).toEqual(
      [
        'prepare accepted',
        'prepare done',
        'activate refused',
        'activate accepted',
        'activate done',
        'retire refused',
        'retire accepted',
        'retire done',
      ].map((each) => `ca.${each} by local`),
    );
  });

  it('takes up a host that comes back between its steps', async () => {
    const agent = await CertifiedAgent.join(rig, 'late');
    await take('prepare');
    expect(rotation().view().waitingFor).toEqual(['late']);
    await agent.attachTo(rig);
    await waitsForNobody();
    await take('activate');
    await waitsForNobody();
    expect(agent.rootDigest).toBe(rig.ca!.active.digest);
  });

  it('goes on where a controller before it has left off', async () => {
    const agent = await connected('web-1');
    await take('prepare');
    await waitsForNobody();
    await take('activate');
    rig = await rig.restart();
    expect(
      rotation()
        .view()
        .roots.map(({ state }) => state),
    ).toEqual(['trusted', 'active']);
    await agent.attachTo(rig);
    await waitsForNobody();
    await take('retire');
    expect(agent.rootDigest).toBe(rig.ca!.active.digest);
  });

  it('waits for a host that may not have got its new certificate', async () => {
    const agent = await connected('web-1');
    await take('prepare');
    await waitsForNobody();
    agent.before = (method) => {
      if (method === 'InstallCertificate') throw new Error('no answer');
    };
    await take('activate');
    await until('another certificate was issued', () => stored('web-1').generation === 2);
    expect(stored('web-1').rootDigest).toBe(rig.ca!.active.digest);
    await expect(take('retire')).rejects.toMatchObject({ code: 'hosts_left_behind' });
  });

  it('waits for quarantined hosts, and not for revoked or removed ones', async () => {
    for (const name of ['revoked', 'quarantined']) await CertifiedAgent.join(rig, name);
    const { service, store } = rig.runtime.identities;
    await service.revoke('revoked', ACTOR);
    await store.change(stored('quarantined').id, (current) => ({ identity: { ...current, state: 'quarantined' } }));
    await take('prepare');
    expect(rotation().view().waitingFor).toEqual(['quarantined']);
  });

  it('takes its steps in order, and writes down who tried otherwise', async () => {
    await expect(take('activate', true)).rejects.toMatchObject({ code: 'not_found' });
    await expect(take('retire', true)).rejects.toMatchObject({ code: 'not_found' });
    await take('prepare');
    await expect(take('prepare')).rejects.toMatchObject({ code: 'already_exists' });
    expect(await audit()).toEqual([
      'ca.activate refused by local',
      'ca.retire refused by local',
      'ca.prepare accepted by local',
      'ca.prepare done by local',
      'ca.prepare accepted by local',
      'ca.prepare failed by local',
    ]);
  });

  it('changes what the link shows and trusts with each step', async () => {
    const { own } = rig.runtime.identities;
    const shown = () => ({
      roots: own!.current.roots,
      root: own!.current.certificateChain.split(/(?<=-----END CERTIFICATE-----\n)/)[1],
    });
    await take('prepare');
    expect(shown().roots).toBe(rig.ca!.trustedRoots());
    await take('activate');
    expect(shown()).toEqual({ roots: rig.ca!.trustedRoots(), root: rig.ca!.active.certificate });
    await take('retire');
    expect(shown().roots).toBe(rig.ca!.active.certificate);
  });
});

it('is not there where the link has no TLS', async () => {
  const local = await Rig.start();
  expect(() => local.runtime.identities.rotation.view()).toThrow('local agents only');
  await local.stop();
});
