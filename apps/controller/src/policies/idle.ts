import { FairleadError } from '@fairlead/domain';
import { Prisma } from '../database/index.js';

/** Holds while no run of the policy is under way or waits. Only then it may go, or the next run of it may begin. */
export const isIdle = (policyId: string): Prisma.Sql =>
  Prisma.sql`NOT EXISTS (SELECT 1 FROM "Run" WHERE "policyId" = ${policyId} AND "state" <> 'finished')`;

/** The refusal where it is not. */
export const busy = (policyName: string): FairleadError =>
  new FairleadError('run_active', `A run of policy '${policyName}' is not finished`, {
    hint: `See 'fairlead policy runs ${policyName}'; wait for its end, or cancel it.`,
  });
