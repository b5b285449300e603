import type { Cli, ClientFlags } from '../cli.js';
import { gather } from '../fleet/each-host.js';
import { lines } from '../output/rows.js';
import { confirm, DECLINED } from './confirm.js';

export interface Removal {
  /** By the names they were given on the command line. */
  readonly items: readonly string[];
  /** Asked on a terminal, ends with a question mark. */
  readonly question: string;
  readonly remove: (item: string) => Promise<void>;
}

/** Removes each of the things named, and prints its name once it is gone. What fails is told for each. */
export async function removeEach(
  cli: Cli,
  { output, force }: ClientFlags & { readonly force?: boolean },
  { items, question, remove }: Removal,
): Promise<number> {
  if (!(await confirm(cli, { force, question, unattended: 'go on' }))) return DECLINED;
  const { terminal } = cli;
  const { exitCode } = await gather({ terminal, format: output, nameOf: (item) => item }, items, async (item) => {
    await remove(item);
    terminal.write(lines([item]));
  });
  return exitCode;
}
