import {
  apiToken,
  type ApiTokenView,
  auditEntry,
  type AuditEntryView,
  ca,
  type CaView,
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
  prunePlan,
  type PrunePlanItemView,
  type PrunePlanView,
  root,
  type RootView,
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
