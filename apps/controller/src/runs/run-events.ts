import { type RunView } from '@fairlead/api';
import { toFairleadError } from '@fairlead/domain';
import { type Clock } from '../clock.js';
import { type EventHub } from '../events/event-hub.js';
import { type Log } from '../log.js';
import { type FreezeState } from './freeze.store.js';
import { toFreezeView } from './run.view.js';

/** Time in which several changes of one run become one event, in milliseconds. */
const GATHER_MS = 1_000;

/**
 * Tells of runs and of the freeze switch.
 *
 * Invariant: each change of a run is followed by an event that shows it, `GATHER_MS` later at most but for the time it
 * takes to read.
 */
export class RunEvents {
  private readonly timers = new Map<string, NodeJS.Timeout>();

  /** @param view of a run as it is when it is asked for */
  constructor(
    private readonly hub: Pick<EventHub, 'publish'>,
    private readonly view: (runId: string) => Promise<RunView>,
    private readonly now: Clock,
    private readonly log: Log,
  ) {}

  runChanged(runId: string): void {
    if (this.timers.has(runId)) return;
    this.timers.set(runId, setTimeout(() => void this.tell(runId), GATHER_MS).unref());
  }

  freezeChanged(state: FreezeState): void {
    const data = () => toFreezeView(state);
    this.hub.publish({ at: this.now(), type: 'freeze.changed', host: null, data });
  }

  /** Tells nothing any more. */
  stop(): void {
    for (const timer of this.timers.values()) clearTimeout(timer);
  }

  private async tell(runId: string): Promise<void> {
    this.timers.delete(runId);
    try {
      const view = toEventData(await this.view(runId));
      this.hub.publish({ at: this.now(), type: 'run.changed', host: null, data: () => view });
    } catch (error) {
      this.log('a change of a run could not be told of', { run: runId, error: toFairleadError(error).message });
    }
  }
}

/** Without the hosts that were left out, up to a hundred: thousands of events are kept. */
const toEventData = ({ summary, ...view }: RunView): RunView => ({
  ...view,
  summary: summary && { ...summary, leftOut: [] },
});
