import { worstExit, printError } from '../output/errors.js';
import type { OutputFormat } from '../output/format.js';
import type { Terminal } from '../terminal.js';

/** Hosts that are asked at the same time. */
const AT_ONCE = 16;

/** Runs work for every item, at most so many at a time; gives the results in the items' order. */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
  atOnce = AT_ONCE,
): Promise<Result[]> {
  const results: Result[] = [];
  const waiting = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of waiting) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  return results;
}

export interface Gathered<Result> {
  readonly results: readonly Result[];
  /** The worst of all exit codes. */
  readonly exitCode: number;
}

/** The same where work may fail: prints each failure as it happens, with the item's name where there are several. */
export async function gather<Item, Result>(
  { terminal, format, nameOf }: GatherOptions<Item>,
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Gathered<Result>> {
  const codes: number[] = [];
  const results = await inParallel(items, async (item) => {
    try {
      return [await work(item)];
    } catch (error) {
      codes.push(printError(terminal, error, format, items.length > 1 ? nameOf(item) : ''));
      return [];
    }
  });
  return { results: results.flat(1), exitCode: worstExit(codes) };
}

export interface GatherOptions<Item> {
  readonly terminal: Terminal;
  readonly format: OutputFormat | undefined;
  readonly nameOf: (item: Item) => string;
}
