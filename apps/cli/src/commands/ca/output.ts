import type { CaView, RootView } from '@fairlead/api';
import type { Cli, ClientFlags } from '../../cli.js';
import { toData } from '../../output/format.js';
import { lines } from '../../output/rows.js';
import { type Column, describeTimeSince, renderTable } from '../../output/table.js';

/** Prints the authority; `name` is the digests of its roots. */
export function printCa({ terminal, around }: Cli, { output }: ClientFlags, ca: CaView): void {
  if (output === 'json' || output === 'yaml') terminal.write(toData(output, ca));
  else if (output === 'name') terminal.write(lines(ca.roots.map(({ digest }) => digest)));
  else {
    terminal.write(renderTable(columns(around.now()), ca.roots));
    terminal.warn(lines(explain(ca)));
  }
}

const columns = (now: number): Column<RootView>[] => [
  { header: 'ROOT', cell: ({ digest }) => digest },
  { header: 'STATE', cell: ({ state }) => state },
  { header: 'HOSTS', cell: ({ hosts }) => String(hosts) },
  { header: 'CREATED', cell: ({ createdAt }) => describeTimeSince(createdAt, now) },
];

/** How far a rotation is, and what its next step waits for. */
function explain({ roots, waitingFor }: CaView): string[] {
  const has = (state: RootView['state']): boolean => roots.some((root) => root.state === state);
  const step = has('prepared') ? 'activate' : has('trusted') ? 'retire' : undefined;
  if (step === undefined) return [];
  if (waitingFor.length === 0) return [`No host would be left behind. Next: fairlead ca ${step}`];
  const lacking =
    step === 'activate' ? 'do not trust the prepared root yet' : 'still have a certificate of the old root';
  return [`'fairlead ca ${step}' waits for hosts that ${lacking}: ${waitingFor.join(', ')}`];
}
