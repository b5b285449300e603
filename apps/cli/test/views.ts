import {
  host,
  type HostView,
  network,
  networkDetail,
  type NetworkDetailView,
  networkRecord,
  type NetworkRecordView,
  type NetworkView,
  operation,
  type OperationView,
  prunePlan,
  type PrunePlanItemView,
  type PrunePlanView,
} from '@fairlead/api';
import type { z } from 'zod';

/** The example of a schema, which the schema's own tests hold to be valid. */
const example = <T>(schema: z.ZodType): T => schema.meta()?.['example'] as T;

export const aHost = (overrides: Partial<HostView> = {}): HostView => ({ ...example<HostView>(host), ...overrides });

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
