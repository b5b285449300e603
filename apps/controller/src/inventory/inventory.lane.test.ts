import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { type Network } from '@fairlead/domain';
import { anEndpoint } from '@fairlead/domain/testing';
import { AuditStore } from '../audit/audit.store.js';
import { moveTimes } from './clock-jump.js';
import { InventoryRig } from '../testing/inventory-rig.js';
import { idOf, network } from '../testing/scripted-agent.js';

const HOSTS = Array.from({ length: 12 }, (_, index) => `node-${String(index).padStart(2, '0')}`);
let rig: InventoryRig;

beforeEach(async () => {
  rig = await InventoryRig.start(HOSTS);
});

afterEach(() => rig.stop());

const full = (name: string, containers: number): Network =>
  network(name, {
    endpoints: Array.from({ length: containers }, (_, e) => anEndpoint(`c${e}`, { containerId: idOf(`${e}`) })),
  });
const namesOf = async (hostName: string) =>
  Array.from((await rig.networks.full(hostName)).values(), (known) => known.network.name).sort();
/** How many statements each transaction of the lane had, from now on. Notes on hosts, one statement each, go beside it. */
function watch(): number[] {
  const seen: number[] = [];
  const transaction = rig.database.transaction.bind(rig.database);
  rig.database.transaction = (statements) => {
    if (statements.length > 1) seen.push(statements.length);
    return transaction(statements);
  };
  return seen;
}

it('writes what several hosts tell at once in few transactions', async () => {
  const changes = await Promise.all(HOSTS.map((name) => rig.change(name, [network('web'), network(`of ${name}`)])));
  const transactions = watch();
  await Promise.all(changes.map((change) => rig.store.apply(change)));
  expect(transactions).toHaveLength(2);
  for (const name of HOSTS) expect(await namesOf(name)).toEqual([`of ${name}`, 'web']);
  expect(rig.hosts.all().map(({ counts }) => counts)).toEqual(HOSTS.map(() => ({ networks: 2, endpoints: 0 })));
});

it('bounds such a transaction by its rows', async () => {
  const changes = await Promise.all(HOSTS.map((name) => rig.change(name, [full('web', 500)])));
  const transactions = watch();
  await Promise.all(changes.map((change) => rig.store.apply(change)));
  expect(transactions).toHaveLength(1 + 4);
});

it('writes the others when one of them fails, which alone is told', async () => {
  const broken = { ...full('web', 1), endpoints: [anEndpoint('one'), anEndpoint('one')] };
  const changes = await Promise.all(
    HOSTS.map((name, index) => rig.change(name, [index === 5 ? broken : network('web')])),
  );
  const outcomes = await Promise.allSettled(changes.map((change) => rig.store.apply(change)));
  expect(outcomes.flatMap(({ status }, index) => (status === 'rejected' ? [index] : []))).toEqual([5]);
  for (const [index, name] of HOSTS.entries()) expect(await namesOf(name)).toEqual(index === 5 ? [] : ['web']);
  expect(rig.hosts.find(HOSTS[5]!)?.counts).toEqual({ networks: 0, endpoints: 0 });
});

it('reads what a change replaces when the one before it is written', async () => {
  const base = await rig.change('node-00', [network('web')], [], { at: 1000 });
  const next = {
    ...base,
    at: 2000,
    replacedIds: [idOf('web')],
    upserts: [{ ...base.upserts[0]!, labels: { a: 'b' } }],
  };
  const last = { ...base, at: 3000, upserts: [], removedIds: [idOf('web')] };
  const [, before, gone] = await Promise.all([base, next, last].map((change) => rig.store.apply(change)));
  expect(before!.get(idOf('web'))).toMatchObject({ network: { labels: {} }, firstSeenAt: 1000 });
  expect(gone!.get(idOf('web'))).toMatchObject({ network: { labels: { a: 'b' } } });
  expect(rig.hosts.find('node-00')?.counts).toEqual({ networks: 0, endpoints: 0 });
});

it('lets times be moved between two changes: after what is under way, and before what waits, which follows', async () => {
  const [before, since, now] = [1_000_100, 150_000, 200_000];
  const jump = { ms: -1_000_000, earlierMs: 0, beganAt: 0, sinceAt: since };
  for (const name of ['node-00', 'node-01']) await rig.apply(name, [network('web')], [], { at: before });
  const change = await rig.change('node-00', [network('web', { labels: { a: 'b' } })], [], { at: before });
  const late = await rig.change('node-01', [], [], { at: now, notBefore: before });
  const writing = rig.store.apply(change);
  const moving = rig.store.clockSet(
    jump,
    () => rig.database.transaction(moveTimes(jump, now)),
    () => undefined,
  );
  await Promise.all([writing, moving, rig.store.apply(late)]);
  const rows = await rig.database.prisma.network.findMany({ orderBy: { hostName: 'asc' } });
  expect(rows.map(({ unusedSinceAt }) => Number(unusedSinceAt))).toEqual([100, now]);
});

it('lets another write in after the transaction that is under way', async () => {
  const changes = await Promise.all(HOSTS.map((name) => rig.change(name, [full('web', 500), full('db', 900)])));
  let done = 0;
  const writing = Promise.all(changes.map((change) => rig.store.apply(change).then(() => (done += 1))));
  const record = { at: 1, action: 'test', hostName: null, target: {}, operationId: null, outcome: 'done', detail: {} };
  const actor = { name: 'one', client: 'test', peer: '' };
  for (let before = done; before < HOSTS.length - 2; before = done) {
    await new AuditStore(rig.database).commit({ ...record, actor });
    expect(done - before).toBeLessThanOrEqual(2);
    while (done === before) await new Promise((resolve) => setImmediate(resolve));
  }
  await writing;
});

it('goes on after rows that were put in behind its back have taken its keys', async () => {
  await rig.apply('node-00', [network('web')]);
  await rig.database.prisma
    .$executeRaw`INSERT INTO "Network" SELECT "seq" + 1, 'node-01', "id", "name", "driver", "scope",
    "createdAt", "internal", "attachable", "ingress", "ipv4", "ipv6", "configOnly", "configFrom", "ipamDriver", "digest",
    "predefined", "endpointCount", "activeEndpointCount", "record", "firstSeenAt", "updatedAt", "unusedSinceAt" FROM "Network"`;
  await expect(rig.apply('node-02', [network('web')])).rejects.toThrow();
  await rig.apply('node-02', [network('web')]);
  expect(await namesOf('node-02')).toEqual(['web']);
});
