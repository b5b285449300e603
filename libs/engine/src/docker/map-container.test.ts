import { describe, expect, it } from '@jest/globals';
import { toContainerDetails, toContainerFacts } from './map-container.js';
import type { RawContainer, RawEndpoint } from './raw.js';

const PLAIN = { aliases: [], links: [], ipv4: '', ipv6: '', linkLocalIps: [], driverOptions: {}, mac: '' };

describe('toContainerFacts', () => {
  it('reads a running container with its addresses', () => {
    const endpoint = {
      NetworkID: 'n1',
      EndpointID: 'e1',
      IPAddress: '172.18.0.2',
      GlobalIPv6Address: 'fd00::2',
      MacAddress: '02:42',
      Aliases: null,
    };
    const facts = toContainerFacts({
      Id: 'c1',
      Names: ['/one'],
      State: 'running',
      Labels: { a: 'b' },
      HostConfig: { NetworkMode: 'default' },
      NetworkSettings: { Networks: { 'my-net': endpoint } },
    });
    const attachment = {
      networkName: 'my-net',
      networkId: 'n1',
      endpointId: 'e1',
      ipv4: '172.18.0.2',
      ipv6: 'fd00::2',
      mac: '02:42',
      aliases: [],
    };
    expect(facts).toEqual({
      id: 'c1',
      name: 'one',
      state: 'running',
      labels: { a: 'b' },
      networkMode: 'default',
      attachments: [attachment],
    });
  });

  it('keeps the network of a container that was never started, which has no id there', () => {
    const { attachments } = toContainerFacts({
      Id: 'c1',
      NetworkSettings: { Networks: { 'my-net': { NetworkID: '' }, other: null } },
    });
    expect(attachments.map(({ networkName, networkId }) => [networkName, networkId])).toEqual([
      ['my-net', ''],
      ['other', ''],
    ]);
  });

  it('takes an answer with nothing but an id', () => {
    expect(toContainerFacts({ Id: 'c1', Names: null, State: null, Labels: null, NetworkSettings: null })).toEqual({
      id: 'c1',
      name: '',
      state: 'unknown',
      labels: {},
      networkMode: '',
      attachments: [],
    });
  });

  it("takes the container's own name, not those that links give it", () => {
    expect(toContainerFacts({ Id: 'c1', Names: ['/other/alias', '/one', '/third/alias'] }).name).toBe('one');
  });

  it.each([
    ['paused', 'paused'],
    ['dead', 'dead'],
    ['configured', 'created'],
    ['stopped', 'exited'],
    ['stopping', 'running'],
    ['hibernating', 'unknown'],
  ])('reads the state %s as %s', (State, state) => expect(toContainerFacts({ Id: 'c1', State }).state).toBe(state));
});

describe('toContainerDetails', () => {
  it('has the process id and the aliases', () => {
    const details = toContainerDetails({
      Id: 'c1',
      Name: '/one',
      State: { Status: 'running', Pid: 4711 },
      Config: { Labels: { a: 'b' } },
      HostConfig: { NetworkMode: 'my-net' },
      NetworkSettings: { Networks: { 'my-net': { NetworkID: 'n1', Aliases: ['db'] } } },
    });
    expect(details).toMatchObject({
      name: 'one',
      state: 'running',
      pid: 4711,
      labels: { a: 'b' },
      networkMode: 'my-net',
    });
    expect(details.attachments).toMatchObject([{ networkId: 'n1', aliases: ['db'] }]);
  });

  describe('tells what was asked for an endpoint', () => {
    const configured = (endpoint: RawEndpoint, more: Partial<RawContainer> = {}) =>
      toContainerDetails({ Id: 'c'.repeat(64), NetworkSettings: { Networks: { 'my-net': endpoint } }, ...more })
        .attachments[0]?.configured;

    it('with every setting, and not what the engine gave', () => {
      const asked = configured({
        NetworkID: 'n1',
        EndpointID: 'e1',
        IPAddress: '10.0.0.9',
        MacAddress: '02:42:0a:00:00:09',
        Aliases: ['db', 'c'.repeat(12)],
        IPAMConfig: { IPv4Address: '10.0.0.9', IPv6Address: 'fd00::9', LinkLocalIPs: ['169.254.1.1'] },
        Links: ['other:o'],
        DriverOpts: { a: 'b' },
        GwPriority: 3,
      });
      expect(asked).toEqual({
        aliases: ['db'],
        links: ['other:o'],
        ipv4: '10.0.0.9',
        ipv6: 'fd00::9',
        linkLocalIps: ['169.254.1.1'],
        driverOptions: { a: 'b' },
        gatewayPriority: 3,
        mac: '',
      });
    });

    it('where nothing was asked, in whatever way the engine says so', () => {
      const nothing = { ...PLAIN, gatewayPriority: undefined };
      const nulls = { IPAMConfig: null, Links: null, Aliases: null, DriverOpts: null, GwPriority: 0 };
      expect(configured({ NetworkID: 'n1', IPAddress: '10.0.0.2', ...nulls })).toEqual(nothing);
      expect(configured({})).toEqual(nothing);
    });

    it.each([
      ['of the network that it was made for', { EndpointID: '' }, 'my-net', '02:42:00:00:00:01'],
      ['of that one by its id', { NetworkID: 'n1', EndpointID: '' }, 'n1', '02:42:00:00:00:01'],
      ['of no other, where an endpoint was live', { NetworkID: 'n1', EndpointID: 'e1', MacAddress: 'x' }, 'other', ''],
      ['of an endpoint that was never live', { MacAddress: '02:42:00:00:00:02' }, 'other', '02:42:00:00:00:02'],
    ])('with the MAC address %s', (_, endpoint, NetworkMode, mac) => {
      const own = { HostConfig: { NetworkMode }, Config: { MacAddress: '02:42:00:00:00:01' } };
      expect(configured(endpoint, own)?.mac).toBe(mac);
    });
  });

  it('has no process where the container does not run', () => {
    expect(toContainerDetails({ Id: 'c1', State: null, Config: null })).toMatchObject({
      pid: 0,
      state: 'unknown',
      labels: {},
    });
  });
});
