import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Database, openDatabase, Prisma, type Statement } from '../database/index.js';
import { temporaryFolder } from '../testing/rig.js';
import { skipped } from './item-end.js';
import { type PlannedItem, type StoredRun } from './run.js';
import { RunItemsStore } from './run-items.store.js';

let database: Database;
let discard: () => void;
let store: RunItemsStore;
const asked: Statement[] = [];
let lastRead: Prisma.Sql;
/** Of one read. */
let mostRows = 0;

beforeAll(async () => {
  const { path, remove } = temporaryFolder();
  discard = remove;
  database = await openDatabase(path);
  store = new RunItemsStore({
    read: async <T>(sql: Prisma.Sql) => {
      lastRead = sql;
      const rows = await database.read<T>(sql);
      mostRows = Math.max(mostRows, rows.length);
      return rows;
    },
    transaction: (statements) => (asked.push(...statements), database.transaction(statements)),
  });
});

afterAll(async () => {
  await database.close();
  discard();
});

const run = { id: 'run-1', policyId: 'policy-1', fence: 1 } as StoredRun;
const ends = [skipped(0, 'it was cancelled'), skipped(1, 'it was cancelled')];

/** How SQLite goes about it. */
const steps = async (statement: Statement): Promise<string[]> => {
  const rows = await database.read<{ detail: string }>(Prisma.sql`EXPLAIN QUERY PLAN ${statement}`);
  return rows.map(({ detail }) => detail);
};

const planned = (position: number): PlannedItem => ({
  position,
  hostName: 'web-1',
  networkId: `n-${position}`,
  networkName: `net-${position}`,
  driver: 'bridge',
  digest: 'd',
  wave: 2,
  restorability: 'exactly',
  explanation: 'it is unused for 20 days',
  losses: [],
});

describe('a plan of very many networks', () => {
  const MANY = 40_000;
  /** @returns how often others had their turn meanwhile */
  const turnsDuring = async (act: () => Promise<unknown>): Promise<number> => {
    let turns = 0;
    const count = () => ((turns += 1), (next = setImmediate(count)));
    let next = setImmediate(count);
    await act();
    clearImmediate(next);
    return turns;
  };

  it('is written and read, all of it in its order, and others have their turns meanwhile', async () => {
    const large = { ...run, id: 'run-2' };
    let statements: readonly Statement[] = [];
    const items = Array.from({ length: MANY }, (_, position) => planned(position));
    expect(await turnsDuring(async () => (statements = await store.insertions(large, items)))).toBeGreaterThan(1);
    await database.transaction(statements);
    const read = await store.all(large.id);
    expect(read.map(({ networkId }) => networkId)).toEqual(items.map(({ networkId }) => networkId));
    expect(mostRows).toBeLessThanOrEqual(1_000);
  });
});

it('looks for late words in what operations have left, and not through all items of all runs', async () => {
  expect(await store.settledSince()).toEqual([]);
  expect(await steps(lastRead)).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^SEARCH Operation USING .*\(id>\?\)$/),
      expect.stringMatching(/^SEARCH RunItem USING .*\(operationId=\?\)$/),
    ]),
  );
});

describe('what became of items', () => {
  it.each([
    ['recorded', () => store.record(run, ends, 1)],
    ['corrected', () => store.correct(run.id, ends, 1)],
  ])('is %s by the key of each item, however many the run has', async (_, write) => {
    asked.length = 0;
    await write();
    expect(await steps(asked[0]!)).toContainEqual(
      expect.stringMatching(/^SEARCH RunItem USING .*\(runId=\? AND position=\?\)$/),
    );
  });
});
