import { type PolicyVersionListView, type PolicyView } from '@fairlead/api';
import { toTimestamp } from '../clock.js';
import { type Labelled } from '../hosts/effective-labels.js';
import { comingInstants, toSchedule } from './policy-schedule.js';
import { warningsOf } from './policy-warnings.js';
import { describeSchedule } from './schedule/index.js';
import { type StoredPolicy, type StoredPolicyVersion } from './stored-policy.js';

/** What a view of a policy is told by, beyond the policy. */
export interface PolicySurroundings {
  readonly hosts: readonly Labelled[];
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** How many coming instants to tell. */
  readonly next: number;
}

export function toPolicyView(policy: StoredPolicy, { hosts, now, next }: PolicySurroundings): PolicyView {
  const { id, name, version, paused, spec, createdBy, updatedBy } = policy;
  return {
    id,
    name,
    version,
    paused,
    spec,
    createdAt: toTimestamp(policy.createdAt),
    createdBy,
    updatedAt: toTimestamp(policy.updatedAt),
    updatedBy,
    schedule: spec.schedule === null ? '' : describeSchedule(toSchedule(spec.schedule)),
    next: comingInstants(policy, Math.max(now, policy.scheduledThrough), next).map(toTimestamp),
    warnings: warningsOf(policy, hosts, now),
  };
}

export const toVersionListView = (versions: readonly StoredPolicyVersion[]): PolicyVersionListView => ({
  items: versions.map(({ createdAt, ...version }) => ({ ...version, createdAt: toTimestamp(createdAt) })),
});
