import type { EndpointSpec } from '@fairlead/domain';
import type { RawContainer, RawEndpoint } from './raw.js';

/** Digits of a container's id that the engine uses as a name. */
const SHORT = 12;

/** What was asked for an endpoint, so that another one can be made like it. */
export function toConfigured(networkName: string, raw: RawEndpoint, container: RawContainer): EndpointSpec {
  const ownAlias = container.Id.slice(0, SHORT);
  return {
    // Docker 20.10 and Podman 5.8 add the container's short id; Docker 26.1 and 28.5 keep it apart.
    aliases: (raw.Aliases ?? []).filter((alias) => alias !== ownAlias),
    links: raw.Links ?? [],
    ipv4: raw.IPAMConfig?.IPv4Address ?? '',
    ipv6: raw.IPAMConfig?.IPv6Address ?? '',
    linkLocalIps: raw.IPAMConfig?.LinkLocalIPs ?? [],
    driverOptions: raw.DriverOpts ?? {},
    // 0 is also what the engine says where none was asked for, and it is the same to it.
    gatewayPriority: raw.GwPriority || undefined,
    mac: macOf(networkName, raw, container),
  };
}

/**
 * A live endpoint has an address in any case, and does not say whether it was asked for. The container says it of the
 * network that it was made for (Docker 20.10 to 28.5), an endpoint that has not been live yet of itself.
 */
function macOf(networkName: string, raw: RawEndpoint, { Config, HostConfig }: RawContainer): string {
  const isOwn = [networkName, raw.NetworkID].includes(HostConfig?.NetworkMode);
  const isLive = Boolean(raw.EndpointID || raw.IPAddress || raw.GlobalIPv6Address);
  return (isOwn && Config?.MacAddress) || (isLive ? '' : (raw.MacAddress ?? ''));
}
