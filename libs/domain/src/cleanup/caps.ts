import { counted } from '../counted.js';
import { type Caps } from './policy.js';

/** A host that a plan looked at. */
export interface HostCount {
  readonly host: string;
  /** That no engine made itself. */
  readonly networks: number;
  /** Of those, how many would go. */
  readonly remove: number;
}

/** Hosts that are told of one by one. */
const MOST_HOSTS = 7;

/** A percentage of so many; a hair more, as 0.57 % of 10,000 is 56.99999999999999 in floating point. */
export const shareOf = (percent: number, count: number): number => (count * percent) / 100 + 1e-9;

/** How many a percentage allows: rounded down, but one at least unless it is 0. */
export const capOf = (percent: number, count: number): number =>
  percent === 0 ? 0 : Math.max(1, Math.floor(shareOf(percent, count)));

/**
 * Why a run would remove more than its policy allows, a sentence each, ten at most; empty: it would not.
 * @param hosts those of the plan, in the order in which they are told
 * @param fleetNetworks networks on them that no engine made itself
 */
export function overCaps(caps: Caps, hosts: readonly HostCount[], fleetNetworks: number): string[] {
  const remove = hosts.reduce((sum, host) => sum + host.remove, 0);
  const ofFleet = capOf(caps.fleetPercent, fleetNetworks);
  const sentences: string[] = [];
  if (remove > caps.networks) {
    sentences.push(`${would(remove)}, at most ${caps.networks} may in one run; ${advice('networks')}`);
  }
  if (remove > ofFleet) {
    const share = `at most ${ofFleet} (${caps.fleetPercent} %) may`;
    sentences.push(`fleet: ${would(remove, fleetNetworks)}, ${share}; ${advice('fleetPercent')}`);
  }
  return [...sentences, ...overHostCaps(caps, hosts)];
}

function overHostCaps({ hostPercent }: Caps, hosts: readonly HostCount[]): string[] {
  const over = hosts.filter(({ networks, remove }) => remove > capOf(hostPercent, networks));
  const sentences = over.slice(0, MOST_HOSTS).map(({ host, networks, remove }) => {
    const share = `at most ${capOf(hostPercent, networks)} (${hostPercent} %) may`;
    return `host ${host}: ${would(remove, networks)}, ${share}; ${advice('hostPercent')}`;
  });
  const rest = over.length - sentences.length;
  return rest > 0 ? [...sentences, `and ${counted(rest, 'more host')}`] : sentences;
}

const would = (remove: number, of?: number): string =>
  of === undefined ? `${counted(remove, 'network')} would go` : `${remove} of its ${counted(of, 'network')} would go`;

const advice = (cap: keyof Caps): string => `narrow the policy or raise caps.${cap}`;
