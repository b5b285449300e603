import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { type RunningAgent, startAgent } from '@fairlead/agent/start';
import { createDockerEngine } from '@fairlead/engine';
import { capabilitiesOf } from '@fairlead/engine/conformance';
import { images, Lab, type LabHost } from '@fairlead/lab';
import { describeOnLab } from '@fairlead/lab/testing';
import { codec, type Methods, type RestoreNetworkRequest } from '@fairlead/link';
import { engineUnderTest } from './support/engine-under-test.js';
import { until } from './support/program.js';

const underTest = await engineUnderTest();
const can = capabilitiesOf({ kind: underTest.engine?.kind === 'podman' ? 'podman' : 'docker' });
const SET_UP_MS = 120_000;

const ADDRESS = '10.61.0.77';
const MAC = '02:42:0a:3d:00:99';
const SUBNET = '10.61.0.0/24';
const ADDRESS_6 = 'fd00:61::77';
const SUBNET_6 = 'fd00:61::/64';
const silent = { debug: () => {}, info: () => {}, warn: () => {} };

type Asked = Omit<RestoreNetworkRequest, 'operationId'>;
type Known = Asked & { readonly networkId: string };

describeOnLab('a network that is restored on a real engine', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-restore-'));
  let lab: Lab;
  let host: LabHost;
  let agent: RunningAgent;
  beforeAll(async () => {
    lab = await Lab.start({ hosts: 1, iptables: false, ...underTest });
    host = lab.hosts[0]!;
    agent = await startAgent({
      ...{ name: host.name, machine: host.name, labels: {}, dataDir: folder, log: silent, policy: undefined },
      ...{ controller: undefined, listen: undefined, token: undefined },
      engine: createDockerEngine(host.engineUrl),
    });
  }, SET_UP_MS);
  afterEach(async () => {
    await host.docker('rm', '--force', 'one', 'two').catch(() => undefined);
    await host.docker('network', 'rm', 'my-net', 'rival', 'template').catch(() => undefined);
  }, SET_UP_MS);
  afterAll(async () => {
    await agent?.stop();
    await lab?.stop();
    rmSync(folder, { recursive: true, force: true });
  }, SET_UP_MS);

  const context = { signal: new AbortController().signal, remainingMs: () => Infinity };
  const arrive = <M extends keyof Methods>(method: M, message: Methods[M]['requestIn']) =>
    codec.decodeRequest(method, codec.encodeRequest(method, message));
  const restore = (asked: Asked, operationId: string) =>
    agent.handlers.RestoreNetwork(arrive('RestoreNetwork', { operationId, ...asked }), context);
  const plan = (asked: Asked) => agent.handlers.PlanRestore(arrive('PlanRestore', asked), context);

  /** A network with a stopped container that has an alias, a static address and a MAC address of its own. */
  async function makeUsed(): Promise<Known> {
    await host.docker('network', 'create', '--subnet', SUBNET, '--label', 'team=web', 'my-net');
    await makeContainer('one');
    await host.docker('start', 'one');
    await host.docker('stop', '--time', '0', 'one');
    return recordOf('my-net');
  }

  /** As the controller has seen it. */
  async function recordOf(network: string): Promise<Known> {
    const record = await agent.handlers.InspectNetwork({ network }, context);
    return { networkId: record.id ?? '', record };
  }

  /** A stopped container with an alias, and with what is asked of `docker run` for its endpoint. */
  async function makeStopped(network: string, ...flags: string[]): Promise<void> {
    const on = ['--network', network, '--network-alias', 'db', ...flags];
    await host.docker('run', '-d', '--name', 'one', ...on, images.busybox, 'sleep', '100000');
    await host.docker('stop', '--time', '0', 'one');
  }

  /** What the engine tells of the container's endpoint, once the container runs again. */
  async function startedOn(network: string): Promise<unknown> {
    await host.docker('start', 'one');
    return JSON.parse(
      await host.docker('inspect', 'one', '--format', `{{json (index .NetworkSettings.Networks "${network}")}}`),
    );
  }

  /** By the API: docker's own command line refuses a MAC address to engines before 25.0. */
  function makeContainer(name: string): Promise<string> {
    const endpoint = { Aliases: ['db'], IPAMConfig: { IPv4Address: ADDRESS }, MacAddress: MAC };
    return post(host, `/containers/create?name=${name}`, {
      ...{ Image: images.busybox, Cmd: ['sleep', '100000'], StopTimeout: 0, MacAddress: MAC },
      HostConfig: { NetworkMode: 'my-net' },
      NetworkingConfig: { EndpointsConfig: { 'my-net': endpoint } },
    });
  }

  async function expectAsBefore(losses: readonly string[] = []): Promise<void> {
    const endpoint = (await startedOn('my-net')) as Record<string, unknown>;
    const network = await host.docker('network', 'inspect', 'my-net', '--format', '{{.Id}}');
    expect(endpoint).toMatchObject({
      ...{ NetworkID: network, IPAddress: ADDRESS, Aliases: expect.arrayContaining(['db']) },
    });
    // Docker since 25.0 (API 1.44) cannot give it back, and that was said.
    expect(endpoint['MacAddress'] === MAC).toBe(!losses.some((loss) => loss.includes(MAC)));
    await host.docker('run', '-d', '--name', 'two', '--network', 'my-net', images.busybox, 'sleep', '100000');
    expect(await host.docker('exec', 'two', 'ping', '-c', '1', 'db')).toContain(`(${ADDRESS})`);
  }

  const refersById = can.forgetsStopped ? it : it.skip;

  refersById('lets a stopped container start again when somebody removed its network', async () => {
    const asked = await makeUsed();
    await host.docker('network', 'rm', 'my-net');
    await expect(host.docker('start', 'one')).rejects.toThrow(`network ${asked.networkId} not found`);
    await host.docker('network', 'create', '--subnet', SUBNET, 'my-net');
    await expect(host.docker('start', 'one')).rejects.toThrow(`network ${asked.networkId} not found`);
    await host.docker('network', 'rm', 'my-net');

    const { conflicts, losses } = await plan(asked);
    expect(conflicts).toEqual([]);
    const answer = await restore(asked, 'restore-1');
    expect(answer).toMatchObject({ source: 'controller', differences: [], losses });
    expect(answer.attachments).toMatchObject([{ containerName: 'one', outcome: 'attached', reason: 'refers' }]);
    await expectAsBefore(losses);
    expect(await host.docker('network', 'inspect', 'my-net', '--format', '{{json .Labels}}')).toBe('{"team":"web"}');
  });

  it('has its container again after it was removed by force', async () => {
    const asked = { ...(await makeUsed()), removedBy: 'removal' };
    const removal = { operationId: asked.removedBy, networkId: asked.networkId, force: true };
    await agent.handlers.RemoveNetwork(arrive('RemoveNetwork', removal), context);
    expect(await host.docker('network', 'ls', '--format', '{{.Name}}')).not.toContain('my-net');

    const { losses } = await plan(asked);
    const answer = await restore(asked, 'restore-2');
    expect(answer).toMatchObject({ source: 'journal', differences: [] });
    expect(answer.attachments).toMatchObject([{ containerName: 'one', outcome: 'attached', reason: 'detached' }]);
    if (can.tellsConfigured) await expectAsBefore(losses);
    else await host.docker('start', 'one');
  });

  refersById('keeps its range and static addresses where others are wished and nothing stands in the way', async () => {
    const asked = { ...(await makeUsed()), renumber: true };
    await host.docker('network', 'rm', 'my-net');
    const answer = await restore(asked, 'restore-5');
    expect(answer).toMatchObject({ differences: [], attachments: [{ containerName: 'one', outcome: 'attached' }] });
    await expectAsBefore(answer.losses);
  });

  refersById('is not made where another one has its range, and with other ranges where that is asked for', async () => {
    const asked = await makeUsed();
    await host.docker('network', 'rm', 'my-net');
    await host.docker('network', 'create', '--subnet', '10.61.0.0/16', 'rival');
    expect((await plan(asked)).conflicts).toMatchObject([{ kind: 'range', what: SUBNET, holder: 'rival' }]);
    await expect(restore(asked, 'restore-3')).rejects.toMatchObject({
      ...{ code: 'subnet_overlap', message: expect.stringContaining("'rival'") },
    });
    expect(await restore({ ...asked, renumber: true }, 'restore-4')).toMatchObject({
      differences: [{ field: 'subnets' }],
      attachments: [{ containerName: 'one', outcome: 'attached' }],
    });
    await host.docker('start', 'one');
  });

  // Podman does not remove the network of a stopped container.
  const andContainer = can.forgetsStopped ? ', and a stopped container its address of each' : '';

  it(`has ranges of both families again${andContainer}`, async () => {
    const ranges = ['--ipv6', '--subnet', SUBNET, '--subnet', SUBNET_6];
    await host.docker('network', 'create', ...ranges, 'my-net');
    if (can.forgetsStopped) await makeStopped('my-net', '--ip', ADDRESS, '--ip6', ADDRESS_6);
    const asked = await recordOf('my-net');
    await host.docker('network', 'rm', 'my-net');
    expect(await restore(asked, 'restore-6')).toMatchObject({ differences: [], network: { ipv6: true } });
    if (!can.forgetsStopped) return;
    expect(await startedOn('my-net')).toMatchObject({
      ...{ IPAddress: ADDRESS, GlobalIPv6Address: ADDRESS_6, Aliases: expect.arrayContaining(['db']) },
    });
  });

  const withConfigurations = can.configurations ? it : it.skip;

  withConfigurations('is made after its configuration, and has labels, options and ranges from there', async () => {
    const settings = ['--subnet', SUBNET, '--label', 'team=web', '--opt', 'com.docker.network.driver.mtu=1400'];
    await host.docker('network', 'create', '--config-only', ...settings, 'template');
    await host.docker('network', 'create', '--config-from', 'template', '--internal', 'my-net');
    await makeStopped('my-net', '--ip', ADDRESS);
    const [asked, template] = [await recordOf('my-net'), await recordOf('template')];
    await expect(host.docker('network', 'rm', 'template')).rejects.toThrow('is in use');
    for (const network of ['my-net', 'template']) await host.docker('network', 'rm', network);

    expect((await plan(asked)).conflicts).toMatchObject([{ kind: 'configuration', what: 'template' }]);
    await expect(restore(asked, 'restore-7')).rejects.toMatchObject({ code: 'network_not_found' });
    expect(await restore(template, 'restore-8')).toMatchObject({ differences: [], attachments: [] });
    // Nothing is lost of what it has from there.
    expect(((await plan(asked)).losses ?? []).join()).not.toContain('template');
    expect(await restore(asked, 'restore-9')).toMatchObject({
      differences: [],
      network: { configFrom: 'template', internal: true, labels: { team: 'web' }, subnets: [{ cidr: SUBNET }] },
    });
    expect(await startedOn('my-net')).toMatchObject({ IPAddress: ADDRESS, Aliases: expect.arrayContaining(['db']) });
  });

  const withSwarm = can.swarm ? it : it.skip;

  withSwarm(
    'of a swarm is another one to the engine, which a stopped container starts on as before',
    async () => {
      await lab.swarm();
      await host.docker('network', 'create', '--driver', 'overlay', '--attachable', '--subnet', SUBNET, 'mesh');
      await makeStopped('mesh', '--ip', ADDRESS);
      const asked = await recordOf('mesh');
      await host.docker('network', 'rm', 'mesh');
      await expect(host.docker('start', 'one')).rejects.toThrow(`network ${asked.networkId} not found`);
      // A manager may list it still.
      const { network, differences, attachments } = await restore(asked, 'restore-10');
      expect({ differences, attachments }).toMatchObject({ differences: [], attachments: [{ outcome: 'attached' }] });
      expect(network?.id).not.toBe(asked.networkId);
      expect(await startedOn('mesh')).toMatchObject({
        ...{ NetworkID: network?.id, IPAddress: ADDRESS, Aliases: expect.arrayContaining(['db']) },
      });
      await host.docker('rm', '--force', 'one');
      await host.docker('swarm', 'leave', '--force');
      expect((await plan(asked)).conflicts).toMatchObject([{ kind: 'swarm', what: 'mesh' }]);
    },
    SET_UP_MS,
  );

  withSwarm(
    'of a swarm, where nothing runs on it, takes a stopped container on and off',
    async () => {
      const make = () => host.docker('network', 'create', '--driver', 'overlay', '--attachable', 'mesh');
      const attachments = async () =>
        JSON.parse(await host.docker('inspect', 'one', '--format', '{{json .NetworkSettings.Networks}}')) as object;
      const stopped = async () => {
        await host.docker('stop', '--time', '0', 'one');
        await until(() => isAway('mesh'), 'the host has the overlay no more');
      };
      const asked = (operationId: string, networkId: string) => ({ operationId, networkId, container: 'one' });
      const connect = (operationId: string, networkId: string) =>
        agent.handlers.ConnectContainer(arrive('ConnectContainer', asked(operationId, networkId)), context);

      await lab.swarm();
      await make();
      await makeStopped('mesh');
      await until(() => isAway('mesh'), 'the host has the overlay no more');
      await host.docker('network', 'rm', 'mesh');
      const id = await make();
      await connect('connect-1', id);
      expect(Object.keys(await attachments())).toEqual(['mesh']);
      expect(await startedOn('mesh')).toMatchObject({ NetworkID: id });
      await stopped();
      await agent.handlers.DisconnectContainer(arrive('DisconnectContainer', asked('disconnect-1', id)), context);
      expect(await attachments()).toEqual({});
      await connect('connect-2', id);
      expect(await startedOn('mesh')).toMatchObject({ NetworkID: id });
      await stopped();
      const removal = { operationId: 'removal-2', networkId: id, force: true };
      const removed = await agent.handlers.RemoveNetwork(arrive('RemoveNetwork', removal), context);
      expect(removed).toMatchObject({ detached: ['one'] });
      await host.docker('start', 'one');
      await host.docker('swarm', 'leave', '--force');
    },
    SET_UP_MS,
  );

  /** Whether the host has nothing of a swarm's network but its name: it tells the nodes of one that something runs on. */
  async function isAway(overlay: string): Promise<boolean> {
    return (await host.docker('network', 'inspect', overlay, '--format', '{{json .Peers}}')) === 'null';
  }
});

/** One call of the engine's API. @throws with what the engine says, where it refuses */
function post({ socketPath }: LabHost, path: string, body: object): Promise<string> {
  const text = JSON.stringify(body);
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath, path, method: 'POST', headers }, (response) => {
      let answer = '';
      response.setEncoding('utf8').on('data', (part: string) => (answer += part));
      response.on('end', () => ((response.statusCode ?? 500) < 300 ? resolve(answer) : reject(new Error(answer))));
    });
    sent.on('error', reject).end(text);
  });
}
