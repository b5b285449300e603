import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Database, openDatabase, Prisma, type Statement } from '../database/index.js';
import { temporaryFolder } from '../testing/rig.js';
import { skipped } from './item-end.js';
import { type StoredRun } from './run.js';
import { RunItemsStore } from './run-items.store.js';

let database: Database;
let discard: () => void;
let store: RunItemsStore;
const asked: Statement[] = [];

beforeAll(async () => {
  const { path, remove } = temporaryFolder();
  discard = remove;
  database = await openDatabase(path);
  store = new RunItemsStore({
    read: (sql) => database.read(sql),
    transaction: (statements) => (asked.push(...statements), database.transaction(statements)),
  });
});

afterAll(async () => {
  await database.close();
  discard();
});

const run = { id: 'run-1', fence: 1 } as StoredRun;
const ends = [skipped(0, 'it was cancelled'), skipped(1, 'it was cancelled')];

describe('what became of items', () => {
  it.each([
    ['recorded', () => store.record(run, ends, 1)],
    ['corrected', () => store.correct(run.id, ends, 1)],
  ])('is %s by the key of each item, however many the run has', async (_, write) => {
    asked.length = 0;
    await write();
    const steps = await database.read<{ detail: string }>(Prisma.sql`EXPLAIN QUERY PLAN ${asked[0]}`);
    expect(steps.map(({ detail }) => detail)).toContainEqual(
      expect.stringMatching(/^SEARCH RunItem USING .*\(runId=\? AND position=\?\)$/),
    );
  });
});
