import { FairleadError } from '@fairlead/domain';
import { type SpecFlags } from './spec-flags.js';

/** Fields of a policy and the flags that say them; what is inside another comes before it. */
const FLAGS = Object.entries({
  '/name': 'NAME',
  '/hosts': '--on',
  '/matchAll': '--match-all',
  '/match': '--match',
  '/exempt': '--exempt',
  '/unusedFor': '--unused-for',
  '/minAge': '--min-age',
  '/schedule/zone': '--zone',
  '/schedule/jitter': '--jitter',
  '/schedule/startWithin': '--start-within',
  '/schedule/window/days': '--window-days',
  '/schedule/window': '--window',
  '/schedule': '--schedule',
  '/mode': '--mode',
  '/approveWithin': '--approve-within',
  '/caps/networks': '--max-networks',
  '/caps/hostPercent': '--max-host-percent',
  '/caps/fleetPercent': '--max-fleet-percent',
  '/canary': '--canary',
  '/stop/failures': '--stop-failures',
  '/stop/failedPercent': '--stop-failed-percent',
  '/stop/unreachablePercent': '--stop-unreachable-percent',
  '/notify': '--notify',
});

const TOO_WIDE = new Set(['/spec/match', '/spec/matchAll']);
const NARROW = 'Narrow it, such as --match driver=bridge,name=ci-*, or say with --match-all that all are meant.';

/** What is wrong with a policy that flags say, by these flags; any other error as it is. */
export function explainByFlags(error: unknown): unknown {
  if (!(error instanceof FairleadError) || error.code !== 'invalid_argument' || !error.faults?.length) return error;
  const faults = error.faults.map(({ path, message }) => ({ path: flagOf(path) ?? path, message }));
  const list = faults.map(({ path, message }) => `${path}: ${message}`).join('; ');
  const hint = error.faults.some(({ path }) => TOO_WIDE.has(path)) ? NARROW : error.hint;
  return new FairleadError(error.code, `The policy is not valid: ${list}`, { faults, hint, cause: error });
}

/** The flag that a field of a policy is said by, where it was given. @param pointer into a request with its `spec` */
export function givenFlag(pointer: string, flags: SpecFlags): string | undefined {
  const flag = flagOf(pointer);
  return Object.entries(flags).some(([key, value]) => value !== undefined && toFlag(key) === flag) ? flag : undefined;
}

const toFlag = (key: string): string => `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** @param pointer into a policy, or into a request with its `spec` */
function flagOf(pointer: string): string | undefined {
  const path = pointer.replace(/^\/spec(?=\/)/, '');
  return FLAGS.find(([field]) => `${path}/`.startsWith(`${field}/`))?.[1];
}
