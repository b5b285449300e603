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

const underTest = await engineUnderTest();
const can = capabilitiesOf({ kind: underTest.engine?.kind === 'podman' ? 'podman' : 'docker' });
const SET_UP_MS = 120_000;

const ADDRESS = '10.61.0.77';
const MAC = '02:42:0a:3d:00:99';
const SUBNET = '10.61.0.0/24';
const silent = { debug: () => {}, info: () => {}, warn: () => {} };

type Asked = Omit<RestoreNetworkRequest, 'operationId'>;

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
    await host.docker('network', 'rm', 'my-net', 'rival').catch(() => undefined);
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
  async function makeUsed(): Promise<Asked & { readonly networkId: string }> {
    await host.docker('network', 'create', '--subnet', SUBNET, '--label', 'team=web', 'my-net');
    await makeContainer('one');
    await host.docker('start', 'one');
    await host.docker('stop', '--time', '0', 'one');
    const record = await agent.handlers.InspectNetwork({ network: 'my-net' }, context);
    return { networkId: record.id ?? '', record };
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
    await host.docker('start', 'one');
    const format = '{{json (index .NetworkSettings.Networks "my-net")}}';
    const endpoint = JSON.parse(await host.docker('inspect', 'one', '--format', format)) as Record<string, unknown>;
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
