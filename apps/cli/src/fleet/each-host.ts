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

/** The same, where items of one lane are taken one after another, in their order. */
async function inLanes<Item, Result>(
  items: readonly Item[],
  laneOf: (item: Item) => string,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const lanes = new Map<string, [number, Item][]>();
  for (const [index, item] of items.entries()) {
    const lane = lanes.get(laneOf(item));
    if (lane) lane.push([index, item]);
    else lanes.set(laneOf(item), [[index, item]]);
  }
  await inParallel([...lanes.values()], async (lane) => {
    for (const [index, item] of lane) results[index] = await work(item);
  });
  return results;
}

export interface Gathered<Result> {
  readonly results: readonly Result[];
  /** The worst of all exit codes. */
  readonly exitCode: number;
}

/** The same where work may fail: prints each failure as it happens, with the item's name where there are several. */
export async function gather<Item, Result>(
  { terminal, format, nameOf, laneOf }: GatherOptions<Item>,
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Gathered<Result>> {
  const codes: number[] = [];
  const attempt = async (item: Item): Promise<Result[]> => {
    try {
      return [await work(item)];
    } catch (error) {
      codes.push(printError(terminal, error, format, items.length > 1 ? nameOf(item) : ''));
      return [];
    }
  };
  const results = await (laneOf ? inLanes(items, laneOf, attempt) : inParallel(items, attempt));
  return { results: results.flat(1), exitCode: worstExit(codes) };
}

export interface GatherOptions<Item> {
  readonly terminal: Terminal;
  readonly format: OutputFormat | undefined;
  readonly nameOf: (item: Item) => string;
  /** Where given, items with the same one are taken one after another, in their order. */
  readonly laneOf?: ((item: Item) => string) | undefined;
}
