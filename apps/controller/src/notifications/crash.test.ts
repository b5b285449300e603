import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openDatabase } from '../database/index.js';
import { aNotice } from '../testing/notices.js';
import { HttpReceiver } from '../testing/receivers.js';
import { temporaryFolder, until } from '../testing/rig.js';
import { NotificationsStore } from './notifications.store.js';
import { createNotifier } from './notifier.js';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const TYPESCRIPT = pathToFileURL(join(import.meta.dirname, '../testing/typescript.mjs')).href;

/** A controller that writes a notice, says so, and sends it where it is told to. */
const PROGRAM = `
  import { openDatabase } from '../database/index.js';
  import { createNotifier } from './notifier.js';
  const [folder, url, sends, notice] = process.argv.slice(1);
  const database = await openDatabase(folder);
  const channels = [{ name: 'hook', kind: 'webhook', url: new URL(url), secret: '${SECRET}' }];
  const notifier = createNotifier({ database, channels, publicUrl: null, now: Date.now, log: () => undefined });
  if (sends === 'yes') notifier.start();
  await database.transaction(notifier.outbox(JSON.parse(notice), ['hook']));
  process.stdout.write('committed');
  notifier.wake();
  setInterval(() => undefined, 1000);
`;

let folder: ReturnType<typeof temporaryFolder>;
let receiver: HttpReceiver;
let child: ChildProcess | undefined;

beforeEach(async () => {
  folder = temporaryFolder();
  receiver = await HttpReceiver.start();
});

afterEach(async () => {
  await kill();
  await receiver.stop();
  folder.remove();
});

async function kill(): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

const notice = aNotice();

async function startController(sends: 'yes' | 'no'): Promise<void> {
  const node = ['--import', TYPESCRIPT, '--conditions=development', '--no-warnings', '--input-type=module'];
  const given = [folder.path, receiver.url, sends, JSON.stringify(notice)];
  child = spawn(process.execPath, [...node, '-e', PROGRAM, ...given], {
    cwd: import.meta.dirname,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit').then(() => Promise.reject(new Error('It ended by itself')));
  ended.catch(() => undefined);
  await Promise.race([once(child.stdout!, 'data'), ended]);
}

/** The next controller on the same folder, until it has delivered what it found. @returns the rows */
async function takeOver() {
  const database = await openDatabase(folder.path);
  const channels = [{ name: 'hook', kind: 'webhook', url: new URL(receiver.url), secret: SECRET }] as const;
  const notifier = createNotifier({ database, channels, publicUrl: null, now: Date.now, log: () => undefined });
  const store = new NotificationsStore(database);
  try {
    notifier.start();
    await until('it is delivered', async () => (await store.latest(1))[0]?.state === 'delivered');
    return await store.latest(10);
  } finally {
    await notifier.stop();
    await database.close();
  }
}

const ids = (): unknown[] => receiver.received.map(({ headers }) => headers['webhook-id']);

describe('a notice of a controller that is killed', () => {
  it('is delivered by the next one, once, where it was committed and not sent', async () => {
    await startController('no');
    await kill();
    expect(receiver.received).toEqual([]);
    expect(await takeOver()).toMatchObject([{ notice, state: 'delivered', attempts: 1 }]);
    expect(ids()).toEqual([notice.id]);
  });

  it('is sent once more with the same id where its answer was not seen', async () => {
    receiver.reactions.push(() => undefined);
    await startController('yes');
    await until('the receiver has it', () => receiver.received.length === 1);
    await kill();
    expect(await takeOver()).toMatchObject([{ notice, state: 'delivered', attempts: 1 }]);
    expect(ids()).toEqual([notice.id, notice.id]);
  });
});
