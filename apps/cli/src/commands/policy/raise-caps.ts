import type { Caps } from '@fairlead/domain';

const FLAGS = {
  networks: '--max-networks',
  hostPercent: '--max-host-percent',
  fleetPercent: '--max-fleet-percent',
} as const satisfies Record<keyof Caps, string>;

/** The command that raises those caps of a policy that stand in the way. @param why as of `capFlags` */
export const raiseCaps = (policy: string, why: readonly string[]): string =>
  `fairlead policy edit ${policy} ${capFlags(why)}`;

/**
 * The flags that raise the caps that stand in the way; all of them where nothing says which.
 * @param why sentences of the plan, which name a cap as `caps.networks`
 */
export function capFlags(why: readonly string[]): string {
  const hit = Object.entries(FLAGS).filter(([cap]) => why.some((sentence) => sentence.includes(`caps.${cap}`)));
  const flags = hit.length > 0 ? hit.map(([, flag]) => flag) : Object.values(FLAGS);
  return flags.map((flag) => `${flag} N`).join(' ');
}
