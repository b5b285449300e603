import { appendFile, mkdtemp, open, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Network } from '@fairlead/domain';
import { type MemoryLog, memoryLog } from '../testing/memory-log.js';
import { untilQuiet } from '../testing/manual-timing.js';
import type { Entry } from './entries.js';
import { type Handle, openHandle } from './journal-file.js';
import { Journal, type JournalLimits, type JournalOptions } from './journal.js';

const DAY_MS = 86_400_000;
let folder: string;
let log: MemoryLog;
let time: number;
const opened: Journal[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairlead-journal-'));
  log = memoryLog();
  time = 1_000_000 * DAY_MS;
});
afterEach(async () => {
  for (const journal of opened.splice(0)) await journal.close().catch(() => undefined);
  await rm(folder, { recursive: true, force: true });
});

async function openJournal(options: Partial<JournalOptions> = {}): Promise<Journal> {
  const journal = await Journal.open({ folder, log, now: () => time, clock: () => 0, ...options });
  opened.push(journal);
  return journal;
}

const path = (): string => join(folder, 'journal.jsonl');
const started = (op: string, at = time): Entry => ({
  t: 'started',
  op,
  at,
  method: 'RemoveNetwork',
  request: 'hash',
  what: '',
});
const done = (op: string, at = time): Entry => ({ t: 'done', op, at, request: 'hash', response: 'AQI=' });
const network = (name: string): Network => ({ id: name.repeat(8), name, endpoints: [] }) as unknown as Network;

/** A file whose calls can be made to fail, and that remembers them. */
function faulty(fail: (call: string) => Error | undefined, calls: string[] = []) {
  return async (file: string): Promise<Handle> => {
    const handle = await openHandle(file);
    const through =
      <A extends unknown[], R>(name: string, act: (...args: A) => Promise<R>) =>
      async (...args: A): Promise<R> => {
        calls.push(name);
        const error = fail(name);
        if (error) throw error;
        return act(...args);
      };
    return {
      write: through('write', (...args) => handle.write(...args)),
      read: through('read', (...args) => handle.read(...args)),
      datasync: through('datasync', () => handle.datasync()),
      truncate: through('truncate', (length) => handle.truncate(length)),
      close: () => handle.close(),
    };
  };
}

const noSpace = (): Error => Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });

describe('the journal', () => {
  it('is for its owner alone', async () => {
    await openJournal({ folder: join(folder, 'deep', 'agent') });
    expect((await stat(join(folder, 'deep', 'agent'))).mode & 0o777).toBe(0o700);
    expect((await stat(join(folder, 'deep', 'agent', 'journal.jsonl'))).mode & 0o777).toBe(0o600);
  });

  it('keeps its id and its operations over a restart', async () => {
    const first = await openJournal();
    await first.append(started('a'), { t: 'removing', op: 'a', at: time, network: network('net') });
    await first.append(done('a'));
    await first.append({ t: 'refused', op: 'b', at: time, why: 'too late' });
    await first.close();
    const second = await openJournal();
    expect(second.id).toBe(first.id);
    const record = await second.find('a');
    expect(record).toMatchObject({
      state: 'done',
      request: 'hash',
      removing: [{ name: 'net' }],
      response: Buffer.from([1, 2]),
    });
    expect(await second.find('b')).toMatchObject({ state: 'refused', why: 'too late' });
    expect(await second.find('c')).toBeUndefined();
  });

  it('resolves an append only after the disk has it', async () => {
    const calls: string[] = [];
    const journal = await openJournal({ openFile: faulty(() => undefined, calls) });
    calls.length = 0;
    await journal.append(started('a'));
    expect(calls).toEqual(['write', 'datasync']);
  });

  it('takes what is given at the same time to the disk together', async () => {
    const calls: string[] = [];
    const journal = await openJournal({ openFile: faulty(() => undefined, calls) });
    calls.length = 0;
    await Promise.all(Array.from({ length: 50 }, (_, index) => journal.append(started(`op-${index}`))));
    expect(calls.filter((call) => call === 'datasync').length).toBeLessThanOrEqual(3);
    for (let index = 0; index < 50; index += 1)
      expect(await journal.find(`op-${index}`)).toMatchObject({ state: 'started' });
  });

  it('cuts off a torn last line, says so, and goes on', async () => {
    const first = await openJournal();
    await first.append(started('a'));
    await first.close();
    await appendFile(path(), '{"t":"done","op":"a","at":17,"requ');
    const second = await openJournal();
    expect(second.id).toBe(first.id);
    expect(await second.find('a')).toMatchObject({ state: 'started' });
    expect(log.lines.some(({ message }) => message.includes('torn'))).toBe(true);
    await second.append(done('a'));
    await second.close();
    expect(await (await openJournal()).find('a')).toMatchObject({ state: 'done' });
    for (const line of (await readFile(path(), 'utf8')).trimEnd().split('\n'))
      expect(JSON.parse(line)).toHaveProperty('t');
  });

  it('survives a cut at every byte of its last append: all of it counts, or none', async () => {
    const first = await openJournal();
    await first.append(started('a'));
    const before = (await stat(path())).size;
    await first.append(started('b'), { t: 'removing', op: 'b', at: time, network: network('net') });
    await first.close();
    const whole = await readFile(path());
    for (let length = before; length <= whole.length; length += 1) {
      await writeFile(path(), whole.subarray(0, length));
      const journal = await Journal.open({ folder, log, now: () => time, clock: () => 0 });
      expect(journal.id).toBe(first.id);
      expect(await journal.find('a')).toMatchObject({ state: 'started' });
      const record = await journal.find('b');
      if (length === whole.length) expect(record?.removing).toHaveLength(1);
      await journal.close();
    }
  });

  it('is lost, with another id, when it is damaged anywhere else', async () => {
    const first = await openJournal();
    await first.append(started('a'), done('a'), started('b'));
    await first.close();
    const text = await readFile(path(), 'utf8');
    await writeFile(path(), text.replace('"t":"done"', '"t":"do'));
    const second = await openJournal();
    expect(second.id).not.toBe(first.id);
    expect(await second.find('b')).toBeUndefined();
    expect((await readdir(folder)).filter((name) => name.includes('damaged'))).toHaveLength(1);
    expect(log.lines.some(({ message }) => message.includes('put aside'))).toBe(true);
  });

  it('does not take a foreign file for its own', async () => {
    await writeFile(path(), 'hello\nworld\n');
    await openJournal();
    expect((await readdir(folder)).some((name) => name.includes('damaged'))).toBe(true);
  });

  it.each(['write', 'datasync'])(
    'counts nothing of an append whose %s fails, and goes on when there is room',
    async (broken) => {
      let full = false;
      const journal = await openJournal({
        openFile: faulty((call) => (full && call === broken ? noSpace() : undefined)),
      });
      await journal.append(started('a'));
      full = true;
      await expect(journal.append(started('b'))).rejects.toMatchObject({
        code: 'journal_failed',
        message: expect.stringContaining('ENOSPC'),
        hint: expect.stringContaining('Nothing was changed'),
      });
      expect(await journal.find('b')).toBeUndefined();
      full = false;
      await journal.append(started('c'));
      await journal.close();
      const again = await openJournal();
      expect(await again.find('b')).toBeUndefined();
      expect(await again.find('c')).toMatchObject({ state: 'started' });
    },
  );

  it('refuses to follow a link', async () => {
    const { symlink } = await import('node:fs/promises');
    await symlink('/dev/null', path());
    await expect(openJournal()).rejects.toMatchObject({ code: 'journal_failed' });
  });
});

describe('a journal that has grown', () => {
  const limits = (more: Partial<JournalLimits> = {}): JournalLimits => ({
    maxAgeMs: 7 * DAY_MS,
    operations: 10,
    bytes: 4_000,
    rewriteAt: 8_000,
    ...more,
  });

  const idAt = (ms: number): string => {
    const hex = Math.floor(ms).toString(16).padStart(12, '0');
    return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
  };

  it('is rewritten below its limit, and keeps what has no end yet and the records of removed networks longest', async () => {
    const journal = await openJournal({ limits: limits() });
    await journal.append(started('open'));
    await journal.append(started('old'), { t: 'removing', op: 'old', at: time, network: network('net') }, done('old'));
    time += 30 * DAY_MS;
    for (let index = 0; index < 200; index += 1, time += DAY_MS)
      await journal.append(started(`op-${index}`), done(`op-${index}`));
    await untilQuiet(50);
    expect((await stat(path())).size).toBeLessThan(9_000);
    expect(await journal.find('open')).toMatchObject({ state: 'started' });
    expect(await journal.find('op-199')).toMatchObject({ state: 'done' });
    expect(await journal.find('old')).toBeUndefined();
    expect(await journal.findRemoval('old', network('net').id)).toMatchObject({ network: { name: 'net' } });
    expect(await journal.find('op-0')).toBeUndefined();
    const { id } = journal;
    await journal.close();
    const again = await openJournal({ limits: limits() });
    expect(again.id).toBe(id);
    expect(await again.find('op-199')).toMatchObject({ state: 'done' });
    expect(await again.findRemoval('old', network('net').id)).toMatchObject({ network: { name: 'net' } });
  });

  it('finds the last record of each network that an operation was to remove, and no other', async () => {
    const journal = await openJournal();
    const lines = ['a', 'b', 'a'].map((name, at): Entry => ({ t: 'removing', op: 'op', at, network: network(name) }));
    await journal.append(started('op'), ...lines, done('op'));
    expect(await journal.findRemoval('op', network('a').id)).toMatchObject({ at: 2, network: { name: 'a' } });
    expect(await journal.findRemoval('op', network('c').id)).toBeUndefined();
    expect(await journal.findRemoval('other', network('a').id)).toBeUndefined();
  });

  it('reads for the record of a network no other line than that', async () => {
    const calls: string[] = [];
    const names = Array.from({ length: 50 }, (_, index) => `net-${index}`);
    const lines = names.map((name): Entry => ({ t: 'removing', op: 'op', at: time, network: network(name) }));
    await (await openJournal()).append(started('op'), ...lines);
    const journal = await openJournal({ openFile: faulty(() => undefined, calls) });
    calls.length = 0;
    expect(await journal.findRemoval('op', network('net-7').id)).toMatchObject({ network: { name: 'net-7' } });
    expect(calls).toEqual(['read']);
  });

  it('knows of an operation that it does not find whether it may have dropped it', async () => {
    const journal = await openJournal({ limits: limits() });
    time = 1_795_000_000_000;
    expect(journal.mayHaveDropped(idAt(time - 30 * DAY_MS))).toBe(false);
    for (let index = 0; index < 200; index += 1, time += DAY_MS)
      await journal.append(started(`op-${index}`), done(`op-${index}`));
    await untilQuiet(50);
    expect(journal.mayHaveDropped(idAt(time - 30 * DAY_MS))).toBe(true);
    expect(journal.mayHaveDropped(idAt(time + 2 * DAY_MS))).toBe(false);
    expect(journal.mayHaveDropped('not-a-uuid')).toBe(false);
  });

  it('keeps the highest fence of each policy, whatever it drops', async () => {
    const of = (fence: number, policyId: string) => ({ run: { policyId, runId: `run-${fence}`, fence } });
    const journal = await openJournal({ limits: limits() });
    await journal.append({ ...started('a'), ...of(7, 'nightly') }, done('a'));
    await journal.append({ ...started('b'), ...of(4, 'nightly') }, done('b'));
    await journal.append({ ...started('c'), ...of(1, 'weekly') }, done('c'));
    for (let index = 0; index < 200; index += 1, time += DAY_MS)
      await journal.append(started(`op-${index}`), done(`op-${index}`));
    await untilQuiet(50);
    expect(await journal.find('a')).toBeUndefined();
    await journal.close();
    const again = await openJournal({ limits: limits() });
    expect(['nightly', 'weekly', 'never'].map((policy) => again.fenceOf(policy))).toEqual([7, 1, 0]);
  });

  it('cuts the records of networks, never the outcomes of young operations, to be small again', async () => {
    time = 1_795_000_000_000;
    const journal = await openJournal({ limits: limits() });
    for (let index = 0; index < 60; index += 1) {
      const op = `op-${index}`;
      await journal.append(started(op), { t: 'removing', op, at: time, network: network(`net-${index}`) }, done(op));
      time += 1_000;
    }
    await untilQuiet(50);
    expect(log.lines.some(({ message }) => message.includes('rewritten'))).toBe(true);
    expect(await journal.find('op-0')).toMatchObject({ state: 'done', response: Buffer.from([1, 2]), removing: [] });
    expect(journal.mayHaveDropped(idAt(time + 60_000))).toBe(false);
    expect(journal.mayHaveDropped(idAt(time - 30 * DAY_MS))).toBe(false);
  });

  it.each([
    ['operations', { operations: 5, bytes: 1_000_000, rewriteAt: 1_000_000 }],
    ['bytes', { operations: 1_000, bytes: 500, rewriteAt: 1_000 }],
  ])('is rewritten again only when it has doubled, where more %s are kept than its limit', async (_, more) => {
    const journal = await openJournal({ limits: limits(more) });
    for (let index = 0; index < 100; index += 1) {
      await journal.append(started(`op-${index}`));
      await untilQuiet(20);
    }
    const rewrites = log.lines.filter(({ message }) => message.includes('was rewritten')).length;
    expect(rewrites).toBeGreaterThan(1);
    expect(rewrites).toBeLessThan(8);
  });

  it('loses nothing that is given while it is rewritten', async () => {
    const journal = await openJournal({ limits: limits({ operations: 1_000, bytes: 1_000_000, rewriteAt: 3_000 }) });
    const ops = Array.from({ length: 120 }, (_, index) => `op-${index}`);
    await Promise.all(
      ops.map(async (op, index) => {
        await untilQuiet(index % 7);
        await journal.append(started(op));
        expect(await journal.find(op)).toMatchObject({ state: 'started' });
        await journal.append(done(op));
      }),
    );
    await journal.close();
    const again = await openJournal();
    for (const op of ops) expect(await again.find(op)).toMatchObject({ state: 'done' });
  });

  it('goes on growing where it cannot be rewritten', async () => {
    const opens: string[] = [];
    const openFile = (file: string): Promise<Handle> => {
      opens.push(file);
      return opens.length > 2 ? Promise.reject(noSpace()) : openHandle(file);
    };
    const journal = await openJournal({ openFile, limits: limits({ rewriteAt: 500 }) });
    for (let index = 0; index < 10; index += 1) await journal.append(started(`op-${index}`));
    await untilQuiet(50);
    expect(await journal.find('op-9')).toMatchObject({ state: 'started' });
    expect(log.lines.filter(({ message }) => message.includes('could not be rewritten'))).toHaveLength(1);
  });

  it('reads a journal of a megabyte line by line', async () => {
    const journal = await openJournal();
    const { id } = journal;
    const label = 'ä'.repeat(50_000);
    for (let index = 0; index < 12; index += 1) {
      const wide = { ...network(`n${index}`), labels: { label } };
      await journal.append(started(`op-${index}`), { t: 'removing', op: `op-${index}`, at: time, network: wide });
    }
    await journal.close();
    const handle = await open(path());
    expect((await handle.stat()).size).toBeGreaterThan(1_000_000);
    await handle.close();
    const again = await openJournal();
    expect(again.id).toBe(id);
    expect((await again.find('op-11'))?.removing[0]?.labels['label']).toBe(label);
  });
});
