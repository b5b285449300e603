/** Rows of a list, and where the next ones begin; null: these are the last. */
export interface Page<Row> {
  readonly items: readonly Row[];
  readonly nextCursor: string | null;
}

/** @param found up to one row more than the page has room for, which says that there is another page */
export function pageFrom<Row>(found: readonly Row[], limit: number, cursorBehind: (last: Row) => string): Page<Row> {
  const items = found.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: found.length > limit && last !== undefined ? cursorBehind(last) : null };
}
