import type { ContainerState } from '@fairlead/domain';
import type { Attachment, ContainerDetails, ContainerFacts } from '../port.js';
import { toConfigured } from './map-endpoint.js';
import { PODMANS_BRIDGE, type RawContainer, type RawContainerLine, type RawEndpoint } from './raw.js';

/** Docker's words as they are; Podman's own mapped to them. */
const STATES: Readonly<Record<string, ContainerState>> = {
  created: 'created',
  running: 'running',
  paused: 'paused',
  restarting: 'restarting',
  exited: 'exited',
  removing: 'removing',
  dead: 'dead',
  configured: 'created',
  initialized: 'created',
  stopping: 'running',
  stopped: 'exited',
};

export function toContainerFacts(raw: RawContainerLine): ContainerFacts {
  return {
    id: raw.Id,
    name: ownName(raw.Names ?? []),
    state: toState(raw.State),
    labels: raw.Labels ?? {},
    networkMode: raw.HostConfig?.NetworkMode ?? '',
    attachments: endpointsOf(raw).map(([networkName, endpoint]) => toAttachment(networkName, endpoint)),
  };
}

export function toContainerDetails(raw: RawContainer): ContainerDetails {
  return {
    id: raw.Id,
    name: withoutSlash(raw.Name ?? ''),
    state: toState(raw.State?.Status),
    labels: raw.Config?.Labels ?? {},
    networkMode: raw.HostConfig?.NetworkMode ?? '',
    attachments: endpointsOf(raw).map(([networkName, endpoint]) => ({
      ...toAttachment(networkName, endpoint),
      configured: toConfigured(networkName, endpoint, raw),
    })),
    pid: raw.State?.Pid ?? 0,
  };
}

const toState = (state: string | null | undefined): ContainerState => STATES[state ?? ''] ?? 'unknown';

const withoutSlash = (name: string): string => name.replace(/^\//, '');

/** A container is also listed under the links of others, as `/other/alias`; its own name has one slash only. */
const ownName = (names: readonly string[]): string =>
  withoutSlash(names.find((name) => name.lastIndexOf('/') <= 0) ?? names[0] ?? '');

function endpointsOf({ NetworkSettings }: Pick<RawContainer, 'NetworkSettings'>): [string, RawEndpoint][] {
  return (
    Object.entries(NetworkSettings?.Networks ?? {})
      // What Podman 5.8 says of a stopped container that is on no network any more.
      .filter(([networkName, endpoint]) => !(networkName === 'bridge' && endpoint?.NetworkID === 'bridge'))
      .map(([networkName, endpoint]) => [networkName, endpoint ?? {}])
  );
}

function toAttachment(networkName: string, raw: RawEndpoint): Attachment {
  return {
    // Listed as `bridge`, and as `podman` where a container is inspected.
    networkName: raw.NetworkID === PODMANS_BRIDGE ? 'bridge' : networkName,
    networkId: raw.NetworkID ?? '',
    endpointId: raw.EndpointID ?? '',
    ipv4: raw.IPAddress ?? '',
    ipv6: raw.GlobalIPv6Address ?? '',
    mac: raw.MacAddress ?? '',
    aliases: raw.Aliases ?? [],
  };
}
