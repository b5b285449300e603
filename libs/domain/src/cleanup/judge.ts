import { formatDuration } from '../duration.js';
import { type NetworkAttributes } from '../network.js';
import { whyInUse } from './in-use.js';
import { type CleanupReason, type HostContext, type PlanNetwork, type PlanVerdict } from './plan.js';
import { type CleanupPolicy } from './policy.js';
import { restorabilityOf } from './restorability.js';
import { wordRule } from './rule-words.js';
import { firstFit } from './rules.js';

/**
 * What a policy would do to one network, and why. What is not known counts as in use.
 * @param now milliseconds since the epoch
 */
export function judgeNetwork(
  policy: CleanupPolicy,
  network: PlanNetwork,
  context: HostContext,
  now: number,
): PlanVerdict {
  const { attributes, users, unusedSinceAt } = network;
  const why =
    whyInUse(attributes, users, context) ??
    whyNotMeant(policy, attributes) ??
    whyTooYoung(policy, attributes, now) ??
    whyUsedLately(policy, unusedSinceAt, now);
  if (why !== undefined) return { action: 'keep', ...why, restorability: null, losses: [] };
  const idle = formatDuration(now - (unusedSinceAt ?? now));
  const explanation = `no container, running or stopped, was on it for ${idle}`;
  return { action: 'remove', reason: 'unused', explanation, ...restorabilityOf(attributes) };
}

interface Why {
  readonly reason: CleanupReason;
  readonly explanation: string;
}

function whyNotMeant({ match, exempt }: CleanupPolicy, attributes: NetworkAttributes): Why | undefined {
  const matched = match.length === 0 ? undefined : firstFit(match, attributes);
  if (matched === 'none') return { reason: 'no-match', explanation: 'fits no rule of the policy' };
  const exempted = firstFit(exempt, attributes);
  if (typeof exempted === 'object') {
    return { reason: 'exempt', explanation: `exempt by rule ${exempted.index + 1}: ${wordRule(exempted.rule)}` };
  }
  if (matched !== 'unknown' && exempted !== 'unknown') return undefined;
  const explanation = 'has more labels than are known here, so that the policy’s rules cannot be judged';
  return { reason: 'labels-unknown', explanation };
}

function whyTooYoung({ minAgeMs }: CleanupPolicy, { createdAt }: NetworkAttributes, now: number): Why | undefined {
  const created = Date.parse(createdAt);
  const age = now - created;
  const because = (explanation: string): Why => ({ reason: 'too-young', explanation });
  // Agents give the year 1 where the engine tells no time that can be read.
  if (!(created > 0)) return because('its engine does not tell when it was created');
  if (age < 0) return because(`created ${formatDuration(-age)} from now: the clocks of engine and controller differ`);
  if (age >= minAgeMs) return undefined;
  return because(`created ${formatDuration(age)} ago, less than ${formatDuration(minAgeMs)}`);
}

function whyUsedLately({ unusedForMs }: CleanupPolicy, since: number | null, now: number): Why | undefined {
  const because = (explanation: string): Why => ({ reason: 'used-lately', explanation });
  if (since === null) return because('it is not known since when no container is on it');
  const idle = now - since;
  if (idle < 0) return because(`unused only ${formatDuration(-idle)} from now: the controller’s clock was set back`);
  if (idle >= unusedForMs) return undefined;
  return because(`no container was on it for ${formatDuration(idle)}, less than ${formatDuration(unusedForMs)}`);
}
