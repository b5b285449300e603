import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FairleadError } from '@fairlead/domain';
import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import { temporaryFolder, until } from '../testing/rig.js';
import { Gate, ScriptedAgent } from '../testing/scripted-agent.js';
import { CheckpointKey } from './checkpoint.js';
import { AuditRig, aRecord } from '../testing/audit-rig.js';

describe('the key', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let keysDir: string;

  beforeEach(() => {
    folder = temporaryFolder();
    keysDir = join(folder.path, 'keys');
  });

  afterEach(() => folder.remove());

  it('is made once, for its owner alone, with nothing left beside it', async () => {
    const first = await CheckpointKey.open(keysDir);
    const second = await CheckpointKey.open(keysDir);
    expect(second.isSigned(first.sign(1, 'f', 2))).toBe(true);
    expect(readdirSync(keysDir)).toEqual(['audit.key']);
    expect(statSync(keysDir).mode & 0o777).toBe(0o700);
    expect(statSync(join(keysDir, 'audit.key')).mode & 0o777).toBe(0o600);
  });

  it('signs all of a statement', async () => {
    const key = await CheckpointKey.open(keysDir);
    const signed = key.sign(1, 'f', 2);
    for (const change of [{ clusterId: 'd' }, { seq: 2 }, { hash: 'e' }, { at: 3 }]) {
      expect(key.isSigned({ ...signed, ...change })).toBe(false);
    }
    expect(key.isSigned(signed)).toBe(true);
  });

  it('takes the place of no other file, be that damaged or another kind of key', async () => {
    await CheckpointKey.open(keysDir);
    const file = join(keysDir, 'audit.key');
    const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
      type: 'pkcs8',
      format: 'pem',
    });
    for (const text of ['', 'nothing', String(other)]) {
      writeFileSync(file, text);
      await expect(CheckpointKey.open(keysDir)).rejects.toMatchObject({
        code: 'storage_failed',
        message: expect.stringContaining(file),
      });
      expect(readFileSync(file, 'utf8')).toBe(text);
    }
  });

  it('names its cluster by a UUID of its own', async () => {
    const { clusterId } = await CheckpointKey.open(keysDir);
    expect(clusterId).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect((await CheckpointKey.open(keysDir)).clusterId).toBe(clusterId);
    expect((await CheckpointKey.open(`${keysDir}-2`)).clusterId).not.toBe(clusterId);
  });

  it('is not read where others could read it', async () => {
    await CheckpointKey.open(keysDir);
    chmodSync(join(keysDir, 'audit.key'), 0o640);
    await expect(CheckpointKey.open(keysDir)).rejects.toMatchObject({ code: 'storage_failed' });
  });
});

describe('checkpoints', () => {
  let rig: AuditRig;

  beforeEach(async () => {
    rig = await AuditRig.start();
  });

  afterEach(() => rig.stop());

  const rows = () => rig.database.prisma.auditCheckpoint.findMany({ orderBy: { seq: 'asc' } });
  const seqs = async () => (await rows()).map(({ seq }) => seq);
  const look = async () => {
    await rig.auditing.checkpoints.look();
    return seqs();
  };

  it('are made a minute after the last one where there is something new', async () => {
    await rig.write(1);
    rig.time += 59_999;
    expect(await look()).toEqual([1]);
    rig.time += 1;
    expect(await look()).toEqual([1, 2]);
    rig.time += 60_000;
    expect(await look()).toEqual([1, 2]);
  });

  it('are made by themselves', async () => {
    await rig.write(1);
    rig.time += 60_000;
    await until('there is one', async () => (await rows()).length === 2);
  });

  it('are made after a thousand entries, without being asked', async () => {
    await rig.audit.commit(Array.from({ length: 999 }, () => aRecord()));
    expect(await look()).toEqual([1]);
    await rig.write(1);
    await until('there is one', async () => (await rows()).length === 2);
    expect(await seqs()).toEqual([1, 1001]);
  });

  it('are made though the clock was put back', async () => {
    await rig.write(1);
    rig.time -= 86_400_000;
    expect(await look()).toEqual([1, 2]);
  });

  it('are no rows of the audit', async () => {
    await rig.write(1);
    await rig.checkpoint();
    expect(await rig.audit.end()).toMatchObject({ seq: 2 });
  });

  it('are tried again where they could not be stored, and nobody has got them', async () => {
    const agent = await rig.witness('web-1');
    await until('it has the first', () => agent.kept.has(1));
    await rig.sql('ALTER TABLE "AuditCheckpoint" RENAME TO "Away"');
    await rig.write(1);
    await rig.auditing.checkpoints.look(true);
    expect(rig.logged.at(-1)).toContain('no checkpoint of the audit could be made');
    await rig.sql('ALTER TABLE "Away" RENAME TO "AuditCheckpoint"');
    expect([...agent.kept.keys()]).toEqual([1]);
    await rig.checkpoint(agent);
    expect(await seqs()).toEqual([1, 2]);
  });

  it('end with the last act of a controller that stops', async () => {
    await rig.write(3);
    await rig.close();
    await rig.open();
    expect(await seqs()).toEqual([1, 4]);
  });
});

describe('a witness', () => {
  let rig: AuditRig;

  beforeEach(async () => {
    rig = await AuditRig.start();
  });

  afterEach(() => rig.stop());

  it('gets the newest checkpoint when it connects, and each new one', async () => {
    await rig.write(4);
    await rig.checkpoint();
    const agent = await rig.witness('web-1');
    await until('it has the newest', () => agent.kept.has(5));
    await rig.write(1);
    await rig.checkpoint(agent);
    expect([...agent.kept.keys()]).toEqual([5, 6]);
    const [row] = await rig.database.prisma.auditCheckpoint.findMany({ where: { seq: 6 } });
    expect(agent.kept.get(6)).toMatchObject({ hash: row!.hash, at: Number(row!.at) });
    expect(agent.kept.get(6)!.signature.toString('base64')).toBe(row!.signature);
  });

  it('gets it once a session, however often its host changes', async () => {
    const agent = await rig.witness('web-1');
    await until('it has it', () => agent.kept.has(1));
    await rig.restart();
    await rig.restart();
    expect(agent.callsOf('KeepCheckpoint').length).toBeLessThanOrEqual(3);
  });

  it('of an older kind is left alone', async () => {
    const older = new ScriptedAgent('older', { capability: 1 });
    await rig.attach(older);
    await rig.checkpoint(await rig.witness('web-1'));
    expect(older.callsOf('KeepCheckpoint')).toEqual([]);
  });

  it('that fails is told of and gets the next one, and its session goes on', async () => {
    const agent = new ScriptedAgent('web-1', { capability: 2 });
    agent.on('KeepCheckpoint', () => Promise.reject(new FairleadError('journal_failed', 'The disk is full')));
    const connection = await rig.attach(agent);
    await until('it is told', () => rig.logged.some((line) => line.includes('The disk is full')));
    expect(rig.logged.join()).toContain('"host":"web-1"');
    agent.on('KeepCheckpoint', (checkpoint) => {
      agent.kept.set(checkpoint.seq, checkpoint);
      return Promise.resolve({});
    });
    await rig.write(1);
    await rig.checkpoint(agent);
    expect(connection.host.name).toBe('web-1');
  });

  it('that is slow gets the last of those that were made meanwhile, and at most 20 are handed theirs at a time', async () => {
    const gate = new Gate();
    let [busy, most] = [0, 0];
    const agents: ScriptedAgent[] = [];
    for (let n = 0; n < 50; n += 1) {
      const agent = new ScriptedAgent(`host-${n}`, { capability: 2 });
      agent.on('KeepCheckpoint', async (checkpoint) => {
        most = Math.max(most, ++busy);
        await gate.opened;
        busy -= 1;
        agent.kept.set(checkpoint.seq, checkpoint);
        return {};
      });
      await rig.attach(agent);
      agents.push(agent);
    }
    await rig.write(1);
    await rig.auditing.checkpoints.look(true);
    await rig.write(1);
    await rig.auditing.checkpoints.look(true);
    gate.open();
    await until('all have the last', () => agents.every(({ kept }) => kept.has(3)));
    expect(most).toBe(20);
    expect([...agents.at(-1)!.kept.keys()]).toEqual([3]);
  });
});
