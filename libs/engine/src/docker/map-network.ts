import type { NetworkAttributes, NetworkScope, Subnet } from '@fairlead/domain';
import { PODMANS_BRIDGE, type RawNetwork, type RawSubnet } from './raw.js';

/** Go's zero time, which engines themselves give for what they did not create. */
const NEVER = '0001-01-01T00:00:00.000Z';

export function toNetworkAttributes(raw: RawNetwork): NetworkAttributes {
  const subnets = (raw.IPAM?.Config ?? []).map(toSubnet);
  return {
    id: raw.Id,
    name: raw.Name,
    driver: raw.Driver ?? '',
    scope: toScope(raw.Scope),
    // Podman 5.8 gives its own network, which no file holds, a new time of creation at every look.
    createdAt: raw.Id === PODMANS_BRIDGE ? NEVER : toInstant(raw.Created),
    internal: raw.Internal ?? false,
    attachable: raw.Attachable ?? false,
    ingress: raw.Ingress ?? false,
    ipv4: hasIpv4(raw, subnets),
    ipv6: raw.EnableIPv6 ?? false,
    configOnly: raw.ConfigOnly ?? false,
    configFrom: raw.ConfigFrom?.Network ?? '',
    ipamDriver: raw.IPAM?.Driver ?? '',
    ipamOptions: raw.IPAM?.Options ?? {},
    subnets,
    options: raw.Options ?? {},
    labels: raw.Labels ?? {},
  };
}

function toSubnet(raw: RawSubnet): Subnet {
  return {
    cidr: raw.Subnet ?? '',
    ipRange: raw.IPRange || null,
    // Swarm's networks on older engines give the gateway with the subnet's prefix length.
    gateway: raw.Gateway?.split('/')[0] || null,
    auxAddresses: raw.AuxiliaryAddresses ?? {},
  };
}

/** Absent before Docker 28, where it could not be turned off; Podman 5.8 says false of networks that have IPv4. */
const hasIpv4 = (raw: RawNetwork, subnets: readonly Subnet[]): boolean =>
  raw.EnableIPv4 !== false || subnets.some(({ cidr }) => cidr.includes('.'));

const toScope = (scope: string | null | undefined): NetworkScope =>
  scope === 'swarm' || scope === 'global' ? scope : 'local';

/** Engines write nanoseconds and their own time zone; the record is in UTC, to the millisecond. */
function toInstant(text: string | null | undefined): string {
  const time = Date.parse(text ?? '');
  return Number.isNaN(time) ? NEVER : new Date(time).toISOString();
}
