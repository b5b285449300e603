import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { auditVerdict } from '@fairlead/api';
import { FairleadError } from '@fairlead/domain';
import { rmSync } from 'node:fs';
import { ScriptedAgent } from '../testing/scripted-agent.js';
import { seeded } from '../testing/seeded.js';
import { type ChainEntry, hashOf } from './chain.js';
import { CheckpointKey } from './checkpoint.js';
import { AuditRig } from '../testing/audit-rig.js';

let rig: AuditRig;
let web1: ScriptedAgent;

beforeEach(async () => {
  rig = await AuditRig.start();
  web1 = await rig.witness('web-1');
});

afterEach(() => rig.stop());

/** Rows 2 to 30, with checkpoints of 10, 20 and 30 that both keep. */
async function fill(): Promise<void> {
  await rig.write(9);
  await rig.checkpoint(web1);
  await rig.write(10);
  await rig.checkpoint(web1);
  await rig.write(10);
  await rig.checkpoint(web1);
}

const entries = () => rig.audit.entries(0);

/** What somebody does who knows how the chain is made. @param until the last row that gets a new hash */
async function rechain(from: number, until = Infinity): Promise<void> {
  const all = await entries();
  let previousHash = all[from - 2]?.hash;
  for (const entry of all.filter(({ seq }) => seq >= from && seq <= until)) {
    const link: ChainEntry = { ...entry, previousHash: previousHash ?? entry.previousHash };
    previousHash = hashOf(link);
    const columns = `"previousHash" = '${link.previousHash}', "hash" = '${previousHash}'`;
    await rig.sql(`UPDATE "AuditEntry" SET ${columns} WHERE "seq" = ${entry.seq}`);
  }
}

const move = (from: number, to: number) => `UPDATE "AuditEntry" SET "seq" = ${to} WHERE "seq" = ${from}`;
const swap = (a: number, b: number) => [move(a, -1), move(b, a), move(-1, b)];

describe('a sound audit', () => {
  it('is told as that, with what it was held against', async () => {
    await fill();
    await rig.write(3);
    const verdict = await rig.verify();
    expect(auditVerdict.parse(verdict)).toEqual({
      sound: true,
      entries: 33,
      checkpoints: 4,
      witnesses: [{ host: 'web-1', checkpoints: 4, newestSeq: 30 }],
      unasked: [],
      faults: [],
    });
  });

  it('stays sound from one controller to the next', async () => {
    await fill();
    await rig.restart();
    await rig.write(5);
    expect(await rig.faults()).toEqual([]);
  });

  it('is sound while it grows and is signed', async () => {
    await rig.write(600);
    const growing = rig.write(300);
    const verdicts = [rig.verify(), rig.checkpoint(web1).then(() => rig.verify())];
    await growing;
    for (const verdict of [...(await Promise.all(verdicts)), await rig.verify()]) {
      expect(verdict).toMatchObject({ sound: true, faults: [] });
    }
  });

  it('is gone through once for all who ask at the same time, and once more for those who ask meanwhile', async () => {
    await fill();
    const [first, second] = [rig.verify(), rig.verify()];
    expect(await first).toBe(await second);
    expect(await rig.verify()).not.toBe(await first);
  });
});

describe('a row', () => {
  beforeEach(fill);

  it.each([
    `"at" = "at" + 1`,
    `"actor" = 'somebody else'`,
    `"client" = ''`,
    `"peer" = '10.0.0.1'`,
    `"action" = 'host.remove'`,
    `"hostName" = NULL`,
    `"target" = '{"a":1}'`,
    `"operationId" = ''`,
    `"outcome" = 'refused'`,
    `"detail" = '{"n":4711}'`,
    `"previousHash" = '${'f'.repeat(64)}'`,
    `"hash" = '${'f'.repeat(64)}'`,
    `"hash" = ''`,
  ])('with %s is edited', async (change) => {
    await rig.sql(`UPDATE "AuditEntry" SET ${change} WHERE "seq" = 7`);
    expect(await rig.verify()).toMatchObject({ sound: false, faults: [{ kind: 'edited', seq: 7, witness: null }] });
    await rig.restart();
    expect(await rig.faults()).toEqual(['edited 7']);
  });

  it('that was edited and hashed anew is edited', async () => {
    await rig.sql(`UPDATE "AuditEntry" SET "actor" = 'x' WHERE "seq" = 7`);
    await rechain(7, 7);
    expect(await rig.faults()).toEqual(['edited 7']);
  });

  it('that was put at the beginning and hashed is edited', async () => {
    await rig.sql(`UPDATE "AuditEntry" SET "actor" = 'x', "previousHash" = '${'1'.repeat(64)}' WHERE "seq" = 1`);
    await rechain(1, 1);
    expect((await rig.faults())[0]).toBe('edited 1');
  });

  it('that is gone is removed, also with its neighbours, and at the beginning', async () => {
    await rig.sql(`DELETE FROM "AuditEntry" WHERE "seq" BETWEEN 17 AND 19`);
    expect(await rig.verify()).toMatchObject({
      faults: [{ kind: 'removed', seq: 17, explanation: 'Entries 17 to 19 are gone' }],
    });
    await rig.sql(`DELETE FROM "AuditEntry" WHERE "seq" = 7`);
    expect(await rig.faults()).toEqual(['removed 7']);
    await rig.sql(`DELETE FROM "AuditEntry" WHERE "seq" < 3`);
    expect(await rig.faults()).toEqual(['removed 1']);
  });

  it('that has changed places with another is reordered', async () => {
    await rig.sql(...swap(7, 8));
    expect(await rig.verify()).toMatchObject({
      faults: [{ kind: 'reordered', seq: 7, explanation: 'Entry 7 was entry 8' }],
    });
    await rig.restart();
    expect(await rig.faults()).toEqual(['reordered 7']);
    await rig.sql(...swap(5, 25));
    expect(await rig.faults()).toEqual(['reordered 5']);
  });

  it('that is gone, the later ones having moved up, shows too', async () => {
    await rig.sql(`DELETE FROM "AuditEntry" WHERE "seq" = 7`);
    for (let seq = 8; seq <= 30; seq += 1) await rig.sql(move(seq, seq - 1));
    await rig.restart();
    expect((await rig.faults())[0]).toBe('reordered 7');
  });

  it('is named once for each kind of damage, the first of it', async () => {
    const edit = (seq: number) => `UPDATE "AuditEntry" SET "actor" = 'x' WHERE "seq" = ${seq}`;
    await rig.sql(
      edit(25),
      edit(12),
      ...swap(4, 5),
      ...swap(14, 15),
      `DELETE FROM "AuditEntry" WHERE "seq" IN (9, 18)`,
    );
    expect(await rig.faults()).toEqual(['reordered 4', 'removed 9', 'edited 12']);
  });
});

describe('a chain whose end is gone', () => {
  beforeEach(fill);

  it('is truncated, as the running controller knows', async () => {
    await rig.write(5);
    await rig.sql(`DELETE FROM "AuditEntry" WHERE "seq" > 32`);
    expect(await rig.faults()).toEqual(['truncated 33']);
  });

  it('is truncated, as the checkpoints show to the next controller', async () => {
    await rig.sql(`DELETE FROM "AuditEntry" WHERE "seq" > 24`);
    await rig.restart();
    expect(await rig.faults()).toEqual(['truncated 25', 'rolled-back 25 web-1']);
    expect(rig.logged.join()).toContain('the audit ends before its last checkpoint');
  });

  it('shows also when it has grown again beyond its old end', async () => {
    await rig.sql(`DELETE FROM "AuditEntry" WHERE "seq" > 24`);
    await rig.restart();
    await rig.write(20);
    expect(await rig.faults()).toEqual(['edited 30', 'rolled-back 30 web-1']);
    await rig.checkpoint();
    expect(await rig.faults()).toEqual(['edited 30', 'rolled-back 30 web-1']);
  });

  it('which is changed under the running controller does not come from it', async () => {
    await rig.write(1);
    await rig.sql(`UPDATE "AuditEntry" SET "actor" = 'x' WHERE "seq" = 31`);
    await rechain(31);
    expect(await rig.faults()).toEqual(['edited 31']);
  });
});

describe('a chain that was made anew', () => {
  beforeEach(async () => {
    await fill();
    await rig.sql(`UPDATE "AuditEntry" SET "actor" = 'x' WHERE "seq" = 17`);
    await rechain(17);
  });

  it('contradicts the checkpoints from then on', async () => {
    await rig.restart();
    const { faults } = await rig.verify();
    expect(faults).toMatchObject([
      { kind: 'edited', seq: 20, witness: null },
      { kind: 'rolled-back', seq: 20, witness: 'web-1' },
    ]);
    expect(faults[0]!.explanation).toContain('the last checkpoint that agrees is of entry 10');
  });

  it('together with the checkpoints is shown by a host alone', async () => {
    await rig.sql(`DELETE FROM "AuditCheckpoint" WHERE "seq" >= 17`);
    await rig.restart();
    await rig.write(1);
    await rig.checkpoint(web1);
    expect(await rig.faults()).toEqual(['rolled-back 20 web-1']);
  });
});

describe('an old copy of the database', () => {
  beforeEach(async () => {
    await rig.write(9);
    await rig.checkpoint(web1);
    await rig.write(2);
    await rig.backUp();
    await rig.write(8);
    await rig.checkpoint(web1);
    await rig.witness('web-2');
    await rig.restart(() => rig.restore());
  });

  it('is shown by the hosts that keep newer checkpoints, with the first entry that is missing', async () => {
    expect(await rig.verify()).toMatchObject({
      sound: false,
      entries: 12,
      faults: [
        { kind: 'rolled-back', seq: 13, witness: 'web-1', explanation: expect.stringContaining('and 1 more host') },
      ],
    });
  });

  it('is shown when other things have happened since', async () => {
    await rig.write(20);
    await rig.checkpoint();
    expect(await rig.faults()).toEqual(['rolled-back 20 web-1']);
  });

  it('is shown as long as one host can be asked that was there', async () => {
    await rig.write(20);
    for (const name of ['web-1', 'web-2']) rig.sessions.delete(name);
    const without = await rig.verify();
    expect(without).toMatchObject({ sound: true, unasked: ['web-1', 'web-2'] });
    await rig.attach(web1);
    expect(await rig.faults()).toEqual(['rolled-back 20 web-1']);
  });
});

it('an empty database is shown by a host', async () => {
  await fill();
  await rig.sql('DELETE FROM "AuditEntry"', 'DELETE FROM "AuditCheckpoint"');
  await rig.restart();
  expect(await rig.faults()).toEqual(['rolled-back 1 web-1']);
});

describe('a checkpoint', () => {
  const faultsOf = async (change: string) => {
    await fill();
    await rig.sql(change);
    return rig.faults();
  };

  it('with another hash is edited', async () => {
    const change = `UPDATE "AuditCheckpoint" SET "hash" = '${'f'.repeat(64)}' WHERE "seq" = 20`;
    expect(await faultsOf(change)).toEqual(['checkpoint 20']);
  });

  it('of another entry is edited', async () => {
    expect(await faultsOf(`UPDATE "AuditCheckpoint" SET "seq" = 15 WHERE "seq" = 10`)).toEqual(['checkpoint 10 web-1']);
    expect((await rig.verify()).faults[0]!.explanation).toContain(
      "The controller's own checkpoint of entry 10 is gone",
    );
  });

  it('beyond the end that nobody signed does not make the chain truncated', async () => {
    const change = `INSERT INTO "AuditCheckpoint" VALUES (40, '${'f'.repeat(64)}', 1, 'AAAA')`;
    expect(await faultsOf(change)).toEqual(['checkpoint 40']);
  });

  it('with another signature or time is not signed', async () => {
    expect(await faultsOf(`UPDATE "AuditCheckpoint" SET "at" = "at" + 1 WHERE "seq" = 20`)).toEqual(['signature 20']);
    await rig.sql(`UPDATE "AuditCheckpoint" SET "signature" = 'not base64 at all' WHERE "seq" = 10`);
    expect(await rig.verify()).toMatchObject({ sound: false, faults: [{ kind: 'signature', seq: 10, witness: null }] });
  });

  it('that only a host still has was deleted here', async () => {
    expect(await faultsOf(`DELETE FROM "AuditCheckpoint" WHERE "seq" = 20`)).toEqual(['checkpoint 20 web-1']);
  });

  it('of a key that is lost is not signed', async () => {
    await fill();
    await rig.restart(() => rmSync(rig.keysDir, { recursive: true }));
    expect(await rig.faults()).toEqual(['signature 1 web-1', 'signature 1']);
    expect(rig.logged.join()).toContain('not signed by its key');
  });

  it('of a key that was replaced, with all its checkpoints, does not silence the hosts', async () => {
    for (let n = 0; n < 12; n += 1) {
      await rig.write(1);
      await rig.checkpoint(web1);
    }
    await rig.sql('DELETE FROM "AuditCheckpoint"');
    await rig.restart(() => rmSync(rig.keysDir, { recursive: true }));
    await rig.write(5);
    await rig.checkpoint(web1);
    const { sound, witnesses, faults } = await rig.verify();
    expect({ sound, kinds: faults.map(({ kind, witness }) => [kind, witness]) }).toEqual({
      sound: true,
      kinds: [['signature', 'web-1']],
    });
    expect(witnesses[0]!.checkpoints).toBeGreaterThan(0);
  });
});

describe('an agent that lies', () => {
  const hash = 'f'.repeat(64);
  const honest = async () => {
    await fill();
    await rig.witness('web-2');
    return (await rig.audit.entries(14))[0]!;
  };
  const lie = (seq: number, signature: Buffer, clusterId = web1.kept.get(20)!.clusterId) =>
    web1.on('ListCheckpoints', () =>
      Promise.resolve({ checkpoints: [...web1.kept.values(), { clusterId, seq, hash, at: 1, signature }] }),
    );
  const SOUND = { sound: true, entries: 30, faults: [{ kind: 'signature', witness: 'web-1' }] };

  it('cannot make a sound audit look broken', async () => {
    await honest();
    for (const [seq, signature] of [
      [15, Buffer.alloc(64)],
      [4000, Buffer.alloc(64)],
      [20, Buffer.alloc(0)],
      [0, Buffer.alloc(1000)],
      [Number.MAX_SAFE_INTEGER, Buffer.alloc(64, 1)],
    ] as const) {
      lie(seq, signature);
      expect(await rig.verify()).toMatchObject({ ...SOUND, faults: [{ seq }] });
    }
  });

  it('cannot with a signature of another cluster', async () => {
    await honest();
    const other = await CheckpointKey.open(`${rig.keysDir}-of-another`);
    const { clusterId, signature } = other.sign(15, hash, 1);
    for (const id of [clusterId, web1.kept.get(20)!.clusterId]) {
      lie(15, signature, id);
      expect(await rig.verify()).toMatchObject(SOUND);
    }
  });

  it('cannot with the signature of another checkpoint', async () => {
    await honest();
    lie(15, web1.kept.get(20)!.signature);
    expect(await rig.verify()).toMatchObject(SOUND);
  });

  it('cannot hide what the others show', async () => {
    const { seq } = await honest();
    lie(15, Buffer.alloc(64));
    await rig.sql(`UPDATE "AuditEntry" SET "actor" = 'x' WHERE "seq" = ${seq}`);
    expect(await rig.verify()).toMatchObject({
      sound: false,
      faults: expect.arrayContaining([expect.objectContaining({ kind: 'edited', seq })]),
    });
  });

  it('is not listened to for long', async () => {
    await honest();
    const checkpoints = Array.from({ length: 20_000 }, (_, index) => ({
      ...{ clusterId: 'another', seq: 20_000 - index, hash, at: 1, signature: Buffer.alloc(64) },
    }));
    web1.on('ListCheckpoints', () => Promise.resolve({ checkpoints }));
    expect(await rig.verify()).toMatchObject({ ...SOUND, faults: [{ seq: 1 }] });
  });
});

describe('hosts that cannot be asked', () => {
  it('are named: away, older, failing', async () => {
    await fill();
    rig.hosts.add('away');
    await rig.attach(new ScriptedAgent('older', { capability: 1 }));
    (await rig.witness('broken')).on('ListCheckpoints', () =>
      Promise.reject(new FairleadError('journal_failed', 'The disk is full')),
    );
    expect(await rig.verify()).toMatchObject({
      sound: true,
      witnesses: [{ host: 'web-1' }],
      unasked: ['away', 'broken', 'older'],
    });
  });

  it('do not keep the others from being asked', async () => {
    for (let n = 0; n < 120; n += 1) {
      const agent = await rig.witness(`host-${n}`);
      if (n < 60) agent.on('ListCheckpoints', () => Promise.reject(new Error('broken')));
    }
    const { witnesses, unasked } = await rig.verify();
    expect([witnesses.length, unasked.length]).toEqual([61, 60]);
  });
});

describe('any one change', () => {
  const random = seeded(42);
  const below = (n: number) => Math.floor(random() * n);
  const other = (entry: ChainEntry): string => {
    const columns = ['at', 'actor', 'client', 'peer', 'action', 'outcome', 'hash', 'previousHash'] as const;
    const column = columns[below(columns.length)]!;
    const value = String(entry[column]);
    const place = below(value.length);
    const digit = value[place] === '7' ? '8' : '7';
    const sql = value.slice(0, place) + digit + value.slice(place + 1);
    return `UPDATE "AuditEntry" SET "${column}" = '${sql}' WHERE "seq" = ${entry.seq}`;
  };

  it('is found, and named with its seq', async () => {
    await rig.write(9);
    await rig.checkpoint(web1);
    await rig.write(50);
    const all = await entries();
    for (let run = 0; run < 60; run += 1) {
      const seq = 1 + below(all.length - 1);
      const kind = below(3);
      if (kind === 0) await rig.sql(other(all[seq - 1]!));
      else if (kind === 1) await rig.sql(`DELETE FROM "AuditEntry" WHERE "seq" = ${seq}`);
      else await rig.sql(...swap(seq, seq + 1 + below(all.length - seq)));
      expect((await rig.faults())[0]).toBe(`${['edited', 'removed', 'reordered'][kind]} ${seq}`);
      await rig.sql('DELETE FROM "AuditEntry"');
      await rig.database.prisma.auditEntry.createMany({ data: all as never });
      expect(await rig.faults()).toEqual([]);
    }
  });
});
