import { type Freshness } from '@fairlead/domain';
import { type FleetListener } from '../fleet/fleet.js';

/** Whether a host is live, and since when it is or is not, in milliseconds of a clock that does not jump. */
export interface HostSight {
  readonly live: boolean;
  readonly since: number;
}

export interface FleetLoss {
  readonly lost: number;
  readonly of: number;
}

/** More of the hosts than that, and so many at least, lost within so long: then we are more likely at fault than they. */
const SHARE = 0.55;
const LEAST = 3;
const WITHIN_MS = 60_000;
/** A host that is back sooner was not lost: its session was renewed, or its inventory read anew. */
const GONE_FOR_MS = 2_000;

/**
 * Whether so many hosts were lost at once that destructive work has to be held.
 * @param hosts those that were live at some time in this life of the controller @param now by the same clock
 */
export function lossOf(hosts: Iterable<HostSight>, now: number): FleetLoss | undefined {
  let [lost, of] = [0, 0];
  for (const { live, since } of hosts) {
    if (!live && now - since > WITHIN_MS) continue;
    of += 1;
    if (!live && now - since >= GONE_FOR_MS) lost += 1;
  }
  return lost >= LEAST && lost > SHARE * of ? { lost, of } : undefined;
}

/** Time between two looks while hosts are missing, in milliseconds. */
const LOOK_EVERY_MS = 500;

/**
 * Watches how many hosts are lost at once.
 *
 * Invariants: a host counts from when it was first live; hosts of one loss are counted once; after `stop` nothing is told.
 */
export class FleetLossWatch implements FleetListener {
  private readonly hosts = new Map<string, HostSight>();
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  /**
   * @param freshness of a host; undefined: it is no longer known @param monotonic milliseconds of a clock that does not jump
   * @param lost told of each loss
   */
  constructor(
    private readonly freshness: (hostName: string) => Freshness | undefined,
    private readonly monotonic: () => number,
    private readonly lost: (loss: FleetLoss) => void,
  ) {}

  hostChanged(hostName: string): void {
    if (this.stopped) return;
    const live = this.freshness(hostName) === 'live';
    const before = this.hosts.get(hostName);
    if (before?.live === live || (before === undefined && !live)) return;
    this.hosts.set(hostName, { live, since: this.monotonic() });
    if (!live) this.timer ??= setInterval(() => this.look(), LOOK_EVERY_MS).unref();
  }

  /** Forgotten by a person: not lost. */
  hostRemoved(hostName: string): void {
    this.hosts.delete(hostName);
  }

  /** Before the controller ends the sessions itself. */
  stop(): void {
    this.stopped = true;
    clearInterval(this.timer);
  }

  private look(): void {
    const loss = lossOf(this.hosts.values(), this.monotonic());
    const missing = [...this.hosts].filter(([, { live }]) => !live);
    const over = missing.filter(([, { since }]) => loss !== undefined || this.monotonic() - since > WITHIN_MS);
    for (const [hostName] of over) this.hosts.delete(hostName);
    if (over.length === missing.length) {
      clearInterval(this.timer);
      this.timer = undefined;
    }
    if (loss !== undefined) this.lost(loss);
  }
}
