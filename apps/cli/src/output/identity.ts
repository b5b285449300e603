import type { HostView } from '@fairlead/api';
import { formatDuration } from '@fairlead/domain';
import type { Column } from './table.js';

type Identified = Pick<HostView, 'name' | 'identity'>;

/** `active, 23h 10m left`, `local`, or in capitals what needs somebody's attention. */
function describeIdentity({ identity }: Pick<HostView, 'identity'>, now: number): string {
  const { kind, state, certificate } = identity;
  if (state === 'quarantined' || state === 'revoked') return state.toUpperCase();
  if (state === 'pending' || certificate === null) return kind === 'local' ? kind : state;
  const left = Date.parse(certificate.expiresAt) - now;
  return left > 0 ? `${state}, ${formatDuration(left)} left` : `${state}, EXPIRED`;
}

/** The columns that say by what hosts are known and what they allow; only where that is not the same for all. */
export function identityColumns(hosts: readonly HostView[], now: number): Column<HostView>[] {
  const known = hosts.some(({ identity: { kind, state } }) => kind === 'joined' || state !== 'active');
  const bounded = hosts.some(({ policy }) => policy.mode !== 'none');
  return [
    ...(known ? [{ header: 'IDENTITY', cell: (host: HostView) => describeIdentity(host, now) }] : []),
    ...(bounded ? [{ header: 'POLICY', cell: ({ policy: { mode } }: HostView) => (mode === 'none' ? '' : mode) }] : []),
  ];
}

/** Who claims to be the host, and what ends it: `two machines …: 10.0.0.7:1 (instance a), …`. */
export function describeClash({ name, identity: { quarantine } }: Identified): string {
  const machines = (quarantine?.machines ?? []).map(({ peer, instance }) => `${peer} (instance ${instance})`);
  const who = machines.length > 0 ? machines.join(' and ') : (quarantine?.reason ?? 'it is not said which');
  return `two machines use the identity of ${name}: ${who}. Say which one stays: fairlead host resolve ${name} --keep INSTANCE_OR_ADDRESS`;
}

/** One line for each host whose identity is used twice. */
export const alarms = (hosts: readonly Identified[]): string[] =>
  hosts.filter(({ identity }) => identity.state === 'quarantined').map((host) => `ALARM: ${describeClash(host)}`);
