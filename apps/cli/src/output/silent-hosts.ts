import type { UnavailableHostView } from '@fairlead/api';
import type { Terminal } from '../terminal.js';
import { visible } from './escape.js';
import { firstOf } from './first-of.js';
import { describeAge } from './table.js';

/** Hosts that could not be asked: the first of them, and how many there are. */
export interface SilentHosts {
  readonly unavailableHosts: readonly UnavailableHostView[];
  readonly unavailableTotal: number;
}

export const NO_SILENT_HOSTS: SilentHosts = { unavailableHosts: [], unavailableTotal: 0 };

/** Says beside a list which of its rows may be old. @param now milliseconds since the epoch */
export function warnOfSilence(terminal: Terminal, silent: SilentHosts, now: number): void {
  const said = silenceLines(silent, now);
  if (said.length > 0) terminal.warn(`${said.join('\n')}\n`);
}

/** The same as lines; none where every host could be asked. */
export function silenceLines({ unavailableHosts, unavailableTotal }: SilentHosts, now: number): string[] {
  if (unavailableTotal === 0) return [];
  const named = unavailableHosts.map((host) => `${host.name} (${describeAge(host, now)} ago)`);
  const list = visible(firstOf(named, unavailableTotal));
  const warning = `warning: not up to date, as these hosts could not be asked: ${list}`;
  if (unavailableTotal <= 10) return [warning];
  return [warning, 'All of them: fairlead host ls --filter freshness=offline --filter freshness=stale'];
}
