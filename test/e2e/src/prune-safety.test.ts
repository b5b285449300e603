import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { type RunningAgent, startAgent } from '@fairlead/agent/start';
import { createDockerEngine } from '@fairlead/engine';
import { capabilitiesOf } from '@fairlead/engine/conformance';
import { images, Lab, type LabHost } from '@fairlead/lab';
import { describeOnLab } from '@fairlead/lab/testing';
import { codec, type PruneItemResult } from '@fairlead/link';
import { engineUnderTest } from './support/engine-under-test.js';
import { PausingProxy } from './support/pausing-proxy.js';

const underTest = await engineUnderTest();
const can = capabilitiesOf({ kind: underTest.engine?.kind === 'podman' ? 'podman' : 'docker' });
/** Podman lists its own network as `bridge`, and inspects it as `podman`. */
const BUILT_IN = can.forgetsStopped ? can.predefined : ['podman'];
const SLOW_MS = 120_000;
const silent = { debug: () => {}, info: () => {}, warn: () => {} };
const context = { signal: new AbortController().signal, remainingMs: () => Infinity };

/** An agent beside a real engine, which is asked to prune whatever the engine has. */
describeOnLab('a prune on a real engine', () => {
  let lab: Lab;
  let host: LabHost;
  let proxy: PausingProxy;
  let agent: RunningAgent;

  beforeAll(async () => {
    lab = await Lab.start({ hosts: 1, iptables: false, ...underTest });
    host = lab.hosts[0] as LabHost;
    const socket = join(lab.directory, 'proxy.sock');
    proxy = await PausingProxy.start({ socket, engine: host.socketPath });
    agent = await startAgent({
      ...{ name: host.name, machine: host.name, labels: {}, dataDir: join(lab.directory, 'agent'), log: silent },
      ...{ controller: undefined, listen: undefined, token: undefined, policy: undefined },
      engine: createDockerEngine(`unix://${socket}`),
    });
  }, SLOW_MS);

  afterEach(async () => {
    proxy.before = () => undefined;
    const containers = (await host.docker('ps', '-aq')).split('\n').filter(Boolean);
    if (containers.length > 0) await host.docker('rm', '-f', ...containers);
    await host.docker('network', 'prune', '-f');
  }, SLOW_MS);

  afterAll(async () => {
    await agent?.stop();
    await proxy?.close();
    await lab?.stop();
  }, SLOW_MS);

  const create = (name: string, network: string, ...options: string[]) =>
    host.docker('create', '--name', name, '--network', network, ...options, images.busybox, 'sleep', '1000');
  const networks = async () => (await host.docker('network', 'ls', '--format', '{{.Name}}')).split('\n').sort();

  let operations = 0;
  /** Asks for every network of the host to be removed. @returns the results by the networks' names */
  async function pruneAll(): Promise<Record<string, PruneItemResult>> {
    const found = (await agent.handlers.ListNetworks({}, context)).networks ?? [];
    const items = found.map(({ id, digest }) => ({ networkId: id ?? '', expectedDigest: digest ?? '' }));
    const message = codec.encodeRequest('PruneNetworks', { operationId: `op-${(operations += 1)}`, items });
    const results: Record<string, PruneItemResult> = {};
    for await (const item of agent.handlers.PruneNetworks(codec.decodeRequest('PruneNetworks', message), context))
      results[item.name ?? ''] = item;
    return results;
  }

  it(
    `keeps what stopped containers need, ${can.forgetsStopped ? 'and a prune of Docker removes it' : 'as a prune of Podman does'}`,
    async () => {
      for (const name of ['unused', 'stopped', 'never', 'named']) await host.docker('network', 'create', name);
      await host.docker('network', 'create', '--label', 'fairlead/protect', 'labelled');
      await host.docker('network', 'create', '--label', 'com.docker.compose.project=shop', 'project');
      for (const name of ['stopped', 'never', 'named']) await create(name, name);
      await create('job', 'none', '--label', 'com.docker.compose.project=shop');
      await host.docker('start', 'stopped');
      await host.docker('stop', '--time', '0', 'stopped');
      await host.docker('network', 'disconnect', 'named', 'named');
      const results = await pruneAll();
      const told = Object.entries(results).map(([name, { outcome, reason }]) => [name, outcome, reason]);
      const expected = [
        ...BUILT_IN.map((name) => [name, 'kept', 'built in: the engine needs it']),
        ['labelled', 'kept', 'protected by its label fairlead/protect='],
        // To Podman, a container names no network that it was taken off, and starts without.
        can.forgetsStopped
          ? ['named', 'kept', 'not attached, but named as their network by named (created)']
          : ['named', 'removed', ''],
        ['never', 'kept', 'used by stopped container never (created)'],
        ['project', 'kept', "its Compose project 'shop' still has job (created)"],
        ['stopped', 'kept', 'used by stopped container stopped (exited)'],
        ['unused', 'removed', ''],
      ];
      expect(told.sort()).toEqual(expected.sort());
      await host.docker('start', 'stopped', 'named');
      await host.docker('stop', '--time', '0', 'stopped', 'named');
      await host.docker('network', 'prune', '-f');
      if (can.forgetsStopped) {
        expect(await networks()).toEqual(can.predefined);
        await expect(host.docker('start', 'stopped')).rejects.toThrow('not found');
      } else {
        expect(await networks()).toEqual(expect.arrayContaining(['never', 'stopped']));
        await host.docker('start', 'stopped');
      }
    },
    SLOW_MS,
  );

  const forgetful = can.forgetsStopped ? it : it.skip;
  forgetful(
    'gives a container that is made while its network is removed the network back, with alias and address',
    async () => {
      const subnet = ['--subnet', '10.9.0.0/24', '--label', 'team=web'];
      const id = await host.docker('network', 'create', ...subnet, 'my-net');
      let made: Promise<unknown> | undefined;
      proxy.before = (method) => {
        if (method !== 'DELETE') return undefined;
        return (made ??= create('late', 'my-net', '--ip', '10.9.0.77', '--network-alias', 'web'));
      };
      const { 'my-net': item } = await pruneAll();
      expect(item).toMatchObject({ networkId: id, outcome: 'undone', reason: expect.stringMatching(/^late /) });
      expect(item?.restoredId).toMatch(/^[0-9a-f]{64}$/);
      expect(item?.restoredId).not.toBe(id);
      await host.docker('start', 'late');
      const [endpoint] = JSON.parse(
        await host.docker('inspect', 'late', '--format', '[{{json (index .NetworkSettings.Networks "my-net")}}]'),
      ) as { NetworkID: string; IPAddress: string; Aliases: string[] }[];
      expect(endpoint).toMatchObject({ NetworkID: item?.restoredId, IPAddress: '10.9.0.77' });
      expect(endpoint?.Aliases).toContain('web');
      expect(await host.docker('network', 'inspect', 'my-net', '--format', '{{.Labels}}')).toBe('map[team:web]');
    },
    SLOW_MS,
  );

  it.each(can.forgetsStopped ? ['started'] : ['started', 'been made'])(
    'keeps a network on which a container has %s while it was to be removed',
    async (what) => {
      await host.docker('network', 'create', 'my-net');
      const start = () => (what === 'started' ? host.docker('start', 'late') : undefined);
      let made: Promise<unknown> | undefined;
      proxy.before = (method) => {
        if (method !== 'DELETE') return undefined;
        return (made ??= create('late', 'my-net').then(start));
      };
      const { 'my-net': item } = await pruneAll();
      expect(item).toMatchObject({ outcome: 'kept', code: 'network_in_use' });
      expect(await networks()).toContain('my-net');
    },
    SLOW_MS,
  );
});
