import type { Client, HostQuery, HostView } from '@fairlead/api';

/** Rows that one page may have at most. */
const PAGE = 500;

/** One page of a list. */
export interface Page<Row> {
  readonly items: readonly Row[];
  readonly nextCursor: string | null;
}

/** What one page is asked for. */
export interface PageWish {
  readonly limit: number;
  readonly cursor: string | undefined;
}

/** Reads as many pages as the limit asks for. What the last one says beside its rows holds for all. */
export async function readPages<P extends Page<unknown>>(
  limit: number,
  read: (page: PageWish) => Promise<P>,
): Promise<{ readonly rows: P['items'][number][]; readonly last: P }> {
  const rows: P['items'][number][] = [];
  for (let cursor: string | undefined; ;) {
    const last = await read({ limit: Math.min(PAGE, Math.max(1, limit - rows.length)), cursor });
    rows.push(...last.items);
    if (last.nextCursor === null || rows.length >= limit) return { rows: rows.slice(0, limit), last };
    cursor = last.nextCursor;
  }
}

/** What hosts are chosen by. */
export type HostChoice = Partial<Pick<HostQuery, 'host' | 'on' | 'freshness'>>;

/** All hosts that fit, on however many pages. */
export const allHosts = async (client: Client, query: HostChoice = {}): Promise<HostView[]> =>
  (await readPages(Infinity, (page) => client.listHosts({ query: { ...query, ...page } }))).rows;
