import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { AuditStore } from '../audit/audit.store.js';
import { type Database, openDatabase } from '../database/index.js';
import { temporaryFolder } from '../testing/rig.js';
import { ScriptedAgent } from '../testing/scripted-agent.js';
import { HostsStore } from './hosts.store.js';

let path: string;
let database: Database;
let store: HostsStore;
let discard: () => void;
/** Transactions of this test's database so far: notes of the test before may still be tried on its own. */
let written: { count: number };

const openStore = (failed?: (error: unknown) => void) => new HostsStore(database, new AuditStore(database), failed);

beforeEach(async () => {
  ({ path, remove: discard } = temporaryFolder());
  database = await openDatabase(path);
  const transaction = database.transaction.bind(database);
  const counter = { count: 0 };
  written = counter;
  database.transaction = (statements) => {
    counter.count += 1;
    return transaction(statements);
  };
  store = openStore();
});

afterEach(async () => {
  await database.close();
  discard();
});

const facts = (name = 'web-1', overrides = {}) => ({ ...new ScriptedAgent(name).facts, ...overrides });
const row = (name = 'web-1') => database.prisma.host.findUniqueOrThrow({ where: { name } });
const readOnly = (on: boolean) => database.prisma.$executeRawUnsafe(`PRAGMA query_only = ${on ? 'ON' : 'OFF'}`);

describe('an agent that attaches', () => {
  it('is written and audited at once when its host is new', async () => {
    await store.attached(facts(), 'unix', 5);
    expect(await row()).toMatchObject({ connected: true, firstSeenAt: 5n, networkCount: 0, endpointCount: 0 });
    expect(await database.prisma.auditEntry.count({ where: { action: 'host.attach' } })).toBe(1);
  });

  it('is written at once when it says something else than before', async () => {
    await store.attached(facts(), 'unix', 5);
    await store.attached(facts('web-1', { labels: { env: 'prod' }, agentVersion: '0.2.0' }), '10.0.0.9', 6);
    expect(await row()).toMatchObject({ agentLabels: { env: 'prod' }, agentVersion: '0.2.0', peer: '10.0.0.9' });
    expect(store.find('web-1')).toMatchObject({ agentVersion: '0.2.0', firstSeenAt: 5, lastHeardAt: 5 });
  });

  it('is only noted when it says what it said before', async () => {
    await store.attached(facts(), 'unix', 5);
    store.detached('web-1', 7);
    await store.flush();
    await readOnly(true);
    await store.attached(facts(), '10.0.0.9', 8);
    expect(store.find('web-1')).toMatchObject({ peer: '10.0.0.9', lastHeardAt: 7 });
    expect(await row()).toMatchObject({ peer: 'unix', connected: false });
    await readOnly(false);
    await store.flush();
    expect(await row()).toMatchObject({ peer: '10.0.0.9', connected: true, lastHeardAt: 7n });
  });

  it('keeps the operator’s labels, and the counts', async () => {
    await store.attached(facts(), 'unix', 5);
    store.inventoryStored('web-1', { streamId: 's', revision: 2, setDigest: 'd' }, { networks: 3, endpoints: 4 }, 6);
    await store.attached(facts(), 'unix', 7);
    expect(store.find('web-1')).toMatchObject({
      counts: { networks: 3, endpoints: 4 },
      inventory: { streamId: 's', revision: 2, setDigest: 'd', synced: false, known: true },
    });
  });
});

describe('notes', () => {
  it('of a whole fleet that goes are a few transactions', async () => {
    const names = Array.from({ length: 1_200 }, (_, index) => `node-${index}`);
    await database.transaction(names.map((name) => store.expectation({ name, labels: {}, peer: '' }, 1)));
    await store.load();
    written.count = 0;
    for (const name of names) store.detached(name, 50);
    await store.flush();
    expect(written.count).toBe(3);
    expect(await database.prisma.host.count({ where: { lastHeardAt: 50n } })).toBe(1_200);
  });

  it('are the latest of each host', async () => {
    await store.attached(facts(), 'unix', 5);
    store.healthChanged('web-1', { state: 'down', reason: 'gone' });
    store.healthChanged('web-1', { state: 'up', reason: '' });
    await store.heard(new Map([['web-1', 9]]));
    expect(await row()).toMatchObject({ engineState: 'up', engineReason: '', lastHeardAt: 9n, connected: true });
  });

  it('are kept when they cannot be written, the newer ones before them', async () => {
    await store.attached(facts(), 'unix', 5);
    await readOnly(true);
    const failing = store.heard(new Map([['web-1', 9]]));
    store.detached('web-1', 10);
    await expect(failing).rejects.toMatchObject({ code: 'storage_failed' });
    await readOnly(false);
    await store.flush();
    expect(await row()).toMatchObject({ connected: false, lastHeardAt: 10n });
  });

  it('that wait while the clock is set are written by the clock as it is', async () => {
    await store.attached(facts(), 'unix', 5);
    store.detached('web-1', 7);
    store.agesMoved((at) => at + 1_000);
    await store.flush();
    expect(await row()).toMatchObject({ lastHeardAt: 1_007n });
  });

  it('of a host that was removed bring nothing back', async () => {
    await store.attached(facts(), 'unix', 5);
    store.detached('web-1', 7);
    await database.transaction([store.removal('web-1')]);
    store.removed('web-1');
    await store.flush();
    expect(await database.prisma.host.count()).toBe(0);
  });

  it('of a host that was removed are not those of the next one of its name', async () => {
    await store.attached(facts(), 'unix', 5);
    store.healthChanged('web-1', { state: 'up', reason: 'of the first' });
    await database.transaction([store.removal('web-1')]);
    store.removed('web-1');
    await database.transaction([store.expectation({ name: 'web-1', labels: {}, peer: 'next' }, 8)]);
    await store.reload('web-1');
    await store.flush();
    expect(await row()).toMatchObject({ peer: 'next', engineState: 'down', lastHeardAt: 8n });
  });
});

it('takes nobody for connected, and no set for whole, when it loads what a killed process left', async () => {
  await store.attached(facts(), 'unix', 5);
  await database.prisma.$executeRaw`UPDATE "Host" SET "synced" = 1, "streamId" = 's', "networkCount" = 2`;
  const next = openStore();
  await next.load();
  expect(await row()).toMatchObject({ connected: false });
  expect(next.find('web-1')).toMatchObject({
    counts: { networks: 2, endpoints: 0 },
    inventory: { synced: false, known: true },
  });
});
