import type { Client, PolicyPlanRequest, PolicyPlanView } from '@fairlead/api';
import { FairleadError } from '@fairlead/domain';
import { readPages } from '../../fleet/pages.js';
import type { ShownPlan } from './plan-output.js';

export interface PlanWish extends Pick<PolicyPlanRequest, 'action'> {
  readonly hosts?: readonly string[];
  readonly limit: number;
}

/**
 * What a run of the policy would do now, with as many networks as the limit says.
 * @throws FairleadError `plan_stale` where the fleet has changed from one page to the next
 */
export const readPlan = (client: Client, policy: string, wish: PlanWish): Promise<ShownPlan> =>
  readPlanPages(wish, (body) => client.planPolicy({ params: { policy }, body }));

/** The same of any plan, by whatever gives a page of it. @throws FairleadError `plan_stale` */
export async function readPlanPages<P extends PolicyPlanView>(
  { action, hosts = [], limit }: PlanWish,
  read: (request: PolicyPlanRequest) => Promise<P>,
): Promise<Omit<P, 'nextCursor'> & Pick<ShownPlan, 'items' | 'cut'>> {
  let hash: string | undefined;
  const { rows, last } = await readPages(limit, async (page) => {
    const plan = await read({
      hosts,
      limit: page.limit,
      ...(action && { action }),
      ...(page.cursor && { cursor: page.cursor }),
    });
    if (plan.hash !== (hash ??= plan.hash)) throw changed();
    return plan;
  });
  const { nextCursor, ...plan } = last;
  return { ...plan, items: rows, cut: nextCursor !== null };
}

const changed = (): FairleadError =>
  new FairleadError('plan_stale', 'While the plan was read, it became another one', { hint: 'Ask for it again.' });
