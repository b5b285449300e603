import { afterAll, beforeAll, expect, it } from '@jest/globals';
import {
  type EndpointPageView,
  type NetworkDetailView,
  type NetworkPageView,
  operationResult,
  type OperationView,
  type OverlayDetailView,
  type PrunePlanView,
} from '@fairlead/api';
import { parseAddress, parseCidr, rangeContains } from '@fairlead/domain';
import { capabilitiesOf } from '@fairlead/engine/conformance';
import { LabError, type LabHost } from '@fairlead/lab';
import { describeOnLab } from '@fairlead/lab/testing';
import { engineUnderTest } from './support/engine-under-test.js';
import { LabFleet } from './support/lab-fleet.js';
import type { CommandResult } from './support/program.js';

const IMAGE = 'fairlead-lab/busybox';

const underTest = await engineUnderTest();
/** What this engine is known to have; what it lacks is skipped, with the reason in the title. */
const can = capabilitiesOf({ kind: underTest.engine?.kind === 'podman' ? 'podman' : 'docker' });

describeOnLab('the walkthrough on two hosts with real engines', () => {
  let fleet: LabFleet;
  beforeAll(async () => {
    fleet = await LabFleet.start({ hosts: 2, ...underTest });
  }, 180_000);
  afterAll(() => fleet?.stop(), 120_000);

  const inspect = (host: LabHost, network: string) =>
    fleet.json<NetworkDetailView>('network', 'inspect', `${host.name}/${network}`);
  const names = (detail: NetworkDetailView) => detail.endpoints.map(({ containerName }) => containerName).sort();

  it.each([0, 1])(
    'does the whole job on host %d',
    async (index) => {
      const host = fleet.host(index);
      const on = ['--host', host.name];

      const created = await fleet.cli('network', 'create', 'my-net', ...on);
      expect(saidBy(created)).toEqual({ code: 0, said: '' });
      expect(created.stdout).toMatch(/[0-9a-f]{12}/);
      expect(await inspect(host, 'my-net')).toMatchObject({
        driver: 'bridge',
        endpoints: [],
        freshness: 'live',
        simulated: false,
      });

      await host.docker('run', '-d', '--name', 'one', IMAGE, 'sleep', '100000');
      await host.docker('run', '-d', '--name', 'two', IMAGE, 'sleep', '100000');
      for (const container of ['one', 'two']) {
        const connected = await fleet.cli('network', 'connect', `${host.name}/my-net`, container);
        expect(saidBy(connected)).toEqual({ code: 0, said: '' });
      }
      const connected = await inspect(host, 'my-net');
      expect(names(connected)).toEqual(['one', 'two']);
      const ranges = connected.subnets.map(({ cidr }) => parseCidr(cidr));
      for (const { ipv4 } of connected.endpoints) {
        expect(ranges.some((range) => rangeContains(range, parseAddress(ipv4)!))).toBe(true);
      }

      for (const container of ['one', 'two']) {
        await fleet.done('network', 'disconnect', `${host.name}/bridge`, container);
      }
      expect(await inspect(host, 'bridge')).toMatchObject({ endpoints: [] });
      expect(
        await host.docker(
          'inspect',
          'one',
          '--format',
          '{{range $name, $_ := .NetworkSettings.Networks}}{{$name}} {{end}}',
        ),
      ).toBe('my-net');

      for (const [from, to] of [
        ['one', 'two'],
        ['two', 'one'],
      ] as const) {
        const probe = await fleet.json<OperationView>('network', 'probe', ...on, from, to);
        expect(probe.result).toMatchObject({ reachable: true, resolution: { resolved: true }, ping: { received: 3 } });
        expect(operationResult(probe, 'probe')?.ping.roundTripMs).toHaveLength(3);
      }

      const refused = await fleet.cli('network', 'rm', `${host.name}/my-net`);
      expect(refused.code).toBe(4);
      expect(refused.stderr).toContain('one');
      expect(refused.stderr).toContain('two');

      await host.docker('stop', '-t', '0', 'one', 'two');
      await fleet.until(
        async () => (await inspect(host, 'my-net')).containers.running === 0,
        'the containers are shown as stopped',
      );
      const kept = await fleet.cli('network', 'prune', '--force', ...on);
      expect(kept.code).toBe(0);
      expect(kept.stdout + kept.stderr).toMatch(/my-net.*stopped containers.*one.*two/s);
      expect(await host.docker('network', 'ls', '--format', '{{.Name}}')).toContain('my-net');

      await host.docker('rm', 'one', 'two');
      await fleet.until(async () => (await inspect(host, 'my-net')).containers.total === 0, 'nobody is on the network');
      const plan = await fleet.json<PrunePlanView>('network', 'prune', '--dry-run', ...on);
      expect(plan.items.filter(({ action }) => action === 'remove').map(({ network }) => network.name)).toEqual([
        'my-net',
      ]);
      expect(await host.docker('network', 'ls', '--format', '{{.Name}}')).toContain('my-net');

      expect(await fleet.cli('network', 'prune', '--force', ...on)).toMatchObject({
        code: 0,
        stdout: expect.stringContaining('my-net'),
      });
      expect(await host.docker('network', 'ls', '--format', '{{.Name}}')).not.toContain('my-net');
      expect(await fleet.agrees([host])).toBe(true);
    },
    120_000,
  );

  it('refuses to remove what the engine made, and says why', async () => {
    const { code, stderr } = await fleet.cli('network', 'rm', `${fleet.host(0).name}/bridge`);
    expect(code).toBe(4);
    expect(stderr).toMatch(/built in/i);
  });

  it('asks which host is meant where a name fits several', async () => {
    const { code, stderr } = await fleet.cli('network', 'inspect', 'bridge');
    expect(code).toBe(2);
    for (const { name } of fleet.hosts) expect(stderr).toContain(name);
  });

  it("passes on the engine's own words", async () => {
    const host = fleet.host(0);
    const subnet = ['--subnet', '10.99.0.0/24'];
    await fleet.done('network', 'create', 'first', ...subnet, '--host', host.name);
    const words = await refusalOf(host.docker('network', 'create', ...subnet, 'second'));
    expect(words).toMatch(/overlap|already used/);
    const { code, stderr } = await fleet.cli('network', 'create', 'second', ...subnet, '--host', host.name);
    expect(code).toBe(1);
    expect(stderr).toContain(words);
    await fleet.done('network', 'rm', `${host.name}/first`);
  });

  it('removes a network that is in use when forced, and detaches its containers first', async () => {
    const host = fleet.host(0);
    await fleet.cli('network', 'create', 'forced', '--host', host.name);
    await host.docker('run', '-d', '--name', 'held', '--network', 'forced', IMAGE, 'sleep', '100000');
    await fleet.until(
      async () => names(await inspect(host, 'forced')).includes('held'),
      'the container is on the network',
    );
    expect(await fleet.cli('network', 'rm', `${host.name}/forced`)).toMatchObject({ code: 4 });
    await fleet.done('network', 'rm', '--force', `${host.name}/forced`);
    expect(await host.docker('network', 'ls', '--format', '{{.Name}}')).not.toContain('forced');
    await host.docker('rm', '-f', 'held');
  }, 60_000);

  it('shows what plain docker does on a host', async () => {
    const host = fleet.host(1);
    const shown = async (name: string) => (await fleet.inventory(host)).some((network) => network.name === name);
    await host.docker('network', 'create', 'outside');
    await fleet.until(() => shown('outside'), 'the network made with docker is shown');
    await host.docker('network', 'rm', 'outside');
    await fleet.until(async () => !(await shown('outside')), 'the network removed with docker is gone');
  });

  it('explains a probe that cannot work', async () => {
    const [first, second] = [fleet.host(0), fleet.host(1)];
    for (const network of ['left', 'right']) await fleet.cli('network', 'create', network, '--host', first.name);
    await first.docker('run', '-d', '--name', 'here', '--network', 'left', IMAGE, 'sleep', '100000');
    await first.docker('run', '-d', '--name', 'there', '--network', 'right', IMAGE, 'sleep', '100000');
    await first.docker('create', '--name', 'asleep', '--network', 'left', IMAGE, 'sleep', '1');
    await second.docker('run', '-d', '--name', 'far', IMAGE, 'sleep', '100000');
    await fleet.until(
      async () => (await fleet.agrees()) && (await shownContainers(fleet)) >= 4,
      'all containers are shown',
    );
    for (const [to, words] of [
      ['there', /share no network.*left.*right/],
      ['asleep', /not running/],
      ['far', /runs on lab2.*end at its host/],
      ['nowhere', /nowhere/],
    ] as const) {
      const { code, stdout, stderr } = await fleet.cli('network', 'probe', '--host', first.name, 'here', to);
      expect({ to, code }).toEqual({ to, code: 1 });
      expect(stdout + stderr).toMatch(words);
    }
    await first.docker('rm', '-f', 'here', 'there', 'asleep');
    await second.docker('rm', '-f', 'far');
    await fleet.until(() => fleet.agrees(), 'the inventory equals the engines');
    await fleet.done('network', 'prune', '--force', '--all-hosts');
  }, 120_000);

  it('probes from a container that has no tools, through its network', async () => {
    const host = fleet.host(0);
    await fleet.cli('network', 'create', 'bare-net', '--host', host.name);
    await host.docker('run', '-d', '--name', 'bare', '--network', 'bare-net', 'fairlead-lab/bare');
    await host.docker('run', '-d', '--name', 'peer', '--network', 'bare-net', IMAGE, 'sleep', '100000');
    const probe = await fleet.json<OperationView>('network', 'probe', '--host', host.name, 'bare', 'peer');
    expect(probe.result).toMatchObject({
      reachable: true,
      ping: { method: 'namespace' },
      resolution: { resolved: true, method: 'namespace' },
    });
    await host.docker('rm', '-f', 'bare', 'peer');
    await fleet.done('network', 'prune', '--force', '--host', host.name);
  }, 60_000);

  const withSwarm = can.swarm ? it : it.skip;
  withSwarm(
    `probes across hosts on an attachable overlay network${can.swarm ? '' : ' (this engine has no swarm)'}`,
    async () => {
      const [manager, worker] = [fleet.host(0), fleet.host(1)];
      await fleet.lab.swarm();
      await fleet.until(() => inSwarm(fleet), 'both hosts are told of as nodes of the swarm');
      const create = ['network', 'create', 'mesh', '--driver', 'overlay', '--attachable', '--host', manager.name];
      await fleet.done(...create);
      await manager.docker('run', '-d', '--name', 'near', '--network', 'mesh', IMAGE, 'sleep', '100000');
      await worker.docker('run', '-d', '--name', 'far', '--network', 'mesh', IMAGE, 'sleep', '100000');
      const shown = async (host: LabHost) =>
        (await fleet.inventory(host)).some(({ name, containers }) => name === 'mesh' && containers.running === 1);
      for (const host of [manager, worker])
        await fleet.until(() => shown(host), `the overlay is shown on ${host.name}`);
      const probe = await fleet.json<OperationView>('network', 'probe', '--host', manager.name, 'near', 'far');
      expect(probe.result).toMatchObject({ reachable: true, explanation: expect.stringContaining('overlay') });
      const page = await fleet.json<NetworkPageView['items']>('network', 'ls', '--filter', 'driver=overlay');
      expect(
        page
          .filter(({ name }) => name === 'mesh')
          .map(({ host }) => host)
          .sort(),
      ).toEqual(['lab1', 'lab2']);
      const { endpoints } = await fleet.json<OverlayDetailView>('network', 'inspect', 'mesh');
      expect(endpoints.map(({ host, containerName }) => [host, containerName])).toEqual([
        [manager.name, 'near'],
        [worker.name, 'far'],
      ]);
      const { ipv4, mac } = endpoints[1]!;
      for (const whom of [ipv4, mac, 'f?r']) {
        const found = await fleet.json<EndpointPageView['items']>('endpoint', 'ls', whom);
        expect(found).toMatchObject([{ host: worker.name, containerName: 'far', network: { name: 'mesh' } }]);
      }
      await fleet.done('network', 'prune', '--force', '--all-hosts');
      await manager.docker('rm', '-f', 'near');
      await worker.docker('rm', '-f', 'far');
      await fleet.done('network', 'rm', `${manager.name}/mesh`);
    },
    180_000,
  );

  if (!can.swarm) {
    it('says of an overlay that this engine has none', async () => {
      const create = ['network', 'create', 'mesh', '--driver', 'overlay', '--host', fleet.host(0).name];
      const { code, stderr } = await fleet.cli(...create);
      expect(code).toBe(1);
      expect(stderr).toContain('--driver overlay is unknown to this engine (podman');
    });
  }
});

/** What a command said beside its results, but that it is taking its time. */
const saidBy = ({ code, stderr }: CommandResult) => ({ code, said: stderr.replace(/^.* …\n/gm, '') });

/** What an engine says to docker that it refuses. */
async function refusalOf(refused: Promise<unknown>): Promise<string> {
  const error: unknown = await refused.catch((thrown: unknown) => thrown);
  const [, words = ''] = /Error response from daemon: (.+)/.exec(error instanceof LabError ? error.message : '') ?? [];
  return words;
}

/** An agent tells of its engine's swarm in a new session. */
async function inSwarm(fleet: LabFleet): Promise<boolean> {
  const { items } = await fleet.client.listHosts();
  return items.every(({ freshness, engine }) => freshness === 'live' && engine.swarm.nodeId !== '');
}

async function shownContainers(fleet: LabFleet): Promise<number> {
  const { items } = await fleet.client.listHosts();
  return items.reduce((sum, { counts }) => sum + counts.endpoints, 0);
}
