import { FairleadError } from '@fairlead/domain';
import type { Cli } from '../cli.js';

export interface Confirmation {
  readonly force: boolean | undefined;
  /** Ends with a question mark. */
  readonly question: string;
  /** What is done where nobody sits at a terminal: `refuse` what cannot be taken back, or `go on`. */
  readonly unattended: 'refuse' | 'go on';
}

/** Exit code where the answer is no, or none at all: nothing was changed. */
export const DECLINED = 4;

/**
 * Whether to go on with what takes something away. Says so where the answer is no.
 * @throws FairleadError `invalid_argument` where there is nobody to ask
 */
export async function confirm(cli: Cli, { force, question, unattended }: Confirmation): Promise<boolean> {
  if (force) return true;
  if (!cli.terminal.interactive) {
    if (unattended === 'go on') return true;
    throw new FairleadError('invalid_argument', 'This asks before it is done, and there is no terminal to ask on', {
      hint: 'Use --force to do it without a question.',
    });
  }
  const answer = await cli.terminal.ask(`${question} [y/N] `);
  if (/^y(es)?$/i.test(answer.trim())) return true;
  cli.terminal.warn('Nothing was done.\n');
  return false;
}
