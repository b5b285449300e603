import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type NetworkView, type RunItemPageView, type RunView } from '@fairlead/api';
import { capabilitiesOf } from '@fairlead/engine/conformance';
import { type LabHost } from '@fairlead/lab';
import { describeOnLab } from '@fairlead/lab/testing';
import { EngineCalls } from './support/engine-calls.js';
import { engineUnderTest } from './support/engine-under-test.js';
import { LabFleet } from './support/lab-fleet.js';

const IMAGE = 'fairlead-lab/busybox';
const MINUTES = 60_000;

const underTest = await engineUnderTest();
const kind = underTest.engine?.kind === 'podman' ? 'podman' : 'docker';
const can = capabilitiesOf({ kind });

/** What is unused, at once and as much of it as there is: what no policy should be told on a real fleet. */
const EAGER = ['--unused-for', '0s', '--min-age', '0s'];
const UNCAPPED = ['--max-networks', '1000', '--max-host-percent', '100', '--max-fleet-percent', '100'];

describeOnLab('cleanup policies on hosts with real engines', () => {
  let fleet: LabFleet;
  beforeAll(async () => {
    fleet = await LabFleet.start({ hosts: 2, ...underTest });
  }, 3 * MINUTES);
  afterAll(() => fleet?.stop(), 2 * MINUTES);

  const names = async (host: LabHost): Promise<string[]> =>
    (await host.docker('network', 'ls', '--format', '{{.Name}}')).split('\n');
  const shown = async (host: LabHost, wanted: (networks: readonly NetworkView[]) => boolean): Promise<boolean> =>
    wanted(await fleet.inventory(host));

  async function makePolicy(name: string, ...flags: string[]): Promise<void> {
    await fleet.done('policy', 'create', name, ...EAGER, ...UNCAPPED, ...flags);
    await fleet.done('policy', 'edit', name, '--mode', 'apply');
  }

  const latestRun = async (policy: string): Promise<RunView> =>
    (await fleet.client.listRuns({ query: { policy: [policy], limit: 1 } })).items[0]!;
  const itemsOf = async ({ id }: RunView): Promise<RunItemPageView['items']> =>
    (await fleet.client.listRunItems({ params: { run: id }, query: { limit: 500 } })).items;

  /** A network with a container that has an alias and an address of its own, and is stopped. */
  async function makeSleeper(host: LabHost, name: string, range: string): Promise<void> {
    await host.docker('network', 'create', '--subnet', `${range}.0/24`, name);
    const at = ['--network', name, '--ip', `${range}.77`, '--network-alias', 'db'];
    await host.docker('run', '-d', '--name', `in-${name}`, ...at, IMAGE, 'sleep', '100000');
    await host.docker('stop', '-t', '0', `in-${name}`);
    await fleet.until(
      () => shown(host, (all) => all.some((each) => each.name === name && each.containers.total === 1)),
      'the stopped container is shown',
    );
  }

  const placeOf = (host: LabHost, container: string, network: string) =>
    host.docker(
      'inspect',
      container,
      '--format',
      `{{with index .NetworkSettings.Networks "${network}"}}{{.IPAddress}} {{.Aliases}}{{end}}`,
    );

  it(
    'never removes the network of a stopped container, which the engine’s own prune removes, and brings it back',
    async () => {
      const host = fleet.host(0);
      await makeSleeper(host, 'asleep', '10.81.1');
      await host.docker('network', 'create', 'loose');
      await fleet.until(() => shown(host, (all) => all.some(({ name }) => name === 'loose')), 'both are shown');
      await makePolicy('eager', '--match-all');

      const ran = await fleet.cli('policy', 'run', 'eager', '--force');
      expect(ran).toMatchObject({ code: 0 });
      expect(await names(host)).toContain('asleep');
      expect(await names(host)).not.toContain('loose');
      const run = await latestRun('eager');
      expect(run).toMatchObject({ state: 'finished', outcome: 'done', progress: { total: 1, removed: 1 } });
      expect(run.summary?.reasons['stopped-containers']).toBe(1);
      await host.docker('start', 'in-asleep');
      await host.docker('stop', '-t', '0', 'in-asleep');

      if (kind === 'podman') return; // Its prune counts stopped containers as users.
      await host.docker('network', 'prune', '--force');
      expect(await names(host)).not.toContain('asleep');
      await expect(host.docker('start', 'in-asleep')).rejects.toThrow(/not found/);
      await fleet.until(
        () => shown(host, (all) => all.every(({ name }) => name !== 'asleep')),
        'it is seen to be gone',
      );

      const restored = await fleet.cli('network', 'restore', `${host.name}/asleep`, '--force');
      expect(restored).toMatchObject({ code: 0 });
      await host.docker('start', 'in-asleep');
      expect(await placeOf(host, 'in-asleep', 'asleep')).toMatch(/^10\.81\.1\.77 \[.*db.*\]$/);
      await host.docker('rm', '-f', 'in-asleep');
    },
    3 * MINUTES,
  );

  it(
    'restores a whole run, with the ranges that the engine had chosen',
    async () => {
      const chosen = new Map<string, string>();
      for (const host of fleet.hosts) {
        for (const name of ['old-1', 'old-2']) await host.docker('network', 'create', '--label', 'old=1', name);
        await fleet.until(() => shown(host, (all) => all.some(({ name }) => name === 'old-2')), 'all are shown');
        for (const { name, subnets } of await fleet.inventory(host)) {
          chosen.set(`${host.name}/${name}`, subnets.map(({ cidr }) => cidr).join());
        }
      }
      await fleet.client.createPolicy({
        body: { name: 'old', spec: { match: [{ labels: 'old=1' }], unusedFor: '0s', minAge: '0s' } },
      });
      await fleet.done('policy', 'edit', 'old', ...UNCAPPED, '--mode', 'apply');
      await fleet.done('policy', 'run', 'old', '--force');
      const run = await latestRun('old');
      expect(run.progress).toMatchObject({ total: 4, removed: 4 });
      for (const host of fleet.hosts) expect(await names(host)).not.toContain('old-1');
      // Ranges are handed out in order: without the record the next network would take the first one.
      await fleet.until(
        async () => (await itemsOf(run)).every(({ removal }) => removal !== null),
        'all are seen to be gone',
      );

      await fleet.done('network', 'restore', '--run', run.id, '--force');
      for (const host of fleet.hosts) {
        for (const { name, subnets, labels } of await fleet.inventory(host)) {
          if (!name.startsWith('old-')) continue;
          expect(labels).toEqual({ old: '1' });
          expect(subnets.map(({ cidr }) => cidr).join()).toBe(chosen.get(`${host.name}/${name}`));
        }
        expect(await names(host)).toEqual(expect.arrayContaining(['old-1', 'old-2']));
      }
      const again = await fleet.cli('network', 'restore', '--run', run.id, '--force');
      expect(again.code).toBe(0);
      expect(again.stdout + again.stderr).toMatch(/already/);
      for (const host of fleet.hosts) await host.docker('network', 'rm', 'old-1', 'old-2');
    },
    3 * MINUTES,
  );

  it(
    'shows who has the name and the range before it restores, and offers another range',
    async () => {
      const host = fleet.host(1);
      await host.docker('network', 'create', '--subnet', '10.82.1.0/24', 'wanted');
      await fleet.until(() => shown(host, (all) => all.some(({ name }) => name === 'wanted')), 'it is shown');
      await fleet.done('network', 'rm', `${host.name}/wanted`);
      await host.docker('network', 'create', '--subnet', '10.82.0.0/16', 'holder');
      await fleet.until(() => shown(host, (all) => all.some(({ name }) => name === 'holder')), 'the other is shown');

      const refused = await fleet.cli('network', 'restore', `${host.name}/wanted`, '--force');
      expect(refused.code).toBe(4);
      expect(refused.stdout + refused.stderr).toMatch(/10\.82\.1\.0\/24.*holder/s);
      expect(refused.stdout + refused.stderr).toContain('--renumber');
      expect(await names(host)).not.toContain('wanted');

      await fleet.done('network', 'restore', `${host.name}/wanted`, '--force', '--renumber');
      expect(await names(host)).toContain('wanted');
      await host.docker('network', 'rm', 'wanted', 'holder');
    },
    2 * MINUTES,
  );

  const andAddress = can.tellsConfigured ? ' and an address' : ' (of addresses this engine tells too little)';
  it(
    `brings a network back that was removed by force under a container with an alias${andAddress}`,
    async () => {
      const host = fleet.host(0);
      await makeSleeper(host, 'taken', '10.83.1');
      await fleet.done('network', 'rm', '--force', `${host.name}/taken`);
      expect(await names(host)).not.toContain('taken');
      await fleet.until(() => shown(host, (all) => all.every(({ name }) => name !== 'taken')), 'it is seen to be gone');
      const told = await fleet.done('network', 'restore', `${host.name}/taken`, '--dry-run');
      expect(told.includes('Addresses may be others than before: in-taken.')).toBe(!can.tellsConfigured);
      await fleet.done('network', 'restore', `${host.name}/taken`, '--force');
      await host.docker('start', 'in-taken');
      const place = await placeOf(host, 'in-taken', 'taken');
      expect(place).toMatch(can.tellsConfigured ? /^10\.83\.1\.77 \[.*db.*\]$/ : /^10\.83\.1\.\d+ \[.*db.*\]$/);
      await host.docker('rm', '-f', 'in-taken');
      await host.docker('network', 'rm', 'taken');
    },
    2 * MINUTES,
  );

  it(
    'freezes every way to remove a network, over a kill of the controller too, until somebody lets go',
    async () => {
      const host = fleet.host(1);
      await host.docker('network', 'create', 'frozen');
      await fleet.until(() => shown(host, (all) => all.some(({ name }) => name === 'frozen')), 'it is shown');
      await fleet.done('freeze', '--reason', 'audit');
      await fleet.fleet.killController();
      await fleet.fleet.startController();
      await fleet.until(() => fleet.agrees(), 'the hosts are back');
      for (const args of [
        ['network', 'rm', `${host.name}/frozen`],
        ['network', 'prune', '--host', host.name, '--force'],
        ['policy', 'run', 'eager', '--force'],
      ]) {
        const { code, stdout, stderr } = await fleet.cli(...args);
        expect({ args, code }).toEqual({ args, code: 4 });
        expect(stdout + stderr).toMatch(/frozen.*audit/s);
      }
      expect(await names(host)).toContain('frozen');
      await fleet.done('freeze', 'off');
      await fleet.done('network', 'rm', `${host.name}/frozen`);
    },
    2 * MINUTES,
  );

  it(
    'goes on where it was after a kill of the controller in mid-run, and removes nothing twice',
    async () => {
      const host = fleet.host(0);
      const many = Array.from({ length: 16 }, (_, index) => `many-${index}`);
      for (const [index, name] of many.entries()) {
        await host.docker('network', 'create', '--subnet', `10.84.${index}.0/24`, name);
      }
      await fleet.until(() => shown(host, (all) => all.some(({ name }) => name === 'many-15')), 'all are shown');
      await makePolicy('many', '--match', 'name=many-*');
      const params = { policy: 'many' };
      const { hash } = await fleet.client.planPolicy({ params, body: {} });
      const engine = new EngineCalls(host.socketPath);
      const left = async (): Promise<number> =>
        (await engine.call<{ Name: string }[]>('GET', '/networks')).filter(({ Name }) => many.includes(Name)).length;
      const run = await fleet.client.startRun({ params, body: { mode: 'apply', planHash: hash } });
      await fleet.until(async () => (await left()) < many.length, 'the run has begun to remove');
      await fleet.fleet.killController();
      engine.close();
      await fleet.fleet.startController();
      const ended = (): Promise<RunView> => fleet.client.getRun({ params: { run: run.id } });
      await fleet.until(async () => (await ended()).state === 'finished', 'the run has ended', 2 * MINUTES);

      expect(await ended()).toMatchObject({ outcome: 'done', progress: { total: many.length, removed: many.length } });
      // It was killed in mid-run: what the first operation was stopped at took another one.
      expect(new Set((await itemsOf(run)).map(({ operation }) => operation)).size).toBe(2);
      for (const name of many) expect(await names(host)).not.toContain(name);
      const removals = async () =>
        (await fleet.client.listRemovedNetworks({ query: { network: 'many-*', limit: 500 } })).items;
      await fleet.until(async () => (await removals()).length >= many.length, 'all are seen to be gone');
      expect(await removals()).toHaveLength(many.length);
    },
    4 * MINUTES,
  );

  const withSwarm = can.swarm ? it : it.skip;
  withSwarm(
    `keeps what a swarm shares, and what is protected${can.swarm ? '' : ' (this engine has no swarm)'}`,
    async () => {
      const host = fleet.host(0);
      await fleet.lab.swarm();
      await host.docker('network', 'create', '--driver', 'overlay', '--attachable', 'mesh');
      await host.docker('network', 'create', '--label', 'fairlead/protect=true', 'precious');
      await fleet.until(
        () => shown(host, (all) => ['mesh', 'precious'].every((name) => all.some((each) => each.name === name))),
        'both are shown',
      );
      await fleet.done('policy', 'run', 'eager', '--force');
      expect(await names(host)).toEqual(expect.arrayContaining(['mesh', 'precious', 'ingress', 'docker_gwbridge']));
      const plan = await fleet.client.planPolicy({
        params: { policy: 'eager' },
        body: { action: 'keep', hosts: [host.name], limit: 500 },
      });
      const reasonOf = (name: string) => plan.items.find(({ network }) => network.name === name)?.reason;
      expect([reasonOf('mesh'), reasonOf('precious'), reasonOf('ingress')]).toEqual([
        'swarm-scope',
        'protected',
        'predefined',
      ]);
    },
    3 * MINUTES,
  );
});
