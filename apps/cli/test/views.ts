import {
  apiToken,
  type ApiTokenView,
  auditEntry,
  type AuditEntryView,
  ca,
  type CaView,
  freeze,
  type FreezeView,
  host,
  type HostView,
  joinToken,
  type JoinTokenView,
  network,
  networkDetail,
  newApiToken,
  type NewApiTokenView,
  newJoinToken,
  type NewJoinTokenView,
  type NetworkDetailView,
  networkRecord,
  type NetworkRecordView,
  type NetworkView,
  operation,
  type OperationView,
  policy,
  policyDryRun,
  type PolicyDryRunView,
  policyPlan,
  policyPlanItem,
  type PolicyPlanItemView,
  type PolicyPlanView,
  policySpec,
  type PolicySpecView,
  type PolicyView,
  prunePlan,
  type PrunePlanItemView,
  type PrunePlanView,
  restorePlan,
  type RestorePlanView,
  root,
  type RootView,
  run,
  runItem,
  type RunItemView,
  type RunView,
  whoami,
  type WhoamiView,
} from '@fairlead/api';
import type { z } from 'zod';

/** The example of a schema, which the schema's own tests hold to be valid. */
const example = <T>(schema: z.ZodType): T => schema.meta()?.['example'] as T;

export const aHost = (overrides: Partial<HostView> = {}): HostView => ({ ...example<HostView>(host), ...overrides });

export const aRoot = (overrides: Partial<RootView> = {}): RootView => ({ ...example<RootView>(root), ...overrides });

export const aCa = (overrides: Partial<CaView> = {}): CaView => ({ ...example<CaView>(ca), ...overrides });

export const aCaller = (overrides: Partial<WhoamiView> = {}): WhoamiView => ({
  ...example<WhoamiView>(whoami),
  ...overrides,
});

export const anApiToken = (overrides: Partial<ApiTokenView> = {}): ApiTokenView => ({
  ...example<ApiTokenView>(apiToken),
  ...overrides,
});

export const aNewApiToken = (overrides: Partial<NewApiTokenView> = {}): NewApiTokenView => ({
  ...example<NewApiTokenView>(newApiToken),
  ...overrides,
});

export const aJoinToken = (overrides: Partial<JoinTokenView> = {}): JoinTokenView => ({
  ...example<JoinTokenView>(joinToken),
  ...overrides,
});

export const aNewJoinToken = (overrides: Partial<NewJoinTokenView> = {}): NewJoinTokenView => ({
  ...example<NewJoinTokenView>(newJoinToken),
  ...overrides,
});

export const anAuditEntry = (overrides: Partial<AuditEntryView> = {}): AuditEntryView => ({
  ...example<AuditEntryView>(auditEntry),
  ...overrides,
});

/** A host that two machines claim to be. */
export const aClash = (name = 'web-2'): HostView => {
  const at = '2026-11-24T09:29:00.000Z';
  const machines = [
    { instance: 'i-1', peer: '10.0.0.7:40312', at },
    { instance: 'i-2', peer: '10.0.0.8:51844', at },
  ];
  const quarantine = { at, reason: 'an old key was used', machines };
  return aHost({ name, identity: { ...aHost().identity, kind: 'joined', state: 'quarantined', quarantine } });
};

export const aNetwork = (overrides: Partial<NetworkView> = {}): NetworkView => ({
  ...example<NetworkView>(network),
  ...overrides,
});

export const aDetail = (overrides: Partial<NetworkDetailView> = {}): NetworkDetailView => ({
  ...example<NetworkDetailView>(networkDetail),
  ...overrides,
});

export const aRecord = (overrides: Partial<NetworkRecordView> = {}): NetworkRecordView => ({
  ...example<NetworkRecordView>(networkRecord),
  ...overrides,
});

/** One that succeeded. */
export const anOperation = (overrides: Partial<OperationView> = {}): OperationView => ({
  ...example<OperationView>(operation),
  outcome: 'succeeded',
  error: null,
  ...overrides,
});

export const aPlan = (overrides: Partial<PrunePlanView> = {}): PrunePlanView => {
  const plan = { ...example<PrunePlanView>(prunePlan), ...overrides };
  const remove = plan.items.filter(({ action }) => action === 'remove').length;
  return { ...plan, remove, keep: plan.items.length - remove };
};

export const aPlanItem = (name: string, verdict: Omit<PrunePlanItemView, 'network'>): PrunePlanItemView => ({
  network: {
    id: name.padEnd(64, '0'),
    name,
    driver: 'bridge',
    scope: 'local',
    createdAt: '2026-11-23T09:30:00Z',
    labels: {},
  },
  ...verdict,
});

export const aSpec = (said: Record<string, unknown> = { matchAll: true }): PolicySpecView => policySpec.parse(said);

export const aPolicy = (overrides: Partial<PolicyView> = {}): PolicyView => ({
  ...example<PolicyView>(policy),
  ...overrides,
});

export const aPolicyItem = (name: string, overrides: Partial<PolicyPlanItemView> = {}): PolicyPlanItemView => {
  const item = { ...example<PolicyPlanItemView>(policyPlanItem), ...overrides };
  return { ...item, network: { ...item.network, id: name.padEnd(64, '0'), name } };
};

/** A plan of these networks, whole on one page. */
export const aPolicyPlan = (
  items: readonly PolicyPlanItemView[],
  summary: Partial<PolicyPlanView['summary']> = {},
): PolicyPlanView => {
  const plan = example<PolicyPlanView>(policyPlan);
  const remove = items.filter(({ action }) => action === 'remove').length;
  const counts = { hosts: 1, networks: items.length, remove, keep: items.length - remove };
  return { ...plan, items, summary: { ...plan.summary, ...counts, ...summary } };
};

/** The same of a policy that is not stored. */
export const aPolicyDryRun = (
  items: readonly PolicyPlanItemView[],
  overrides: Partial<PolicyDryRunView> = {},
): PolicyDryRunView => ({
  ...example<PolicyDryRunView>(policyDryRun),
  items,
  summary: aPolicyPlan(items).summary,
  ...overrides,
});

export const aRun = (overrides: Partial<RunView> = {}): RunView => ({ ...example<RunView>(run), ...overrides });

export const aRunItem = (name: string, overrides: Partial<RunItemView> = {}): RunItemView => ({
  ...example<RunItemView>(runItem),
  network: { id: name.padEnd(64, '0'), name, driver: 'bridge' },
  ...overrides,
});

export const aRestorePlan = (overrides: Partial<RestorePlanView> = {}): RestorePlanView => ({
  ...example<RestorePlanView>(restorePlan),
  ...overrides,
});

export const aFreeze = (overrides: Partial<FreezeView> = {}): FreezeView => ({
  ...example<FreezeView>(freeze),
  ...overrides,
});
