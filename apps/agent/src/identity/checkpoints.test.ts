import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { memoryLog } from '../testing/memory-log.js';
import { type CheckpointLimits, Checkpoints, toMessage } from './checkpoints.js';

const CLUSTER = '0198c0de-0000-7000-8000-000000000001';
const DAY_MS = 86_400_000;

let folder: string;
let time = 0;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fairlead-checkpoints-'));
  time = 1_795_000_000_000;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const path = (): string => join(folder, 'checkpoints.jsonl');
const open = (limits?: CheckpointLimits, log = memoryLog()) =>
  new Checkpoints({ folder, log, now: () => time, ...(limits && { limits }) });
const aCheckpoint = (seq: number, hash = 'a'.repeat(64)) => ({
  clusterId: CLUSTER,
  seq,
  hash,
  at: 1_795_000_000_000,
  signature: Buffer.alloc(64, seq % 256),
});
const seqsOf = async (checkpoints: Checkpoints): Promise<number[]> => (await checkpoints.list()).map(({ seq }) => seq);

describe('checkpoints', () => {
  it('are kept over a restart, for the owner alone, and given back as they came', async () => {
    const first = open();
    await first.keep(aCheckpoint(1));
    await first.keep(aCheckpoint(9));
    expect((await open().list()).map(toMessage)).toEqual([aCheckpoint(1), aCheckpoint(9)]);
    expect(statSync(path()).mode & 0o777).toBe(0o600);
  });

  it('are never replaced', async () => {
    const log = memoryLog();
    const checkpoints = open(undefined, log);
    await checkpoints.keep(aCheckpoint(1));
    await checkpoints.keep(aCheckpoint(1));
    await expect(checkpoints.keep(aCheckpoint(1, 'b'.repeat(64)))).rejects.toMatchObject({ code: 'already_exists' });
    await expect(open().keep(aCheckpoint(1, 'b'.repeat(64)))).rejects.toMatchObject({ code: 'already_exists' });
    await checkpoints.keep({ ...aCheckpoint(1, 'b'.repeat(64)), clusterId: CLUSTER.replace('1', '2') });
    expect((await open().list()).map(({ hash }) => hash[0])).toEqual(['a', 'b']);
    expect(log.lines).toEqual([expect.objectContaining({ level: 'warn' })]);
  });

  it.each([{ clusterId: 'x' }, { hash: 'A'.repeat(64) }, { seq: -1 }, { seq: 1.5 }, { signature: Buffer.alloc(63) }])(
    'have a form: %j',
    async (wrong) => {
      await expect(open().keep({ ...aCheckpoint(1), ...wrong })).rejects.toMatchObject({ code: 'invalid_argument' });
      expect(await open().list()).toEqual([]);
    },
  );

  it('outlive a line that a crash has torn', async () => {
    await open().keep(aCheckpoint(1));
    appendFileSync(path(), '{"clusterId":"019');
    const log = memoryLog();
    const checkpoints = open(undefined, log);
    await checkpoints.keep(aCheckpoint(2));
    expect(await seqsOf(open())).toEqual([1, 2]);
    expect(log.lines).toEqual([expect.objectContaining({ details: { lines: 1 } })]);
  });

  it('are thinned to the first of each day once there are too many, and the newest are all kept', async () => {
    const limits = { recent: 4, lines: 10 };
    const checkpoints = open(limits);
    for (let seq = 1; seq <= 11; seq += 1) {
      await checkpoints.keep(aCheckpoint(seq));
      if (seq === 3) time += DAY_MS;
    }
    expect(await seqsOf(checkpoints)).toEqual([1, 4, 8, 9, 10, 11]);
    expect(await seqsOf(open(limits))).toEqual([1, 4, 8, 9, 10, 11]);
    await expect(open(limits).keep(aCheckpoint(4, 'b'.repeat(64)))).rejects.toMatchObject({ code: 'already_exists' });
  });

  it('cannot be pushed out by a flood of later ones', async () => {
    const checkpoints = open({ recent: 4, lines: 10 });
    await checkpoints.keep(aCheckpoint(1));
    time += DAY_MS;
    for (let seq = 2; seq <= 200; seq += 1) await checkpoints.keep(aCheckpoint(seq));
    expect((await seqsOf(checkpoints)).slice(0, 2)).toEqual([1, 2]);
    expect(readFileSync(path(), 'utf8').split('\n').filter(Boolean).length).toBeLessThanOrEqual(10);
  });
});
