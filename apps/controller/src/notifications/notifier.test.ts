import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Database, openDatabase, Prisma } from '../database/index.js';
import { aNotice } from '../testing/notices.js';
import { HttpReceiver, MailReceiver } from '../testing/receivers.js';
import { temporaryFolder, until } from '../testing/rig.js';
import { SecretWatch } from '../testing/secret-watch.js';
import { toWarnings } from '../log.js';
import { type ChannelConfig } from './channel-config.js';
import { type Notice } from './notice.js';
import { NotificationsStore, type StoredNotification } from './notifications.store.js';
import { createNotifier, type Notifier, type NotifierOptions } from './notifier.js';

const HOUR = 3_600_000;
const SECRET = `whsec_${Buffer.alloc(32, 251).toString('base64')}`;
const START = Date.parse('2026-11-24T01:00:00Z');

let folder: ReturnType<typeof temporaryFolder>;
let database: Database;
let receiver: HttpReceiver;
let watch: SecretWatch;
let time: number;
/** What is to run later, the oldest first. */
let later: { ms: number; run: () => void }[];
let notifiers: Notifier[];

beforeEach(async () => {
  folder = temporaryFolder();
  database = await openDatabase(folder.path);
  receiver = await HttpReceiver.start();
  watch = new SecretWatch();
  time = START;
  [later, notifiers] = [[], []];
});

afterEach(async () => {
  await receiver.stop();
  await Promise.all(notifiers.map((notifier) => notifier.stop()));
  await database.close();
  folder.remove();
});

const hook = (name: string): ChannelConfig => ({
  name,
  kind: 'webhook',
  url: new URL(`${receiver.url}/${name}`),
  secret: SECRET,
});

function after(ms: number, run: () => void): () => void {
  const entry = { ms, run };
  later.push(entry);
  return () => void (later = later.filter((each) => each !== entry));
}

function aNotifier(channels: readonly ChannelConfig[], more: Partial<NotifierOptions> = {}): Notifier {
  const own = { database, publicUrl: null, now: () => time, log: toWarnings(watch.logger), after, random: () => 0.5 };
  const notifier = createNotifier({ channels, ...own, ...more });
  notifiers.push(notifier);
  return notifier;
}

/** Lets time pass, and what was to run after it run. */
function pass(ms: number): void {
  time += ms;
  const due = later.filter((each) => each.ms <= ms);
  later = later.filter((each) => each.ms > ms).map(({ ms: rest, run }) => ({ ms: rest - ms, run }));
  for (const { run } of due) run();
}

const write = async (notifier: Notifier, channels: readonly string[], more: Partial<Notice> = {}): Promise<Notice> => {
  const notice = aNotice(more);
  await database.transaction(notifier.outbox(notice, channels));
  notifier.wake();
  return notice;
};

const stored = (): Promise<StoredNotification[]> => new NotificationsStore(database).latest(100);
const states = async (): Promise<string[]> => (await stored()).map(({ state }) => state).reverse();
const ended = (): Promise<void> => until('all are ended', async () => !(await states()).includes('waiting'));
const attempted = (count: number): Promise<void> =>
  until(`${count} attempts are written down`, async () => {
    const rows = await stored();
    return rows.reduce((sum, { attempts }) => sum + attempts, 0) >= count;
  });
const ids = (): unknown[] => receiver.received.map(({ headers }) => headers['webhook-id']);
const paths = (): string[] => receiver.received.map(({ path }) => path.slice(1));

describe('the outbox', () => {
  it('is written with what it tells of, or not at all', async () => {
    const notifier = aNotifier([hook('a')]);
    notifier.start();
    const impossible = Prisma.sql`INSERT INTO "Notification" ("id") VALUES (NULL)`;
    await expect(database.transaction([...notifier.outbox(aNotice(), ['a']), impossible])).rejects.toThrow();
    notifier.wake();
    const notice = await write(notifier, ['a']);
    await ended();
    expect(ids()).toEqual([notice.id]);
    expect(await stored()).toMatchObject([
      { channel: 'a', notice, state: 'delivered', attempts: 1, createdAt: START, endedAt: START, error: null },
    ]);
  });

  it('has a row for each channel, and none for no channel', async () => {
    const notifier = aNotifier([hook('a'), hook('b'), hook('c')]);
    const notice = await write(notifier, ['b', 'a', 'b']);
    expect(await stored()).toMatchObject([
      { channel: 'a', state: 'waiting' },
      { channel: 'b', state: 'waiting' },
    ]);
    notifier.start();
    await ended();
    expect(paths().sort()).toEqual(['a', 'b']);
    expect(ids()).toEqual([notice.id, notice.id]);
    expect(notifier.outbox(notice, [])).toEqual([]);
  });

  it('shows the latest notices, of one run or of all', async () => {
    const notifier = aNotifier([]);
    for (const runId of ['r1', 'r2', 'r1']) await write(notifier, ['a'], { runId });
    const store = new NotificationsStore(database);
    expect((await store.latest(2)).map(({ notice }) => notice.runId)).toEqual(['r1', 'r2']);
    expect((await store.latest(9, 'r1')).map(({ notice }) => notice.runId)).toEqual(['r1', 'r1']);
  });
});

describe('the notifier', () => {
  it('shows names and kinds of its channels, and nothing else', () => {
    const { channels } = aNotifier([hook('a'), { name: 'chat', kind: 'slack', url: new URL('https://h.example/x') }]);
    expect(channels).toEqual([
      { name: 'a', kind: 'webhook' },
      { name: 'chat', kind: 'slack' },
    ]);
  });

  it('delivers at its start what another life of the controller left behind', async () => {
    const notice = await write(aNotifier([hook('a')]), ['a']);
    time += 72 * HOUR;
    aNotifier([hook('a')]).start();
    await ended();
    expect(ids()).toEqual([notice.id]);
  });

  it('tries again after a while, with the same id and a signature of its own time', async () => {
    receiver.reactions.push(500, 503);
    const notifier = aNotifier([hook('a')]);
    notifier.start();
    const notice = await write(notifier, ['a']);
    await attempted(1);
    pass(4_999);
    notifier.wake();
    pass(1);
    await attempted(2);
    expect(await stored()).toMatchObject([{ state: 'waiting', error: 'answered 503', nextAt: START + 15_000 }]);
    pass(10_000);
    await ended();
    expect(ids()).toEqual([notice.id, notice.id, notice.id]);
    const at = START / 1000;
    expect(receiver.received.map(({ headers }) => Number(headers['webhook-timestamp']) - at)).toEqual([0, 5, 15]);
    expect(await stored()).toMatchObject([{ state: 'delivered', attempts: 3, error: null }]);
    expect(watch.lines).toEqual([]);
  });

  it('leaves a receiver alone for as long as it asks', async () => {
    receiver.reactions.push([429, { 'retry-after': '7200' }]);
    const notifier = aNotifier([hook('a')]);
    notifier.start();
    await write(notifier, ['a']);
    await attempted(1);
    expect(await stored()).toMatchObject([{ nextAt: START + 2 * HOUR }]);
    time = START + 2 * HOUR - 1;
    notifier.wake();
    expect(await states()).toEqual(['waiting']);
    time += 1;
    notifier.wake();
    await ended();
    const at = START / 1000;
    expect(receiver.received.map(({ headers }) => Number(headers['webhook-timestamp']) - at)).toEqual([0, 7_200]);
  });

  it('gives up after a day, and says so once', async () => {
    const notifier = aNotifier([hook('a')]);
    notifier.start();
    receiver.reactions.push(...Array.from({ length: 200 }, () => 500));
    const notice = await write(notifier, ['a']);
    for (let attempts = 1; (await states())[0] === 'waiting'; attempts++) {
      await attempted(attempts);
      const [row] = await stored();
      time = Math.max(time, row!.nextAt);
      notifier.wake();
    }
    const [row] = await stored();
    expect(row).toMatchObject({ state: 'failed', error: 'answered 500', endedAt: START + 24 * HOUR });
    expect(row!.attempts).toBeGreaterThan(24);
    expect(watch.lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      expect.objectContaining({
        msg: 'a notification was given up',
        channel: 'a',
        notice: notice.id,
        event: 'finished',
        run: '0199-r',
        error: 'answered 500',
      }),
    ]);
  });

  it.each([410, 400])('gives up at once when the answer is %d', async (status) => {
    receiver.reactions.push(status);
    const notifier = aNotifier([hook('a')]);
    notifier.start();
    await write(notifier, ['a']);
    await ended();
    expect(await stored()).toMatchObject([{ state: 'failed', attempts: 1, error: `answered ${status}` }]);
    expect(watch.lines).toHaveLength(1);
  });

  it('fails what is for a channel that is no longer there', async () => {
    await write(aNotifier([hook('old')]), ['old']);
    aNotifier([hook('new')]).start();
    await ended();
    expect(receiver.received).toEqual([]);
    expect(await stored()).toMatchObject([{ state: 'failed', error: expect.stringContaining('no such channel') }]);
  });

  it('passes over a notice that it cannot read, as of another version', async () => {
    const notifier = aNotifier([{ name: 'chat', kind: 'slack', url: new URL(receiver.url) }]);
    await write(notifier, ['chat']);
    await database.transaction([Prisma.sql`UPDATE "Notification" SET "notice" = '{"id":"x"}'`]);
    await write(notifier, ['chat']);
    notifier.start();
    await ended();
    expect(await states()).toEqual(['failed', 'delivered']);
    expect(receiver.received).toHaveLength(1);
  });

  it('keeps the order of a channel, also when the first one is put off', async () => {
    receiver.reactions.push(500);
    const notifier = aNotifier([hook('a')]);
    notifier.start();
    const first = await write(notifier, ['a']);
    await attempted(1);
    const rest = [await write(notifier, ['a']), await write(notifier, ['a']), await write(notifier, ['a'])];
    pass(5_000);
    await ended();
    expect(ids()).toEqual([first, first, ...rest].map(({ id }) => id));
    expect(receiver.mostOpen).toBe(1);
  });

  it('does not let one channel keep the others waiting', async () => {
    receiver.reactions.push(() => undefined);
    const notifier = aNotifier([hook('a'), hook('b')]);
    notifier.start();
    await write(notifier, ['a']);
    await until('the first hangs', () => receiver.received.length === 1);
    await write(notifier, ['a', 'b']);
    await until('the other channel has its own', async () => (await states()).includes('delivered'));
    expect(paths()).toEqual(['a', 'b']);
  });

  it('delivers to four channels at a time', async () => {
    const answers: (() => void)[] = [];
    for (let i = 0; i < 6; i++) receiver.reactions.push((response) => void answers.push(() => response.end()));
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    const notifier = aNotifier(names.map(hook));
    notifier.start();
    await write(notifier, names);
    await until('four are under way', () => answers.length === 4);
    notifier.wake();
    expect(await states()).toEqual(Array.from(names, () => 'waiting'));
    expect(paths()).toHaveLength(4);
    answers[2]!();
    await until('the fifth is', () => answers.length === 5);
    expect(paths()).toHaveLength(5);
    for (const each of answers.splice(0)) each();
    await until('the last is', () => answers.length === 1);
    answers[0]!();
    await ended();
    expect(paths().sort()).toEqual(names);
  });

  it('does not send again what was delivered while it looked', async () => {
    const held: (() => void)[] = [];
    let holds = false;
    const read: Database['read'] = async <T>(sql: Prisma.Sql) => {
      const rows = await database.read<T>(sql);
      if (holds) await new Promise<void>((resolve) => held.push(resolve));
      return rows;
    };
    const transaction: Database['transaction'] = (statements) => database.transaction(statements);
    let answer = (): void => undefined;
    receiver.reactions.push((response) => (answer = (): void => void response.end()));
    const notifier = aNotifier([hook('a')], { database: { read, transaction } });
    notifier.start();
    await write(notifier, ['a']);
    await until('it is under way', () => receiver.received.length === 1);
    holds = true;
    notifier.wake();
    await until('it has looked', () => held.length === 1);
    holds = false;
    answer();
    await ended();
    held[0]!();
    await write(notifier, ['a']);
    await ended();
    expect(new Set(ids()).size).toBe(receiver.received.length);
  });

  it('looks by itself once a minute, for rows that nobody woke it for', async () => {
    const notifier = aNotifier([hook('a')]);
    notifier.start();
    await until('it has looked', () => later.length === 1);
    await database.transaction(notifier.outbox(aNotice(), ['a']));
    expect(later.map(({ ms }) => ms)).toEqual([60_000]);
    pass(60_000);
    await ended();
    expect(receiver.received).toHaveLength(1);
  });

  it('sends nothing twice while what became of it cannot be written down', async () => {
    let broken = true;
    const transaction: Database['transaction'] = (statements) =>
      broken ? Promise.reject(new Error('the disk is full')) : database.transaction(statements);
    const read: Database['read'] = (sql) => database.read(sql);
    await write(aNotifier([hook('a')]), ['a', 'a']);
    const notifier = aNotifier([hook('a')], { database: { read, transaction } });
    notifier.start();
    await until('it was tried to write', () => watch.lines.length > 0);
    notifier.wake();
    await until('it waits', () => later.some(({ ms }) => ms === 5_000));
    pass(5_000);
    await until('it was tried again', () => watch.lines.length > 1);
    broken = false;
    await until('it waits', () => later.some(({ ms }) => ms === 5_000));
    pass(5_000);
    await ended();
    expect(receiver.received).toHaveLength(1);
    expect(await stored()).toMatchObject([{ state: 'delivered', attempts: 1 }]);
  });

  it('goes on after a look that failed', async () => {
    let broken = true;
    const read: Database['read'] = (sql) => (broken ? Promise.reject(new Error('no')) : database.read(sql));
    const transaction: Database['transaction'] = (statements) => database.transaction(statements);
    const notifier = aNotifier([hook('a')], { database: { read, transaction } });
    notifier.start();
    await write(notifier, ['a']);
    await until('it has failed', () => watch.lines.length > 0 && later.length > 0);
    broken = false;
    pass(60_000);
    await ended();
  });
});

describe('stopping', () => {
  it('waits for what is under way', async () => {
    let answer = (): void => undefined;
    receiver.reactions.push((response) => (answer = (): void => void response.end()));
    const notifier = aNotifier([hook('a')]);
    notifier.start();
    await write(notifier, ['a']);
    await until('it is under way', () => receiver.received.length === 1);
    const stopped = notifier.stop();
    answer();
    await stopped;
    expect(await states()).toEqual(['delivered']);
  });

  it('cuts off what takes too long, which the next controller sends again', async () => {
    receiver.reactions.push(() => undefined);
    const notifier = aNotifier([hook('a')]);
    notifier.start();
    const notice = await write(notifier, ['a']);
    await until('it is under way', () => receiver.received.length === 1);
    const stopped = notifier.stop();
    pass(2_000);
    await stopped;
    expect(await stored()).toMatchObject([{ state: 'waiting', attempts: 0 }]);
    await write(notifier, ['a']);
    expect(receiver.received).toHaveLength(1);
    aNotifier([hook('a')]).start();
    await ended();
    expect(ids().slice(0, 2)).toEqual([notice.id, notice.id]);
    expect(receiver.received).toHaveLength(3);
  });

  it('is possible before the start, and twice', async () => {
    const notifier = aNotifier([hook('a')]);
    await notifier.stop();
    notifier.start();
    await write(notifier, ['a']);
    await notifier.stop();
    expect(await states()).toEqual(['waiting']);
    expect(later).toEqual([]);
  });
});

describe('secrets of channels', () => {
  it('are in no line of the log and no row of the database, whatever becomes of what is sent', async () => {
    const path = 'services/T0000000000/B0000000000/abcdefghijklmnopqrstuvwx';
    const login = { user: 'fairlead', password: 'a-password-of-the-mail-server' };
    const mail = await MailReceiver.start({ login: { ...login, password: 'quite-another-password-than-that' } });
    watch.know('a signing secret', SECRET.slice('whsec_'.length));
    watch.know('the address of a chat', path);
    watch.know('the password of a mail server', login.password);
    const smtp = { host: '127.0.0.1', port: mail.port, secure: false, login };
    const [from, to] = [{ name: '', address: 'a@b.example' }, [{ name: '', address: 'c@d.example' }]];
    const chat = (name: string, url: string): ChannelConfig => ({
      name,
      kind: 'slack',
      url: new URL(`${url}/${path}`),
    });
    const channels: ChannelConfig[] = [
      hook('hook'),
      { name: 'mail', kind: 'email', smtp, from, to },
      chat('chat', receiver.url),
      chat('gone', 'http://127.0.0.1:1'),
      chat('tls', receiver.url.replace('http:', 'https:')),
    ];
    receiver.reactions.push([302, { location: `${receiver.url}/${path}` }], 400, 403);
    const notifier = aNotifier(channels);
    notifier.start();
    await write(notifier, [...channels.map(({ name }) => name), 'unknown']);
    await attempted(6);
    time += 25 * HOUR;
    receiver.reactions.push(500, 500);
    notifier.wake();
    await ended();
    await mail.stop();
    expect(mail.passwords).toContain(login.password);
    expect(watch.lines.length).toBeGreaterThan(3);
    expect(await watch.leaks(database)).toEqual([]);
    expect(JSON.stringify([await stored(), notifier.channels])).not.toMatch(/127\.0\.0\.1|example|T0000000000/);
  });
});
