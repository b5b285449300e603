import { type Fault, policySchedule, policySpec } from '@fairlead/api';
import { z } from 'zod';
import { Validated } from '../http/validated.js';
import { faultsOfRules, faultsOfSchedule } from './policy-faults.js';

const { match, matchAll } = policySpec.shape;
const RULES = z.object({ spec: z.object({ match, matchAll: matchAll.catch(true) }) });

const { when, zone, jitter, startWithin, window } = policySchedule.shape;
/** Parts that its schema refuses count as right, so that the rest can be looked at. */
const schedule = z.object({
  when: when.catch('every 6h'),
  zone: zone.catch('UTC'),
  jitter: jitter.catch(null),
  startWithin: startWithin.catch('1h'),
  window: window.catch(null),
});
const TIMES = z.object({ spec: z.object({ schedule }) });

/** A request with a policy. Where its schema refuses it, it is told what else is wrong with rules and schedule too. */
export const policyBody = <S extends z.ZodType>(schema: S): Validated<S> =>
  new Validated('request', schema, faultsBeside);

function faultsBeside(body: unknown): Fault[] {
  const rules = RULES.safeParse(body).data?.spec;
  const times = TIMES.safeParse(body).data?.spec;
  return [...(rules ? faultsOfRules(rules) : []), ...(times ? faultsOfSchedule(times) : [])];
}
