import type { Cli, ClientFlags } from '../cli.js';
import { gather } from '../fleet/each-host.js';
import { lines } from '../output/rows.js';
import { toData } from '../output/format.js';

/** Reads each of the things named and prints them: one as it is, several as a list. What fails is told for each. */
export async function inspectEach<Item, View>(
  cli: Cli,
  flags: ClientFlags,
  {
    items,
    several,
    nameOf,
    read,
  }: {
    readonly items: readonly Item[];
    readonly several: boolean;
    readonly nameOf: (item: Item) => string;
    readonly read: (item: Item) => Promise<View>;
  },
): Promise<number> {
  const { terminal } = cli;
  const { results, exitCode } = await gather({ terminal, format: flags.output, nameOf }, items, async (item) => ({
    name: nameOf(item),
    view: await read(item),
  }));
  if (flags.output === 'name') terminal.write(lines(results.map(({ name }) => name)));
  else if (several)
    terminal.write(
      toData(
        dataFormat(flags),
        results.map(({ view }) => view),
      ),
    );
  else if (results[0]) terminal.write(toData(dataFormat(flags), results[0].view));
  return exitCode;
}

const dataFormat = ({ output }: ClientFlags): 'json' | 'yaml' => (output === 'yaml' ? 'yaml' : 'json');
