import { expect, it } from '@jest/globals';
import { runItemQuery } from '@fairlead/api';
import { openDatabase, Prisma } from '../database/index.js';
import { temporaryFolder } from '../testing/rig.js';
import { type StoredRun } from './run.js';
import { RunPagesStore } from './run-pages.store.js';

it('finds the removal of each item by its network, and not through all that its operation has removed', async () => {
  const { path, remove } = temporaryFolder();
  const database = await openDatabase(path);
  const asked: Prisma.Sql[] = [];
  const store = new RunPagesStore({ read: (sql) => (asked.push(sql), database.read(sql)) });
  try {
    await store.items({ id: 'run-1' } as StoredRun, runItemQuery.parse({}));
    const steps = await database.read<{ detail: string }>(Prisma.sql`EXPLAIN QUERY PLAN ${asked[0]!}`);
    const byNetwork = 'SEARCH r USING INDEX RemovedNetwork_hostName_networkId_idx (hostName=? AND networkId=?)';
    expect(steps.map(({ detail }) => detail).filter((detail) => detail.includes(' r '))).toEqual([
      byNetwork,
      byNetwork,
    ]);
  } finally {
    await database.close();
    remove();
  }
});
