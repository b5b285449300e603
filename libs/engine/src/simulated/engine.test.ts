import { beforeEach, describe, expect, it } from '@jest/globals';
import { FairleadError } from '@fairlead/domain';
import { anEndpointSpec, aSpec, aSubnet } from '../conformance/subject.js';
import type { EngineEvent } from '../port.js';
import { createSimulatedEngine, type SimulatedEngine } from './index.js';

const NOW = Date.parse('2026-11-24T12:00:00Z');

describe('the simulated engine', () => {
  let engine: SimulatedEngine;
  let slept: number[] = [];
  beforeEach(() => {
    slept = [];
    const sleep = (ms: number) => Promise.resolve(void slept.push(ms));
    engine = createSimulatedEngine({ seed: 7, now: () => NOW, sleep });
  });

  const follow = async (): Promise<EngineEvent[]> => {
    const events: EngineEvent[] = [];
    const handlers = { opened: () => undefined, event: (event: EngineEvent) => void events.push(event) };
    engine.followEvents(handlers, new AbortController().signal).catch(() => undefined);
    await engine.ping();
    return events;
  };
  const actions = (events: readonly EngineEvent[]): string[] => events.map(({ type, action }) => `${type} ${action}`);

  it('says that it is simulated', async () => {
    expect(await engine.describe()).toMatchObject({ kind: 'simulated', simulated: true });
  });

  it('makes the same ids again from the same seed and calls', async () => {
    const twin = createSimulatedEngine({ seed: 7, now: () => NOW });
    expect([twin.addNetwork({ name: 'a' }), twin.addContainer({ name: 'one' })]).toEqual([
      engine.addNetwork({ name: 'a' }),
      engine.addContainer({ name: 'one' }),
    ]);
    expect(await twin.listNetworks()).toEqual(await engine.listNetworks());
  });

  it('dates networks by the clock that it was given', async () => {
    engine.addNetwork({ name: 'my-net' });
    expect(await engine.inspectNetwork('my-net')).toMatchObject({ createdAt: '2026-11-24T12:00:00.000Z' });
  });

  it('does not change what it has answered', async () => {
    const [before] = await engine.listContainers();
    engine.addContainer({ name: 'one' });
    const [running] = await engine.listContainers();
    engine.stopContainer('one');
    expect(before).toBeUndefined();
    expect(running).toMatchObject({ state: 'running', attachments: [{ ipv4: '172.17.0.2' }] });
  });

  it('tells a start and a stop in the order of Docker 28', async () => {
    engine.addNetwork({ name: 'a' });
    engine.addNetwork({ name: 'b' });
    const events = await follow();
    engine.addContainer({ name: 'one', networks: ['a', 'b'] });
    engine.stopContainer('one');
    expect(actions(events)).toEqual([
      'container create',
      'network connect',
      'network connect',
      'container start',
      'container kill',
      'network disconnect',
      'network disconnect',
      'container die',
      'container stop',
    ]);
  });

  it('tells a rename, under which the container is found from then on', async () => {
    const id = engine.addContainer({ name: 'one' });
    const events = await follow();
    engine.renameContainer('one', 'two');
    expect(events).toEqual([{ type: 'container', action: 'rename', id }]);
    expect(await engine.inspectContainer('two')).toMatchObject({ id });
    await expect(engine.inspectContainer('one')).rejects.toMatchObject({ code: 'container_not_found' });
  });

  it.each(['paused', 'restarting', 'dead'] as const)('has containers that are %s', async (state) => {
    engine.addContainer({ name: 'one', state });
    const { attachments, ...container } = await engine.inspectContainer('one');
    expect(container.state).toBe(state);
    expect(attachments[0]?.ipv4 !== '').toBe(state === 'paused');
  });

  it('attaches nothing and tells nothing where a network of a container to be started is gone', async () => {
    const gone = engine.addNetwork({ name: 'gone' });
    engine.addContainer({ name: 'one', networks: ['bridge', 'gone'], state: 'exited' });
    await engine.removeNetwork(gone);
    const events = await follow();
    expect(() => engine.startContainer('one')).toThrow(`network ${gone} not found`);
    expect(events).toEqual([]);
    expect(await engine.inspectContainer('one')).toMatchObject({
      state: 'exited',
      attachments: [{ ipv4: '' }, { ipv4: '' }],
    });
  });

  it('refuses two containers of one name', () => {
    engine.addContainer({ name: 'one' });
    expect(() => engine.addContainer({ name: 'one' })).toThrow(/already in use/);
  });

  it('refuses an address that somebody has, and a container when all are taken', async () => {
    const id = engine.addNetwork({ name: 'tiny', subnets: [aSubnet('10.0.0.0/30')] });
    engine.addContainer({ name: 'one', networks: ['tiny'] });
    engine.addContainer({ name: 'two' });
    const fixed = anEndpointSpec({ ipv4: '10.0.0.2' });
    await expect(engine.connect(id, 'two', fixed)).rejects.toMatchObject({ engineMessage: 'Address already in use' });
    await expect(engine.connect(id, 'two', anEndpointSpec())).rejects.toMatchObject({ code: 'addresses_exhausted' });
    engine.removeContainer('one');
    await expect(engine.connect(id, 'two', anEndpointSpec())).resolves.toBeUndefined();
  });

  it('names the container that keeps a network in use, as Docker 28 does', async () => {
    const id = engine.addNetwork({ name: 'my-net' });
    const one = engine.addContainer({ name: 'one', networks: ['my-net'] });
    await expect(engine.removeNetwork(id)).rejects.toMatchObject({
      engineMessage: `error while removing network: network my-net has active endpoints (name:"one" id:"${one.slice(0, 12)}")`,
    });
  });

  it('can leave IPv4 out, and adds IPv6 where it is asked for', async () => {
    engine.addNetwork({ name: 'six', ipv4: false, ipv6: true });
    engine.addNetwork({ name: 'both', ipv6: true });
    const cidrs = async (name: string) => (await engine.inspectNetwork(name)).subnets.map(({ cidr }) => cidr);
    expect(await cidrs('six')).toEqual(['fdfa:1ead:1::/64']);
    expect(await cidrs('both')).toEqual(['172.18.0.0/16', 'fdfa:1ead:2::/64']);
    engine.addContainer({ name: 'one', networks: ['six'] });
    expect((await engine.inspectContainer('one')).attachments).toMatchObject([{ ipv4: '', ipv6: 'fdfa:1ead:1::2' }]);
  });

  it('counts the DELETEs for each id, also those that were refused', async () => {
    const id = engine.addNetwork({ name: 'my-net' });
    engine.addContainer({ name: 'one', networks: ['my-net'] });
    await engine.removeNetwork(id).catch(() => undefined);
    engine.removeContainer('one');
    await engine.removeNetwork(id);
    expect([engine.deletesOf(id), engine.deletesOf('other')]).toEqual([2, 0]);
  });

  describe('with faults', () => {
    const broken = (text: string) => new FairleadError('engine_failed', text);

    it('fails the next calls of one method in their order, and then works', async () => {
      engine.failNext('listNetworks', broken('first'));
      engine.failNext('listNetworks', broken('second'));
      await expect(engine.listContainers()).resolves.toEqual([]);
      await expect(engine.listNetworks()).rejects.toThrow('first');
      await expect(engine.listNetworks()).rejects.toThrow('second');
      await expect(engine.listNetworks()).resolves.toHaveLength(3);
    });

    it('does nothing in a call that is ordered to fail', async () => {
      engine.failNext('createNetwork', broken('no'));
      await expect(engine.createNetwork(aSpec('my-net'))).rejects.toThrow('no');
      await expect(engine.inspectNetwork('my-net')).rejects.toMatchObject({ code: 'network_not_found' });
    });

    it('is late where it is told to, until it is told otherwise', async () => {
      engine.delay('ping', 250);
      await engine.ping();
      await engine.listNetworks();
      engine.delay('ping', 0);
      await engine.ping();
      expect(slept).toEqual([250]);
    });

    it('loses events without a word, and only as many as it is told', async () => {
      const events = await follow();
      engine.dropEvents(1);
      engine.addNetwork({ name: 'lost' });
      const seen = engine.addNetwork({ name: 'seen' });
      expect(events).toEqual([{ type: 'network', action: 'create', id: seen }]);
    });

    it('keeps its containers running while it is down', async () => {
      engine.addContainer({ name: 'one' });
      engine.setDown(true);
      await expect(engine.ping()).rejects.toMatchObject({ code: 'engine_unavailable' });
      engine.setDown(false);
      expect(await engine.inspectContainer('one')).toMatchObject({ state: 'running' });
    });
  });

  describe('with programs', () => {
    const run = (container: string, ...argv: string[]) => engine.execute(container, argv, 1000);
    beforeEach(() => {
      engine.addNetwork({ name: 'a', subnets: [aSubnet('10.0.0.0/24')] });
      engine.addNetwork({ name: 'b' });
      engine.addContainer({ name: 'one', networks: ['a'] });
      engine.addContainer({ name: 'two', networks: [{ network: 'a', aliases: ['db'] }] });
      engine.addContainer({ name: 'far', networks: ['b'] });
      engine.addContainer({ name: 'three', networks: ['bridge'] });
      engine.addContainer({ name: 'four', networks: ['bridge'] });
    });

    it('answers a ping as busybox does', async () => {
      expect(await run('one', 'ping', '-c', '2', '-W', '1', 'db')).toEqual({
        exitCode: 0,
        stdout: [
          'PING db (10.0.0.3): 56 data bytes',
          '64 bytes from 10.0.0.3: seq=0 ttl=64 time=0.081 ms',
          '64 bytes from 10.0.0.3: seq=1 ttl=64 time=0.093 ms',
          '',
          '--- db ping statistics ---',
          '2 packets transmitted, 2 packets received, 0% packet loss',
          'round-trip min/avg/max = 0.081/0.087/0.093 ms',
          '',
        ].join('\n'),
        stderr: '',
      });
    });

    it.each([
      ['an alias', 'db'],
      ['a name', 'two'],
      ['an address', '10.0.0.3'],
      ['the gateway', '10.0.0.1'],
      ['itself', 'localhost'],
    ])('reaches %s', async (_title, target) => {
      expect(await run('one', '/bin/ping', '-c', '1', target)).toMatchObject({ exitCode: 0 });
    });

    it('reaches neither names nor addresses of other networks', async () => {
      const [far] = (await engine.inspectContainer('far')).attachments;
      expect(await run('one', 'ping', '-c', '1', 'far')).toMatchObject({
        exitCode: 1,
        stderr: "ping: bad address 'far'\n",
      });
      const lost = await run('one', 'ping', '-c', '3', far?.ipv4 ?? '');
      expect(lost.exitCode).toBe(1);
      expect(lost.stdout).toContain('3 packets transmitted, 0 packets received, 100% packet loss');
    });

    it('resolves no names on the default bridge, but reaches addresses there', async () => {
      const [four] = (await engine.inspectContainer('four')).attachments;
      expect(await run('three', 'ping', 'four')).toMatchObject({ exitCode: 1 });
      expect(await run('three', 'ping', '-c', '1', four?.ipv4 ?? '')).toMatchObject({ exitCode: 0 });
    });

    it('does not reach a container that has stopped', async () => {
      engine.stopContainer('two');
      expect(await run('one', 'getent', 'hosts', 'two')).toMatchObject({ exitCode: 2, stdout: '' });
      expect(await run('one', 'ping', '-c', '1', '10.0.0.3')).toMatchObject({ exitCode: 1 });
    });

    it('looks names up', async () => {
      expect((await run('one', 'getent', 'hosts', 'two')).stdout).toBe('10.0.0.3        two\n');
      expect((await run('one', 'nslookup', 'two')).stdout).toContain('Name:\ttwo\nAddress: 10.0.0.3\n');
      expect(await run('one', 'nslookup', 'nobody')).toMatchObject({ exitCode: 1 });
    });

    it('has no other programs, not even those that every object has', async () => {
      for (const program of ['sh', 'toString', '']) {
        expect(await run('one', program)).toMatchObject({ exitCode: 127, stderr: expect.stringMatching(/not found/) });
      }
    });

    it('wants to know whom to ping', async () => {
      expect(await run('one', 'ping', '-c', '1')).toMatchObject({
        exitCode: 1,
        stderr: expect.stringMatching(/Usage/),
      });
    });
  });
});
