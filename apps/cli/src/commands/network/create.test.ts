import { describe, expect, it } from '@jest/globals';
import { FairleadError } from '@fairlead/domain';
import { Failed } from '../../../test/fake-controller.js';
import { fairlead } from '../../../test/run.js';
import { aHost, anOperation, aRecord } from '../../../test/views.js';

const created = (host = 'web-1', warning = '') =>
  anOperation({ kind: 'create', host, result: { network: aRecord(), warning } });
const fleet = (...names: string[]) => ({
  items: names.map((name) => aHost({ name })),
  total: names.length,
  nextCursor: null,
});

describe('network create', () => {
  it('creates on the only host of the fleet and prints the id alone, as docker does', async () => {
    const { out, exitCode, controller } = await fairlead('network create my-net', {
      listHosts: () => fleet('web-1'),
      createNetwork: () => created(),
    });
    expect(out).toBe(`${aRecord().id}\n`);
    expect(exitCode).toBe(0);
    const [asked] = controller.of('createNetwork');
    expect(asked?.params).toEqual({ host: 'web-1' });
    expect(asked?.headers.get('idempotency-key')).toBe('key-1');
    expect(asked?.headers.get('user-agent')).toBe('fairlead-cli/0.0.0');
  });

  it('asks which host where there are several, naming them', async () => {
    const { err, exitCode, controller } = await fairlead('network create my-net', {
      listHosts: () => fleet('web-1', 'web-2'),
    });
    expect(exitCode).toBe(2);
    expect(err).toContain('web-1, web-2');
    expect(err).toContain('--host NAME');
    expect(controller.of('createNetwork')).toEqual([]);
  });

  it('says how to get a first host', async () => {
    const { err, exitCode } = await fairlead('network create my-net', { listHosts: () => fleet() });
    expect(exitCode).toBe(3);
    expect(err).toContain('fairlead host join-token create');
  });

  it('carries every flag of docker network create', async () => {
    const line =
      'network create lan --host web-1 --attachable --aux-address a=10.20.0.7 --config-from base --config-only -d macvlan ' +
      '--gateway 10.20.0.1 --gateway fd00::1 --ingress --internal --ip-range 10.20.0.128/25 --ipam-driver dhcp ' +
      '--ipam-opt x=1 --ipv4=false --ipv6 --label plain --label k=v=w -o parent=eth0 --scope swarm ' +
      '--subnet 10.20.0.0/24 --subnet fd00::/64 --timeout 1m';
    const { controller, err } = await fairlead(line, { createNetwork: () => created() });
    expect(err).toBe('');
    expect(controller.asked[0]?.body).toEqual({
      name: 'lan',
      driver: 'macvlan',
      scope: 'swarm',
      internal: true,
      attachable: true,
      ingress: true,
      ipv4: false,
      ipv6: true,
      configOnly: true,
      configFrom: 'base',
      ipamDriver: 'dhcp',
      ipamOptions: { x: '1' },
      subnets: [
        { cidr: '10.20.0.0/24', ipRange: '10.20.0.128/25', gateway: '10.20.0.1', auxAddresses: { a: '10.20.0.7' } },
        { cidr: 'fd00::/64', ipRange: null, gateway: 'fd00::1', auxAddresses: {} },
      ],
      options: { parent: 'eth0' },
      labels: { plain: '', k: 'v=w' },
      deadlineMs: 60_000,
    });
  });

  it.each([
    ['--gateway 10.9.0.1', 'no subnet contains 10.9.0.1'],
    ['--opt parent', "--opt: 'parent' is not KEY=VALUE"],
    ['-o json', 'For the form of the output write --output json.'],
    ['--scope moon', '--scope is local, swarm or global'],
    ['--timeout soon', 'is not a duration'],
  ])('refuses %s before it asks anything', async (flags, message) => {
    const { exitCode, err, controller } = await fairlead(`network create n ${flags}`, {});
    expect(exitCode).toBe(2);
    expect(err).toContain(message);
    expect(controller.asked).toEqual([]);
  });

  it('tells for each host what came of it, and exits with the worst', async () => {
    const { out, err, exitCode } = await fairlead('network create my-net --all-hosts', {
      listHosts: () => fleet('web-1', 'web-2', 'web-3'),
      createNetwork: ({ params }) => {
        if (params['host'] === 'web-2')
          throw new FairleadError('host_unavailable', "Host 'web-2' is offline", { hint: 'Wait.' });
        if (params['host'] === 'web-3')
          throw new FairleadError('already_exists', 'taken', { engineMessage: 'network exists\n' });
        return created(params['host']);
      },
    });
    expect(out).toBe(`web-1  ${aRecord().id}\n`);
    expect(err).toContain("web-2: error: Host 'web-2' is offline\nWait.\n");
    expect(err).toContain('web-3: error: taken\nengine says: network exists\n');
    expect(exitCode).toBe(1);
  });

  it('gives the operation as JSON, in a list where a set of hosts was asked for', async () => {
    const answers = { listHosts: () => fleet('web-1'), createNetwork: () => created() };
    const one = await fairlead('network create my-net --output json', answers);
    expect(JSON.parse(one.out)).toEqual(created());
    const set = await fairlead('network create my-net --all-hosts --output json', answers);
    expect(JSON.parse(set.out)).toEqual([created()]);
  });

  it('gives errors as problem details with -o json', async () => {
    const failed = anOperation({ outcome: 'failed' });
    const { err, out, exitCode } = await fairlead('network create my-net --host web-1 --output json', {
      createNetwork: () => {
        throw new Failed(new FairleadError('subnet_overlap', 'taken'), failed);
      },
    });
    expect(JSON.parse(err)).toMatchObject({ code: 'subnet_overlap', status: 409, operation: failed });
    expect({ out, exitCode }).toEqual({ out: '', exitCode: 1 });
  });

  it('passes the engine’s warning on', async () => {
    const { out } = await fairlead('network create my-net --host web-1', {
      createNetwork: () => created('web-1', 'beware'),
    });
    expect(out).toContain('engine warns: beware');
  });
});
