import { shareOf } from './caps.js';
import { type StopRules } from './policy.js';
import { type Wave } from './waves.js';

/** How far a run is. All but the last three count networks. */
export interface RunProgress {
  readonly planned: number;
  readonly done: number;
  readonly removed: number;
  readonly kept: number;
  readonly failed: number;
  /** Removed and made again at once, as a container came in between. */
  readonly undone: number;
  readonly hosts: number;
  /** Hosts that went away before their turn was over. */
  readonly unreachable: number;
  /** Hosts of which it is not known how far they got. */
  readonly unknown: number;
}

/**
 * Why a run goes no further, as a sentence; undefined: it goes on. Percentages are of all that is planned, and as many
 * as they say may fail; so it matters little when in the run something does.
 */
export function stopReason(stop: StopRules, progress: RunProgress, wave: Wave): string | undefined {
  const { planned, failed, hosts, unreachable, unknown } = progress;
  if (unknown > 0) return `it is not known what became of the networks of ${counted(unknown, 'host')}`;
  if (wave === 0 && stopsCanary(progress)) return `on the first hosts ${stopsCanary(progress)}`;
  if (failed >= stop.failures) {
    return `${counted(failed, 'network')} could not be removed, and stop.failures is ${stop.failures}`;
  }
  if (failed > shareOf(stop.failedPercent, planned)) {
    return `${failed} of ${counted(planned, 'network')} could not be removed, more than ${stop.failedPercent} % (stop.failedPercent)`;
  }
  if (unreachable > shareOf(stop.unreachablePercent, hosts)) {
    return `${unreachable} of ${counted(hosts, 'host')} went away, more than ${stop.unreachablePercent} % (stop.unreachablePercent)`;
  }
  return undefined;
}

/** The first hosts are there to show what is wrong: one network is enough. */
function stopsCanary({ failed, undone }: RunProgress): string | undefined {
  if (failed > 0) return `${counted(failed, 'network')} could not be removed`;
  if (undone > 0) return `${counted(undone, 'network')} had to be made again, as a container came in between`;
  return undefined;
}

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
