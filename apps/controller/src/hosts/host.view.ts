import { type HostIdentityView, type HostPolicyView, type HostView, type UnavailableHostView } from '@fairlead/api';
import { toTimestamp } from '../clock.js';
import { type HostStatus } from '../fleet/fleet.js';
import { type StoredIdentity } from '../identity/identity.js';
import { effectiveLabels } from './effective-labels.js';
import { type StoredHost } from './hosts.store.js';

/** The age that every answer from the inventory carries. */
export const toAge = ({ freshness, asOf }: HostStatus) => ({ freshness, asOf: toTimestamp(asOf) });

/** @param identity undefined: the agent is on a Unix socket of this machine */
export const toHostView = (host: StoredHost, status: HostStatus, identity: StoredIdentity | undefined): HostView => ({
  name: host.name,
  labels: effectiveLabels(host),
  ...toAge(status),
  simulated: host.engine.simulated,
  connected: status.connected,
  engine: host.engine,
  engineHealth: status.health,
  agent: { version: host.agentVersion, capability: host.capability },
  counts: host.counts,
  identity: identity === undefined ? LOCAL : toIdentityView(identity),
  policy: toPolicyView(host),
  firstSeenAt: toTimestamp(host.firstSeenAt),
  peer: host.peer,
});

const LOCAL: HostIdentityView = {
  kind: 'local',
  state: 'active',
  agentId: null,
  address: null,
  certificate: null,
  quarantine: null,
};

function toIdentityView({ state, ...identity }: StoredIdentity): HostIdentityView {
  const { serial, notAfter, rootDigest: root, generation, quarantine } = identity;
  return {
    kind: 'joined',
    // The rows of deleted identities lead to no host.
    state: state === 'deleted' ? 'revoked' : state,
    agentId: identity.id,
    address: identity.address,
    certificate: generation === 0 ? null : { serial, expiresAt: toTimestamp(notAfter), root, generation },
    quarantine: quarantine && {
      at: toTimestamp(quarantine.at),
      reason: quarantine.reason,
      machines: quarantine.instances.map(({ id, peer, at }) => ({ instance: id, peer, at: toTimestamp(at) })),
    },
  };
}

const toPolicyView = ({ policy }: StoredHost): HostPolicyView => ({
  mode: policy === null || policy.mode === '' ? 'none' : policy.mode,
  rules: policy?.rules ?? [],
});

export const toUnavailableHost = (host: StoredHost, status: HostStatus): UnavailableHostView => ({
  name: host.name,
  ...toAge(status),
});
