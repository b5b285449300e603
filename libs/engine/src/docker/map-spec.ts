import type { EndpointSpec, NetworkSpec, Subnet } from '@fairlead/domain';

type Json = Readonly<Record<string, unknown>>;

/** The body of `POST /networks/create`. What the user left to the engine is left out. */
export function toCreateBody(spec: NetworkSpec): Json {
  return {
    Name: spec.name,
    // Without it Docker 20.10 makes a second network of the same name; later engines always check.
    CheckDuplicate: true,
    ...(spec.driver !== '' && { Driver: spec.driver }),
    ...(spec.scope !== '' && { Scope: spec.scope }),
    ...(spec.ipv4 !== undefined && { EnableIPv4: spec.ipv4 }),
    ...(spec.ipv6 !== undefined && { EnableIPv6: spec.ipv6 }),
    Internal: spec.internal,
    Attachable: spec.attachable,
    Ingress: spec.ingress,
    ConfigOnly: spec.configOnly,
    ...(spec.configFrom !== '' && { ConfigFrom: { Network: spec.configFrom } }),
    IPAM: {
      ...(spec.ipamDriver !== '' && { Driver: spec.ipamDriver }),
      Options: spec.ipamOptions,
      Config: spec.subnets.map(toPool),
    },
    Options: spec.options,
    Labels: spec.labels,
  };
}

const toPool = (subnet: Subnet): Json => ({
  ...(subnet.cidr !== '' && { Subnet: subnet.cidr }),
  ...(subnet.ipRange !== null && { IPRange: subnet.ipRange }),
  ...(subnet.gateway !== null && { Gateway: subnet.gateway }),
  ...(Object.keys(subnet.auxAddresses).length > 0 && { AuxiliaryAddresses: subnet.auxAddresses }),
});

/** The body of `POST /networks/{id}/connect`. */
export function toConnectBody(container: string, spec: EndpointSpec): Json {
  return {
    Container: container,
    EndpointConfig: {
      ...toAddresses(spec),
      ...(spec.links.length > 0 && { Links: spec.links }),
      ...(spec.aliases.length > 0 && { Aliases: spec.aliases }),
      ...(Object.keys(spec.driverOptions).length > 0 && { DriverOpts: spec.driverOptions }),
      ...(spec.gatewayPriority !== undefined && { GwPriority: spec.gatewayPriority }),
      ...(spec.mac !== '' && { MacAddress: spec.mac }),
    },
  };
}

function toAddresses({ ipv4, ipv6, linkLocalIps }: EndpointSpec): Json {
  if (ipv4 === '' && ipv6 === '' && linkLocalIps.length === 0) return {};
  return {
    IPAMConfig: {
      ...(ipv4 !== '' && { IPv4Address: ipv4 }),
      ...(ipv6 !== '' && { IPv6Address: ipv6 }),
      ...(linkLocalIps.length > 0 && { LinkLocalIPs: linkLocalIps }),
    },
  };
}
