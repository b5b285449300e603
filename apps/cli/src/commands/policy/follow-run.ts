import type { Client, RunView } from '@fairlead/api';
import type { Cli } from '../../cli.js';
import { longer, POLL_FIRST_MS } from '../../fleet/operations.js';
import { mayPass, outOfSight } from '../../fleet/out-of-sight.js';
import { withProgress } from '../../output/progress.js';
import { lines } from '../../output/rows.js';
import type { Terminal } from '../../terminal.js';
import { describeProgress } from './run-words.js';

/** Between two questions that nobody answers. */
const AWAY_MS = 1_000;
/** Where nobody watches, progress is told so often at most. */
const TELL_MS = 10_000;

/** It goes no further by itself. */
export const isOver = ({ state }: RunView): boolean => state === 'finished' || state === 'awaiting-approval';

/**
 * Shows how a run goes on until it is over, or Ctrl-C; gives it as it was last seen. A controller may restart meanwhile.
 * @throws FairleadError `outcome_unknown` where it cannot be asked any more
 */
export function followRun(cli: Cli, client: Client, begun: RunView): Promise<RunView> {
  const signal = cli.around.interrupted();
  let view = begun;
  const what = (): string => `${view.policy.name}: ${[view.state, describeProgress(view)].filter(Boolean).join(', ')}`;
  return withProgress(cli.around, what, async (terminal) => {
    const teller = new Teller(terminal, cli.around.now, { ...begun, reason: '' });
    teller.tell(begun);
    for (let wait = POLL_FIRST_MS; !isOver(view) && !signal.aborted; wait = longer(wait)) {
      await cli.around.sleep(wait, signal);
      if (signal.aborted) break;
      view = await askAboutRun(cli, begun.id, () => client.getRun({ params: { run: begun.id } }), signal);
      teller.tell(view);
    }
    return view;
  });
}

/**
 * Asks about a run that has begun. A controller that is away is waited for.
 * @throws FairleadError `outcome_unknown` whatever keeps one from asking: the run goes on all the same
 */
export async function askAboutRun<T>(
  { around }: Cli,
  run: string,
  ask: () => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  for (let misses = 0; ; misses++) {
    try {
      return await ask();
    } catch (error) {
      if (signal?.aborted || !mayPass(error, misses)) {
        throw outOfSight('the run', error, `fairlead policy runs --run ${run}`);
      }
      await around.sleep(AWAY_MS, signal);
    }
  }
}

/** Tells in lines what changes. Invariant: no line comes twice in a row. */
class Teller {
  private toldAt: number;

  constructor(
    private readonly terminal: Terminal,
    private readonly now: () => number,
    private told: RunView,
  ) {
    this.toldAt = now();
  }

  tell(view: RunView): void {
    if (isOver(view)) return;
    const turned = view.state !== this.told.state || view.reason !== this.told.reason;
    const moved = view.progress.done !== this.told.progress.done;
    const due = moved && !this.terminal.interactive && this.now() - this.toldAt >= TELL_MS;
    if (!turned && !due) return;
    const parts = [view.state, describeProgress(view), view.reason].filter((part) => part !== '');
    this.terminal.warn(lines([`${view.policy.name}: ${parts.join(', ')}`]));
    this.told = view;
    this.toldAt = this.now();
  }
}
