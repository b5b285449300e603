import { matchesSelector, type Selector } from '../selector.js';

/** 0: canary hosts; 1: a tenth of the others, rounded up; 2: the rest. */
export type Wave = 0 | 1 | 2;

/** Whether a policy names this host to begin with. The empty selector names none, unlike elsewhere. */
export const fitsCanary = (canary: Selector, labels: Readonly<Record<string, string>>): boolean =>
  canary.length > 0 && matchesSelector(canary, labels);

/**
 * In which wave each host's turn comes.
 * @param hosts those with something to remove, in order of name
 * @param isCanary where it says no to all, the first host is the canary
 */
export function waveOf(hosts: readonly string[], isCanary: (host: string) => boolean): ReadonlyMap<string, Wave> {
  const named = hosts.filter(isCanary);
  const canaries = new Set(named.length > 0 ? named : hosts.slice(0, 1));
  const others = hosts.filter((host) => !canaries.has(host));
  const tenth = Math.ceil(others.length / 10);
  return new Map([
    ...[...canaries].map((host): [string, Wave] => [host, 0]),
    ...others.map((host, index): [string, Wave] => [host, index < tenth ? 1 : 2]),
  ]);
}
