import { describe, expect, it } from '@jest/globals';
import { FairleadError } from '@fairlead/domain';
import { fairlead } from '../../../test/run.js';
import { aDetail, aNetwork, anOperation, aRecord } from '../../../test/views.js';

const found = (...items: ReturnType<typeof aNetwork>[]) => ({
  items,
  total: items.length,
  nextCursor: null,
  unavailableHosts: [],
  unavailableTotal: 0,
});
const one = {
  containerId: 'c'.repeat(64),
  containerName: 'one',
  state: 'running',
  endpointId: 'e',
  ipv4: '172.18.0.2',
  ipv6: '',
  mac: '',
  aliases: [],
  project: '',
  service: '',
} as const;

describe('naming a network', () => {
  const rm = { removeNetwork: () => anOperation({ result: { removed: aRecord(), detached: [] } }) };

  it('takes HOST/NETWORK at its word', async () => {
    const { controller } = await fairlead('network rm web-1/my-net', rm);
    expect(controller.asked.map(({ params }) => params)).toEqual([{ host: 'web-1', network: 'my-net' }]);
  });

  it('takes the whole text as the name where hosts are chosen, slash or not', async () => {
    const { controller } = await fairlead('network rm a/b --host web-1 --host web-2', rm);
    expect(controller.asked.map(({ params }) => params)).toEqual([
      { host: 'web-1', network: 'a/b' },
      { host: 'web-2', network: 'a/b' },
    ]);
  });

  it('finds the one host that has it, and acts on its full id', async () => {
    const { controller } = await fairlead('network rm my-net', {
      ...rm,
      listNetworks: () => found(aNetwork({ host: 'web-7', id: 'f'.repeat(64) }), aNetwork({ name: 'my-net-2' })),
    });
    expect(controller.of('removeNetwork')[0]?.params).toEqual({ host: 'web-7', network: 'f'.repeat(64) });
  });

  it('falls back to the beginning of an id', async () => {
    const { controller } = await fairlead('network rm 798b', {
      ...rm,
      listNetworks: ({ query }) => (query.has('id') ? found(aNetwork()) : found()),
    });
    expect(controller.of('removeNetwork')).toHaveLength(1);
  });

  it('lists the hosts where several have it, and does nothing', async () => {
    const { err, exitCode, controller } = await fairlead('network rm my-net', {
      listNetworks: () => found(aNetwork(), aNetwork({ host: 'web-2' })),
    });
    expect(exitCode).toBe(2);
    expect(err).toContain('web-1/my-net (798b0f9e2c1c), web-2/my-net (798b0f9e2c1c)');
    expect(controller.of('removeNetwork')).toEqual([]);
  });

  it('says whose inventory is out of date where none has it', async () => {
    const silent = { name: 'web-9', freshness: 'offline', asOf: '2026-11-24T09:00:00Z' } as const;
    const { err, exitCode } = await fairlead('network rm my-net', {
      listNetworks: () => ({ ...found(), unavailableHosts: [silent], unavailableTotal: 1 }),
    });
    expect(exitCode).toBe(3);
    expect(err).toContain("No host has a network 'my-net'");
    expect(err).toContain('web-9');
  });

  it('refuses half a reference', async () => {
    expect((await fairlead('network rm web-1/', {})).exitCode).toBe(2);
  });
});

describe('network inspect', () => {
  it('prints the REST view of one as it is, of several as a list', async () => {
    const answers = { getNetwork: () => aDetail() };
    const single = await fairlead('network inspect web-1/my-net --live', answers);
    expect(JSON.parse(single.out)).toEqual(aDetail());
    expect(single.controller.asked[0]?.query.get('live')).toBe('true');
    const two = await fairlead('network inspect web-1/my-net web-2/my-net', answers);
    expect(JSON.parse(two.out)).toEqual([aDetail(), aDetail()]);
  });

  it('shows those that are there and names those that are not', async () => {
    const { out, err, exitCode } = await fairlead('network inspect web-1/a web-1/b', {
      getNetwork: ({ params }) => {
        if (params['network'] === 'b') throw new FairleadError('network_not_found', "Host 'web-1' has no network 'b'");
        return aDetail();
      },
    });
    expect(JSON.parse(out)).toEqual([aDetail()]);
    expect(err).toBe("web-1/b: error: Host 'web-1' has no network 'b'\n");
    expect(exitCode).toBe(3);
  });

  it('quotes what would steer the terminal in YAML too', async () => {
    const { out } = await fairlead('network inspect web-1/x -o yaml', {
      getNetwork: () => aDetail({ name: 'a\u009bb' }),
    });
    expect(out).toContain('name: "a\\u009bb"');
  });
});

describe('network connect and disconnect', () => {
  it('carries every flag of docker network connect, and tells the address', async () => {
    const line =
      'network connect web-1/my-net one --alias db --alias d --driver-opt a=b --gw-priority -5 --ip 172.18.0.2 --ip6 fd00::2 ' +
      '--link x:y --link-local-ip 169.254.0.5';
    const { out, controller, exitCode } = await fairlead(line, {
      connectContainer: () => anOperation({ kind: 'connect', result: { network: aRecord({ endpoints: [one] }) } }),
    });
    expect({ out, exitCode }).toEqual({ out: 'one connected to web-1/my-net as 172.18.0.2\n', exitCode: 0 });
    expect(controller.asked[0]?.body).toEqual({
      container: 'one',
      aliases: ['db', 'd'],
      links: ['x:y'],
      ipv4: '172.18.0.2',
      ipv6: 'fd00::2',
      linkLocalIps: ['169.254.0.5'],
      driverOptions: { a: 'b' },
      gatewayPriority: -5,
      deadlineMs: 30_000,
    });
  });

  it('detaches with force', async () => {
    const { out, controller } = await fairlead('network disconnect -f web-1/my-net one', {
      disconnectContainer: () => anOperation({ kind: 'disconnect', result: { network: aRecord() } }),
    });
    expect(out).toBe('one disconnected from web-1/my-net\n');
    expect(controller.asked[0]?.body).toEqual({ container: 'one', force: true, deadlineMs: 30_000 });
  });
});

describe('network rm', () => {
  it('tells what force detached', async () => {
    const { out, controller } = await fairlead('network rm --force web-1/my-net', {
      removeNetwork: () => anOperation({ result: { removed: aRecord(), detached: ['one', 'two'] } }),
    });
    expect(out).toBe('web-1/my-net (detached: one, two)\n');
    expect(controller.asked[0]?.query.get('force')).toBe('true');
  });

  it('exits with 4 where the controller refuses', async () => {
    const { err, exitCode } = await fairlead('network rm web-1/my-net', {
      removeNetwork: () => {
        throw new FairleadError('network_in_use', "Network 'my-net' is used by one, two", {
          hint: 'Disconnect them first.',
        });
      },
    });
    expect(err).toBe("error: Network 'my-net' is used by one, two\nDisconnect them first.\n");
    expect(exitCode).toBe(4);
  });
});

describe('network probe', () => {
  const result = {
    reachable: true,
    resolution: {
      needed: true,
      resolved: true,
      addresses: ['172.18.0.3'],
      durationMs: 0.8,
      error: '',
      method: 'container',
    },
    ping: { tried: true, sent: 3, received: 2, roundTripMs: [0.1, 0.3], error: '', method: 'container' },
    explanation: 'Both are on my-net.',
  };
  const probed = (overrides: object = {}) => anOperation({ kind: 'probe', result: { ...result, ...overrides } });

  it('starts on the host that has the container, and tells times and explanation', async () => {
    const { out, exitCode, controller } = await fairlead('network probe one two', {
      listNetworks: () => found(aNetwork(), aNetwork({ name: 'other' })),
      probe: () => probed(),
    });
    expect(out).toBe(
      'two is reachable\nname: 172.18.0.3 in 0.80 ms\nping: 2 of 3 echoes came back, 0.10 / 0.20 / 0.30 ms (min / mean / max)\nBoth are on my-net.\n',
    );
    expect(exitCode).toBe(0);
    expect(controller.of('listNetworks')[0]?.query.get('container')).toBe('one');
    expect(controller.of('probe')[0]).toMatchObject({
      params: { host: 'web-1' },
      body: { from: 'one', to: 'two', count: 3 },
    });
  });

  it('exits with 1 where the target is not reached, and says why', async () => {
    const { out, exitCode } = await fairlead('network probe one 10.0.0.1 --host web-1', {
      probe: () =>
        probed({
          reachable: false,
          resolution: { ...result.resolution, needed: false },
          ping: { ...result.ping, received: 0, roundTripMs: [], error: 'timeout' },
          explanation: 'They share no network.',
        }),
    });
    expect(out).toBe('10.0.0.1 is not reachable\nping: 0 of 3 echoes came back: timeout\nThey share no network.\n');
    expect(exitCode).toBe(1);
  });

  it.each([
    [found(), 3, 'No network of the fleet has a container'],
    [found(aNetwork({ host: 'web-2' }), aNetwork()), 2, "Several hosts have a container 'one': web-1, web-2"],
  ])('asks for the host where it is not clear', async (networks, code, message) => {
    const { exitCode, err } = await fairlead('network probe one two', { listNetworks: () => networks });
    expect(exitCode).toBe(code);
    expect(err).toContain(message);
  });
});
