import type { Client, HistoryEntryView } from '@fairlead/api';
import { FairleadError, parseUntil } from '@fairlead/domain';
import type { Cli } from '../../cli.js';
import type { HostFlags } from '../../flags.js';
import { hasHostFlags } from '../../fleet/hosts.js';
import { type Page, type PageWish, readPages } from '../../fleet/pages.js';
import { visible } from '../../output/escape.js';
import { firstOf } from '../../output/first-of.js';
import { type SilentHosts, warnOfSilence } from '../../output/silent-hosts.js';
import { hostLabel } from '../../output/table.js';

/** By how much the clocks of this machine and the controller may differ, in milliseconds, before it is worth a word. */
const CLOCKS_MS = 60_000;

/**
 * `web-1/my-net`, or `my-net` of any host; hosts have no `/` in their names. With host flags it is the network's name as it
 * stands.
 */
export function placeOf(reference: string | undefined, flags: HostFlags) {
  const [, before, network] = /^([^/]+)\/(.+)$/s.exec(reference ?? '') ?? [];
  const { host = [], on } = flags;
  return before === undefined || hasHostFlags(flags) ? { host, on, network: reference } : { host: [before], network };
}

/** One page of what is past, newest first. */
interface PastPage<Row> extends Page<Row>, SilentHosts {
  readonly keptSince: string;
}

export interface Past<Row> {
  readonly rows: readonly Row[];
  /** Says beside the rows where there may be more, and what is not known of the time asked for. */
  readonly warn: () => void;
}

/** @param what is kept, as the beginning of a sentence */
export async function readPast<Row>(
  { terminal, around }: Cli,
  { since, limit }: { readonly since?: string | undefined; readonly limit: number },
  what: string,
  read: (page: PageWish) => Promise<PastPage<Row>>,
): Promise<Past<Row>> {
  const { rows, last } = await readPages(limit, read);
  const { nextCursor, keptSince } = last;
  const warn = (): void => {
    const from = since === undefined ? -Infinity : parseUntil(since, around.now());
    if (nextCursor !== null)
      terminal.warn(`There may be more: these are the newest ${rows.length} (--limit ${limit})\n`);
    if (from < Date.parse(keptSince) - CLOCKS_MS && (since !== undefined || nextCursor === null)) {
      terminal.warn(`${what} is kept since ${keptSince}; what happened before is not in it\n`);
    }
    warnOfSilence(terminal, last, around.now());
  };
  return { rows, warn };
}

/**
 * Says which of the hosts that were named nobody knows: a slip of the pen looks like a host on which nothing happens. Those
 * of the rows exist, or did once.
 */
export async function warnOfStrangers(
  { terminal }: Cli,
  client: Client,
  named: readonly string[],
  rows: readonly { readonly host: string }[],
): Promise<void> {
  const told = new Set(rows.map(({ host }) => host));
  const strangers: string[] = [];
  for (const host of named) {
    if (!told.has(host) && !(await isKnown(client, host))) strangers.push(host);
  }
  if (strangers.length > 0) terminal.warn(`warning: no host is called so now: ${visible(firstOf(strangers))}\n`);
}

async function isKnown(client: Client, host: string): Promise<boolean> {
  try {
    await client.getHost({ params: { host } });
    return true;
  } catch (error) {
    if (error instanceof FairleadError && error.code === 'host_not_found') return false;
    throw error;
  }
}

/** Of a host that was forgotten nobody can say any more whether its engine was a simulated one. */
export const describeHost = ({ host, simulated }: Pick<HistoryEntryView, 'host' | 'simulated'>): string =>
  simulated === null ? `${host} (forgotten)` : hostLabel(host, simulated);

/** Who asked Fairlead for it: `deploy (operation 019a…)`, `schedule (policy nightly v3, run 019a…)`, or `outside`. */
export function describeAuthor({ by }: Pick<HistoryEntryView, 'by'>): string {
  if (by === null) return 'outside';
  const { actor, operationId, run } = by;
  return `${actor} (${run === null ? `operation ${operationId}` : `policy ${run.policy} v${run.version}, run ${run.id}`})`;
}
