import { describe, expect, it } from '@jest/globals';
import { toNetworkAttributes } from './map-network.js';

const raw = { Id: 'a1', Name: 'my-net' };

describe('toNetworkAttributes', () => {
  it('reads every field', () => {
    const network = toNetworkAttributes({
      ...raw,
      Created: '2026-11-24T01:30:26.021586264+01:00',
      Scope: 'swarm',
      Driver: 'overlay',
      EnableIPv4: true,
      EnableIPv6: true,
      IPAM: {
        Driver: 'default',
        Options: { a: 'b' },
        Config: [
          {
            Subnet: '10.6.0.0/24',
            IPRange: '10.6.0.128/25',
            Gateway: '10.6.0.254/24',
            AuxiliaryAddresses: { r: '10.6.0.200' },
          },
        ],
      },
      Internal: true,
      Attachable: true,
      Ingress: true,
      ConfigFrom: { Network: 'cfg' },
      ConfigOnly: true,
      Options: { mtu: '1400' },
      Labels: { l: 'm' },
    });
    expect(network).toEqual({
      id: 'a1',
      name: 'my-net',
      driver: 'overlay',
      scope: 'swarm',
      createdAt: '2026-11-24T00:30:26.021Z',
      internal: true,
      attachable: true,
      ingress: true,
      ipv4: true,
      ipv6: true,
      configOnly: true,
      configFrom: 'cfg',
      ipamDriver: 'default',
      ipamOptions: { a: 'b' },
      subnets: [
        { cidr: '10.6.0.0/24', ipRange: '10.6.0.128/25', gateway: '10.6.0.254', auxAddresses: { r: '10.6.0.200' } },
      ],
      options: { mtu: '1400' },
      labels: { l: 'm' },
    });
  });

  it.each([
    ['nothing but a name', {}],
    [
      'null everywhere',
      { Created: null, Scope: null, Driver: null, IPAM: null, ConfigFrom: null, Options: null, Labels: null },
    ],
    ['null inside IPAM', { IPAM: { Driver: null, Options: null, Config: null } }],
    ['empty texts', { Created: '', Scope: '', Driver: '', ConfigFrom: { Network: '' } }],
  ])('takes an answer with %s', (_title, part) => {
    expect(toNetworkAttributes({ ...raw, ...part })).toEqual({
      id: 'a1',
      name: 'my-net',
      driver: '',
      scope: 'local',
      createdAt: '0001-01-01T00:00:00.000Z',
      internal: false,
      attachable: false,
      ingress: false,
      ipv4: true,
      ipv6: false,
      configOnly: false,
      configFrom: '',
      ipamDriver: '',
      ipamOptions: {},
      subnets: [],
      options: {},
      labels: {},
    });
  });

  it.each([
    ['absent, as before Docker 28', undefined, '10.0.0.0/24', true],
    ['false, with an IPv6 subnet only', false, 'fd00::/64', false],
    ['false, with an IPv4 subnet, as Podman says it', false, '10.89.0.0/24', true],
    ['true', true, '10.0.0.0/24', true],
  ])('reads IPv4 where EnableIPv4 is %s', (_title, EnableIPv4, Subnet, ipv4) => {
    expect(toNetworkAttributes({ ...raw, EnableIPv4, IPAM: { Config: [{ Subnet }] } }).ipv4).toBe(ipv4);
  });

  it('takes empty ranges and gateways for none', () => {
    const { subnets } = toNetworkAttributes({
      ...raw,
      IPAM: { Config: [{ Subnet: '10.0.0.0/24', IPRange: '', Gateway: '' }] },
    });
    expect(subnets).toEqual([{ cidr: '10.0.0.0/24', ipRange: null, gateway: null, auxAddresses: {} }]);
  });
});
