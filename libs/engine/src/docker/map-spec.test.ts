import { describe, expect, it } from '@jest/globals';
import { anEndpointSpec, aSpec, aSubnet } from '../conformance/subject.js';
import { toConnectBody, toCreateBody } from './map-spec.js';

describe('toCreateBody', () => {
  it('asks for nothing that the user left to the engine, but always for unique names', () => {
    expect(toCreateBody(aSpec('my-net', { driver: '' }))).toEqual({
      Name: 'my-net',
      CheckDuplicate: true,
      Internal: false,
      Attachable: false,
      Ingress: false,
      ConfigOnly: false,
      IPAM: { Options: {}, Config: [] },
      Options: {},
      Labels: {},
    });
  });

  it('carries every flag', () => {
    const pool = {
      cidr: '10.6.0.0/24',
      ipRange: '10.6.0.128/25',
      gateway: '10.6.0.254',
      auxAddresses: { r: '10.6.0.200' },
    };
    const flags = {
      internal: true,
      attachable: true,
      ingress: true,
      configOnly: true,
      configFrom: 'cfg',
      ipv4: false,
      ipv6: true,
    };
    const maps = { ipamDriver: 'dhcp', ipamOptions: { a: 'b' }, options: { c: 'd' }, labels: { e: 'f' } };
    expect(
      toCreateBody(
        aSpec('n', { ...flags, ...maps, driver: 'macvlan', scope: 'swarm', subnets: [pool, aSubnet('fd00::/64')] }),
      ),
    ).toEqual({
      Name: 'n',
      CheckDuplicate: true,
      Driver: 'macvlan',
      Scope: 'swarm',
      EnableIPv4: false,
      EnableIPv6: true,
      Internal: true,
      Attachable: true,
      Ingress: true,
      ConfigOnly: true,
      ConfigFrom: { Network: 'cfg' },
      IPAM: {
        Driver: 'dhcp',
        Options: { a: 'b' },
        Config: [
          {
            Subnet: '10.6.0.0/24',
            IPRange: '10.6.0.128/25',
            Gateway: '10.6.0.254',
            AuxiliaryAddresses: { r: '10.6.0.200' },
          },
          { Subnet: 'fd00::/64' },
        ],
      },
      Options: { c: 'd' },
      Labels: { e: 'f' },
    });
  });
});

describe('toConnectBody', () => {
  it('asks for nothing that was not asked', () => {
    expect(toConnectBody('one', anEndpointSpec())).toEqual({ Container: 'one', EndpointConfig: {} });
  });

  it('carries every flag', () => {
    const endpoint = {
      aliases: ['db'],
      links: ['other:o'],
      ipv4: '10.0.0.9',
      ipv6: 'fd00::9',
      linkLocalIps: ['169.254.1.1'],
      driverOptions: { a: 'b' },
      gatewayPriority: -1,
      mac: '02:42:0a:00:00:09',
    };
    expect(toConnectBody('one', endpoint)).toEqual({
      Container: 'one',
      EndpointConfig: {
        IPAMConfig: { IPv4Address: '10.0.0.9', IPv6Address: 'fd00::9', LinkLocalIPs: ['169.254.1.1'] },
        Links: ['other:o'],
        Aliases: ['db'],
        DriverOpts: { a: 'b' },
        GwPriority: -1,
        MacAddress: '02:42:0a:00:00:09',
      },
    });
  });

  it('carries the priority 0, which is not the same as none', () => {
    expect(toConnectBody('one', anEndpointSpec({ gatewayPriority: 0 }))).toMatchObject({
      EndpointConfig: { GwPriority: 0 },
    });
  });
});
