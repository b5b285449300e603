import type { Client, HostQuery, HostView } from '@fairlead/api';

/** Rows that one page may have at most. */
const PAGE = 500;

/** One page of a list. */
export interface Page<Row> {
  readonly items: readonly Row[];
  readonly nextCursor: string | null;
}

/** Reads as many pages as the limit asks for. */
export async function readPages<Row>(
  limit: number,
  read: (page: { readonly limit: number; readonly cursor: string | undefined }) => Promise<Page<Row>>,
): Promise<Row[]> {
  const rows: Row[] = [];
  for (let cursor: string | undefined; ;) {
    const page = await read({ limit: Math.min(PAGE, Math.max(1, limit - rows.length)), cursor });
    rows.push(...page.items);
    if (page.nextCursor === null || rows.length >= limit) return rows.slice(0, limit);
    cursor = page.nextCursor;
  }
}

/** What hosts are chosen by. */
export type HostChoice = Partial<Pick<HostQuery, 'host' | 'on' | 'freshness'>>;

/** All hosts that fit, on however many pages. */
export const allHosts = (client: Client, query: HostChoice = {}): Promise<HostView[]> =>
  readPages(Infinity, (page) => client.listHosts({ query: { ...query, ...page } }));
