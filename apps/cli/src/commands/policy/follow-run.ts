import type { Client, RunView } from '@fairlead/api';
import { FairleadError, toFairleadError } from '@fairlead/domain';
import type { Cli } from '../../cli.js';
import { longer, MISSES, POLL_FIRST_MS } from '../../fleet/operations.js';
import { withProgress } from '../../output/progress.js';
import { lines } from '../../output/rows.js';
import type { Terminal } from '../../terminal.js';
import { describeProgress } from './run-words.js';

/** Where nobody watches, progress is told so often at most. */
const TELL_MS = 10_000;

/** It goes no further by itself. */
export const isOver = ({ state }: RunView): boolean => state === 'finished' || state === 'awaiting-approval';

/**
 * Shows how a run goes on until it is over, or Ctrl-C; gives it as it was last seen. A controller may restart meanwhile.
 * @throws FairleadError `outcome_unknown` where the controller does not come back
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
      view = await look(cli, client, view);
      teller.tell(view);
    }
    return view;
  });
}

async function look({ around }: Cli, client: Client, { id }: RunView): Promise<RunView> {
  for (let misses = 0; misses < MISSES; misses++) {
    try {
      return await client.getRun({ params: { run: id } });
    } catch (error) {
      if (toFairleadError(error).code !== 'controller_unavailable') throw error;
      await around.sleep(TELL_MS / 10);
    }
  }
  throw new FairleadError('outcome_unknown', 'The controller does not answer any more; the run goes on with it', {
    hint: `Once it is back: fairlead policy runs --run ${id}`,
  });
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
