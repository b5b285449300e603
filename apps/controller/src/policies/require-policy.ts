import { FairleadError } from '@fairlead/domain';
import { type PoliciesStore } from './policies.store.js';
import { type StoredPolicy } from './stored-policy.js';

/** @throws FairleadError `policy_not_found`, naming those that there are */
export async function requirePolicy(
  policies: Pick<PoliciesStore, 'find' | 'all'>,
  nameOrId: string,
): Promise<StoredPolicy> {
  const policy = await policies.find(nameOrId);
  if (policy !== undefined) return policy;
  const known = (await policies.all()).map(({ name }) => name);
  throw new FairleadError('policy_not_found', `There is no policy '${nameOrId}'`, {
    hint: known.length === 0 ? 'No policy was created yet.' : `Policies: ${listOf(known)}. See 'fairlead policy ls'.`,
  });
}

const listOf = (names: readonly string[]): string =>
  names.slice(0, 10).join(', ') + (names.length > 10 ? `, … (${names.length} in all)` : '');
