import { policySpec, type PolicySpecView } from '@fairlead/api';

/** A cleanup policy as it is now, with what its version says. Instants are milliseconds since the epoch. */
export interface StoredPolicy {
  /** UUIDv7. */
  readonly id: string;
  readonly name: string;
  readonly version: number;
  /** Its schedule rests, and a run under way waits between two networks. */
  readonly paused: boolean;
  readonly spec: PolicySpecView;
  /** Where `every 6h` counts from. */
  readonly anchorAt: number;
  /** Instants of its schedule up to this one are dealt with. */
  readonly scheduledThrough: number;
  readonly createdAt: number;
  readonly createdBy: string;
  readonly updatedAt: number;
  readonly updatedBy: string;
}

/** What one version of a policy said. */
export interface StoredPolicyVersion {
  readonly version: number;
  readonly spec: PolicySpecView;
  readonly createdAt: number;
  readonly createdBy: string;
}

/** Rows as the thread for reads gives them: booleans are numbers there, and JSON is text. */
export type PolicyRow = Omit<StoredPolicy, 'paused' | 'spec'> & { readonly paused: number; readonly spec: string };
export type PolicyVersionRow = Omit<StoredPolicyVersion, 'spec'> & { readonly spec: string };

/** Read by the schema, so that a version from before a field came gets that field's default. */
export const toSpec = (text: string): PolicySpecView => policySpec.parse(JSON.parse(text));

export const toStoredPolicy = ({ paused, spec, ...row }: PolicyRow): StoredPolicy => ({
  ...row,
  paused: paused === 1,
  spec: toSpec(spec),
});

export const toStoredVersion = ({ spec, ...row }: PolicyVersionRow): StoredPolicyVersion => ({
  ...row,
  spec: toSpec(spec),
});
