import type { EngineFacts } from '@fairlead/domain';
import type { Connection } from './connection.js';
import type { RawInfo, RawVersion } from './raw.js';

export async function describeEngine(connection: Connection): Promise<EngineFacts> {
  const about = { call: 'describe', subject: '', method: 'GET' } as const;
  const [version, info] = await Promise.all([
    connection.json({ ...about, path: '/version' }),
    connection.json({ ...about, path: '/info' }),
  ]);
  return toEngineFacts(version as RawVersion, info as RawInfo);
}

export const isPodman = ({ Components }: RawVersion): boolean =>
  (Components ?? []).some(({ Name }) => Name === 'Podman Engine');

export function toEngineFacts(version: RawVersion, info: RawInfo): EngineFacts {
  return {
    kind: isPodman(version) ? 'podman' : 'docker',
    version: version.Version ?? '',
    apiVersion: version.ApiVersion ?? '',
    simulated: false,
    swarm: {
      nodeId: info.Swarm?.NodeID ?? '',
      // Workers are not told the cluster's id.
      clusterId: info.Swarm?.Cluster?.ID ?? '',
      manager: info.Swarm?.ControlAvailable ?? false,
    },
  };
}

export async function pingEngine(connection: Connection): Promise<void> {
  const timeoutMs = connection.timeouts.ping;
  await connection.text({ call: 'ping', subject: '', method: 'GET', path: '/_ping', timeoutMs });
}
