import { FairleadError } from '@fairlead/domain';

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

/** What is wrong with a policy that flags say, by these flags; any other error as it is. */
export function explainByFlags(error: unknown): unknown {
  if (!(error instanceof FairleadError) || error.code !== 'invalid_argument' || !error.faults?.length) return error;
  const faults = error.faults.map(({ path, message }) => ({ path: flagOf(path), message }));
  const list = faults.map(({ path, message }) => `${path}: ${message}`).join('; ');
  return new FairleadError(error.code, `The policy is not valid: ${list}`, { faults, hint: error.hint, cause: error });
}

/** @param pointer into a policy, or into a request with its `spec` */
function flagOf(pointer: string): string {
  const path = pointer.replace(/^\/spec(?=\/)/, '');
  return FLAGS.find(([field]) => `${path}/`.startsWith(`${field}/`))?.[1] ?? pointer;
}
