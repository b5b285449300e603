import { type CleanupPolicy, type NetworkRule } from './policy.js';

const DAY = 86_400_000;

/** A policy for tests that means every network unused for 14 days, with what matters overridden. */
export const aPolicy = (overrides: Partial<CleanupPolicy> = {}): CleanupPolicy => ({
  hosts: [],
  match: [],
  exempt: [],
  unusedForMs: 14 * DAY,
  minAgeMs: DAY,
  caps: { networks: 20, hostPercent: 10, fleetPercent: 5 },
  stop: { failures: 2, failedPercent: 5, unreachablePercent: 10 },
  canary: [],
  ...overrides,
});

/** A rule for tests that asks for nothing but what is given. */
export const aRule = (overrides: Partial<NetworkRule> = {}): NetworkRule => ({
  drivers: [],
  names: [],
  labels: [],
  projects: [],
  scopes: [],
  prefix: null,
  ...overrides,
});
