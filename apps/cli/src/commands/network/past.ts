import type { HistoryEntryView } from '@fairlead/api';
import { parseUntil } from '@fairlead/domain';
import type { Cli } from '../../cli.js';
import { type Page, readPages } from '../../fleet/pages.js';

/** By how much the clocks of this machine and the controller may differ, in milliseconds, before it is worth a word. */
const CLOCKS_MS = 60_000;

/**
 * `web-1/my-net`, or `my-net` of any host; hosts have no `/` in their names. With host flags it is the network's name as it
 * stands.
 */
export function placeOf(reference: string | undefined, host: readonly string[] = []) {
  const [, before, network] = /^([^/]+)\/(.+)$/s.exec(reference ?? '') ?? [];
  return before === undefined || host.length > 0 ? { host, network: reference } : { host: [before], network };
}

/** Reads what is past, newest first, and says beside it where there is more, or where it is not known any more. */
export async function readPast<Row>(
  cli: Cli,
  { since, limit }: { readonly since?: string | undefined; readonly limit: number },
  what: string,
  read: (page: object) => Promise<Page<Row> & { readonly keptSince: string }>,
): Promise<Row[]> {
  let last: (Page<Row> & { readonly keptSince: string }) | undefined;
  const rows = await readPages(limit, async (page) => (last = await read(page)));
  const { nextCursor = null, keptSince = '' } = last ?? {};
  const from = since === undefined ? -Infinity : parseUntil(since, cli.around.now());
  if (nextCursor !== null)
    cli.terminal.warn(`There may be more: these are the newest ${rows.length} (--limit ${limit})\n`);
  if (from < Date.parse(keptSince) - CLOCKS_MS && (since !== undefined || nextCursor === null)) {
    cli.terminal.warn(`${what} is kept since ${keptSince}; what happened before is not in it\n`);
  }
  return rows;
}

/** Who asked Fairlead for it. */
export const describeAuthor = ({ by }: Pick<HistoryEntryView, 'by'>): string =>
  by === null ? 'outside' : `${by.actor} (operation ${by.operationId})`;
