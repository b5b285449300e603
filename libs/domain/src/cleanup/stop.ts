import { counted } from '../counted.js';
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
 * Why a run goes no further, as a sentence; undefined: it goes on. Percentages are of all that is planned, and are kept
 * to as long as no more than that went wrong.
 */
export function stopReason(stop: StopRules, progress: RunProgress, wave: Wave): string | undefined {
  const { hosts, unreachable, unknown } = progress;
  if (unknown > 0) return `it is not known what became of the networks of ${counted(unknown, 'host')}`;
  const failing = (wave === 0 ? canaryFailing(progress) : undefined) ?? tooManyFailed(stop, progress);
  if (failing !== undefined || unreachable <= shareOf(stop.unreachablePercent, hosts)) return failing;
  const share = `more than stop.unreachablePercent, ${stop.unreachablePercent} %`;
  return `${unreachable} of ${counted(hosts, 'host')} went away: ${share}`;
}

/** The first hosts are there to show what is wrong: one network is enough, and one that went away has shown nothing. */
function canaryFailing({ failed, undone, unreachable }: RunProgress): string | undefined {
  if (failed > 0) return `${counted(failed, 'network')} of the first hosts failed`;
  if (unreachable > 0) return `${counted(unreachable, 'host')} of the first ones went away`;
  if (undone === 0) return undefined;
  return `${counted(undone, 'network')} of the first hosts had to be made again, as a container came in between`;
}

/** One that was made again counts too: what the plan takes for unused is not. */
function tooManyFailed(stop: StopRules, { failed, undone, planned }: RunProgress): string | undefined {
  const { failures, failedPercent } = stop;
  const wrong = failed + undone;
  const what = undone === 0 ? 'failed' : 'failed or had to be made again';
  if (wrong > 0 && wrong >= failures) {
    return `${counted(wrong, 'network')} ${what}: stop.failures is ${failures}`;
  }
  if (wrong <= shareOf(failedPercent, planned)) return undefined;
  const share = `more than stop.failedPercent, ${failedPercent} %`;
  return `${wrong} of ${counted(planned, 'network')} ${what}: ${share}`;
}
