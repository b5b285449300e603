import { type Clock } from '../clock.js';
import { type Database, type Statement } from '../database/index.js';
import { type Log } from '../log.js';
import { createChannel } from './channel.js';
import { type ChannelConfig, type ChannelKind } from './channel-config.js';
import { type Notice } from './notice.js';
import { NotificationsStore } from './notifications.store.js';
import { type After, Sender } from './sender.js';

/** Tells people and programs of runs, through the channels of whoever operates this controller. */
export interface Notifier {
  /** Names and kinds, no addresses. */
  readonly channels: readonly { readonly name: string; readonly kind: ChannelKind }[];
  /** Rows to write in the same transaction as what is told of; delivery begins after. One for each channel. */
  outbox(notice: Notice, channels: readonly string[]): readonly Statement[];
  /** Tells the sender that rows may be waiting. */
  wake(): void;
  /** Delivers, what an earlier life of this controller left behind included. */
  start(): void;
  /** Resolves when nothing more is sent; what is not delivered by then waits for the next controller. */
  stop(): Promise<void>;
}

export interface NotifierOptions {
  readonly database: Pick<Database, 'read' | 'transaction'>;
  readonly channels: readonly ChannelConfig[];
  /** How people call REST, for links; null: not known. */
  readonly publicUrl: URL | null;
  readonly now: Clock;
  /** For what an operator should look at. */
  readonly log: Log;
  /** Other than this machine's only in tests, like `random` and `limitMs`. */
  readonly after?: After | undefined;
  readonly random?: (() => number) | undefined;
  readonly limitMs?: number | undefined;
}

/** Longest wait for an answer to an HTTP request, in milliseconds. */
const LIMIT_MS = 10_000;

export function createNotifier(options: NotifierOptions): Notifier {
  const { database, publicUrl, now, log, after = realAfter, random = Math.random, limitMs = LIMIT_MS } = options;
  const store = new NotificationsStore(database);
  const channels = options.channels.map((config) => createChannel(config, { publicUrl, now, limitMs }));
  const sender = new Sender({ store, channels, now, log, after, random });
  return {
    channels: channels.map(({ name, kind }) => ({ name, kind })),
    outbox: (notice, names) => [...new Set(names)].map((name) => store.insertion(notice, name, now())),
    wake: () => sender.wake(),
    start: () => sender.start(),
    stop: () => sender.stop(),
  };
}

const realAfter: After = (ms, run) => {
  const timer = setTimeout(run, ms).unref();
  return () => clearTimeout(timer);
};
