import { readExport } from '@fairlead/api';
import { FairleadError } from '@fairlead/domain';
import type { Cli } from '../../cli.js';
import { visibleLines } from '../../output/escape.js';
import { type LsFlags, queryOf } from './ls-flags.js';

/** The options that ask for something that an export is not. */
const NOT_WITH_CSV = ['limit', 'quiet', 'overlays', 'removed', 'watch'] as const;

/**
 * The list as CSV, just as the controller makes it, no faster than it is taken. On a screen characters that would steer
 * it are spelled out.
 */
export async function exportAsCsv(cli: Cli, flags: LsFlags): Promise<void> {
  const unfit = NOT_WITH_CSV.find((name) => flags[name] !== undefined);
  if (unfit !== undefined) {
    throw new FairleadError('invalid_argument', `--${unfit} does not go with -o csv, which is all that fits, at once`, {
      hint: 'Choose with --filter, --search and the host flags, or use -o json.',
    });
  }
  const { terminal } = cli;
  const onScreen = terminal.screenRows() !== undefined;
  for await (const piece of readExport(cli.clientOptions(flags), { query: { ...queryOf(flags), format: 'csv' } })) {
    terminal.write(onScreen ? visibleLines(piece.replaceAll('\r', '')) : piece);
    await terminal.drained();
  }
}
