import { randomUUID } from 'node:crypto';
import { mkdir, open, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { FairleadError } from '@fairlead/domain';
import type { Log } from '../log.js';
import {
  type Entry,
  type Header,
  joinEntries,
  type OperationRecord,
  type OperationState,
  type Removing,
  type Run,
  stateAfter,
} from './entries.js';
import { type Handle, JournalFile, openHandle, type Span } from './journal-file.js';
import { readAll } from './read-lines.js';
import { RemovalCount } from './removal-count.js';
import { choose, type Kept, keepsOutcome, type RetentionLimits } from './retention.js';

const FILE = 'journal.jsonl';
const MAX_BYTES = 64 * 1024 * 1024;
const DAY_MS = 86_400_000;
/** A rewrite that failed is tried again when the file has grown by this much. */
const RETRY_BYTES = 1024 * 1024;

/** A file larger than this is rewritten, with what the other limits let it keep. */
export interface JournalLimits extends RetentionLimits {
  readonly rewriteAt: number;
}

const LIMITS: JournalLimits = {
  maxAgeMs: 7 * DAY_MS,
  operations: 10_000,
  bytes: MAX_BYTES / 2,
  rewriteAt: MAX_BYTES,
};

export interface JournalOptions {
  readonly folder: string;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Milliseconds that only grow. */
  readonly clock: () => number;
  readonly openFile?: (path: string) => Promise<Handle>;
  readonly limits?: JournalLimits;
}

/** What is kept in memory of an operation: where its lines are. */
interface Place {
  state: OperationState | undefined;
  readonly at: number;
  readonly spans: LineSpan[];
}

interface LineSpan extends Span {
  /** Id of the network whose record the line is, written before it was removed. */
  readonly removing: string | undefined;
}

/**
 * What this agent has begun and ended, on disk before it happens.
 *
 * Invariants
 * - `append` resolves when its lines are on the disk, or rejects with `journal_failed` and none of them counts.
 * - A torn last line, of an append that nobody was told of, is cut off at the next start. Any other fault means that
 *   the journal is lost: it is put aside and a new one begins, under another id.
 * - The highest fence of each policy is never forgotten, while the journal itself is not.
 * - The file is kept near its limit, but no outcome of the last week is dropped for that; what may have been dropped is
 *   remembered as an instant.
 * - One process writes it (see FolderLock). In memory are only the places of the lines.
 */
export class Journal {
  private places = new Map<string, Place>();
  private readonly removals: RemovalCount;
  /** By policy; they outlive the operations that brought them. */
  private readonly fences: Map<string, number>;
  /** Calls that use the file, which is not rewritten under them. */
  private users = 0;
  private rewriting: Promise<void> | undefined;
  private rewriteAt: number;
  private rewriteAtOperations: number;

  private constructor(
    private readonly options: Required<JournalOptions>,
    private header: Header,
    private file: JournalFile,
  ) {
    this.fences = new Map(Object.entries(header.fences ?? {}));
    this.removals = new RemovalCount(options.clock);
    this.rewriteAt = options.limits.rewriteAt;
    this.rewriteAtOperations = 2 * options.limits.operations;
  }

  /**
   * Opens the journal of a folder; makes both where they are missing.
   * @throws FairleadError `journal_failed`
   */
  static async open(given: JournalOptions): Promise<Journal> {
    const options = { openFile: openHandle, limits: LIMITS, ...given };
    try {
      await mkdir(options.folder, { recursive: true, mode: 0o700 });
      const journal = (await Journal.read(options)) ?? (await Journal.begin(options));
      await journal.rewriteIfLarge();
      return journal;
    } catch (cause) {
      throw failed(options.folder, cause);
    }
  }

  /** Random, made with the file. */
  get id(): string {
    return this.header.id;
  }

  /** @throws FairleadError `journal_failed`: nothing counts of what was given */
  async append(...entries: readonly Entry[]): Promise<void> {
    try {
      const lines = entries.map((entry) => JSON.stringify(entry));
      await this.use(async () => {
        const spans = await this.file.append(lines);
        entries.forEach((entry, index) => this.note(entry, spans[index] as Span));
        this.removals.note(entries);
      });
    } catch (cause) {
      throw failed(this.options.folder, cause);
    }
    void this.rewriteIfLarge();
  }

  /**
   * What is known of an operation; undefined for one that was never seen here, or was dropped.
   * @throws FairleadError `journal_failed`
   */
  async find(operationId: string): Promise<OperationRecord | undefined> {
    try {
      return await this.use(() => this.readRecord(operationId));
    } catch (cause) {
      throw failed(this.options.folder, cause);
    }
  }

  /**
   * The record of a network that an operation was about to remove, also of an operation that is otherwise forgotten.
   * @throws FairleadError `journal_failed`
   */
  async findRemoval(operationId: string, networkId: string): Promise<Removing | undefined> {
    try {
      return await this.use(async () => {
        const span = this.places.get(operationId)?.spans.findLast(({ removing }) => removing === networkId);
        return span && (JSON.parse(await this.file.read(span)) as Removing);
      });
    } catch (cause) {
      throw failed(this.options.folder, cause);
    }
  }

  /** Whether an operation that is not found may have been here and been dropped since. */
  mayHaveDropped(operationId: string): boolean {
    const { droppedUntil } = this.header;
    if (droppedUntil === undefined) return false;
    const begun = timeOfId(operationId);
    // An id without a time is taken for new, or it could never be used again.
    // The id's time is by the controller's clock; a day is more than clocks differ that TLS or people put up with.
    return begun !== undefined && begun <= droppedUntil + DAY_MS;
  }

  /** Removals that were begun within the last hour: see RemovalCount. */
  removalsOfLastHour(): number {
    return this.removals.ofLastHour();
  }

  /** The highest fence with which something was begun for a policy; 0 where nothing was. */
  fenceOf(policyId: string): number {
    return this.fences.get(policyId) ?? 0;
  }

  async close(): Promise<void> {
    while (this.rewriting) await this.rewriting;
    await this.file.close();
  }

  private static async begin(options: Required<JournalOptions>): Promise<Journal> {
    const header: Header = { t: 'journal', v: 1, id: randomUUID(), at: options.now() };
    return new Journal(options, header, await writeAnew(options, [JSON.stringify(header)]));
  }

  /** Undefined where there is no journal, or one that cannot be trusted, which is put aside. */
  private static async read(options: Required<JournalOptions>): Promise<Journal | undefined> {
    const path = join(options.folder, FILE);
    const handle = await options.openFile(path);
    const { header, entries, length, fault } = await readAll(handle);
    if (header === undefined || fault !== undefined) {
      await handle.close();
      if (fault !== undefined) await putAside(options, path, fault);
      return undefined;
    }
    const file = new JournalFile(handle, length.counted);
    if (length.found > length.counted) {
      options.log.warn('The last line of the journal was torn and is cut off: what it was to say was never begun');
      await file.cut();
    }
    const journal = new Journal(options, header, file);
    for (const { entry, span } of entries) journal.note(entry, span);
    const lines = entries.map(({ entry }) => entry);
    journal.removals.noteEarlier(lines, options.now());
    return journal;
  }

  private async readRecord(operationId: string): Promise<OperationRecord | undefined> {
    const place = this.places.get(operationId);
    if (place?.state === undefined) return undefined;
    const lines = await Promise.all(place.spans.map((span) => this.file.read(span)));
    return joinEntries(lines.map((line) => JSON.parse(line) as Entry));
  }

  private note(entry: Entry, span: Span): void {
    const place = this.places.get(entry.op) ?? { state: undefined, at: entry.at, spans: [] };
    place.state = stateAfter(place.state, entry);
    place.spans.push({ ...span, removing: entry.t === 'removing' ? entry.network.id : undefined });
    if (entry.t === 'started' && entry.run !== undefined) this.raise(entry.run);
    this.places.set(entry.op, place);
  }

  private raise({ policyId, fence }: Run): void {
    this.fences.set(policyId, Math.max(fence, this.fenceOf(policyId)));
  }

  private async use<T>(work: () => Promise<T>): Promise<T> {
    while (this.rewriting) await this.rewriting;
    this.users += 1;
    try {
      return await work();
    } finally {
      this.users -= 1;
    }
  }

  /** Never rejects: what was written counts, whether or not it can be made smaller. */
  private async rewriteIfLarge(): Promise<void> {
    const isLarge = this.file.size > this.rewriteAt || this.places.size > this.rewriteAtOperations;
    if (!isLarge || this.users > 0) return;
    this.rewriting ??= this.rewrite()
      .catch((error: unknown) => {
        this.rewriteAt = this.file.size + RETRY_BYTES;
        this.rewriteAtOperations = 2 * this.places.size;
        this.options.log.warn('The journal could not be rewritten and goes on growing', { reason: wordsOf(error) });
      })
      .finally(() => (this.rewriting = undefined));
    await this.rewriting;
  }

  /** Copies what is kept into a new file, which then takes the place of the old one. */
  private async rewrite(): Promise<void> {
    const { now, limits, log } = this.options;
    const places = [...this.places];
    const kept = choose(
      places.map(([, place]) => toRetained(place)),
      now(),
      limits,
    );
    const dropped = places.filter((_, index) => !keepsOutcome(kept[index] ?? 'all')).map(([, { at }]) => at);
    const droppedUntil = Math.max(this.header.droppedUntil ?? 0, ...dropped);
    const fences = this.fences.size > 0 && { fences: Object.fromEntries(this.fences) };
    const header = { ...this.header, ...(droppedUntil > 0 && { droppedUntil }), ...fences };
    const lines = [JSON.stringify(header)];
    for (const [index, [, place]] of places.entries()) {
      for (const span of spansOf(place, kept[index] ?? 'all')) lines.push(await this.file.read(span));
    }
    const old = this.file;
    this.file = await writeAnew(this.options, lines);
    this.header = header;
    this.index(lines.slice(1), lines[0] ?? '');
    this.growAgain();
    await old.close();
    log.info('The journal was rewritten', { operations: places.length, dropped: dropped.length });
  }

  /** What must be kept may be beyond the limits: only what has doubled since is worth the next rewrite. */
  private growAgain(): void {
    const { rewriteAt, operations } = this.options.limits;
    this.rewriteAt = Math.max(rewriteAt, 2 * this.file.size);
    this.rewriteAtOperations = 2 * Math.max(operations, this.places.size);
  }

  private index(lines: readonly string[], header: string): void {
    this.places = new Map();
    let offset = Buffer.byteLength(header) + 1;
    for (const line of lines) {
      const length = Buffer.byteLength(line) + 1;
      this.note(JSON.parse(line) as Entry, { offset, length });
      offset += length;
    }
  }
}

const isRemoval = ({ removing }: LineSpan): boolean => removing !== undefined;

const toRetained = ({ at, state, spans }: Place) => ({
  at,
  bytes: sizeOf(spans),
  removalBytes: sizeOf(spans.filter(isRemoval)),
  open: state === 'started',
});

const sizeOf = (spans: readonly Span[]): number => spans.reduce((sum, { length }) => sum + length, 0);

function spansOf({ spans }: Place, kept: Kept): readonly Span[] {
  if (kept === 'all' || kept === 'none') return kept === 'all' ? spans : [];
  return spans.filter((span) => isRemoval(span) === (kept === 'removals'));
}

/** Milliseconds since the epoch that a UUIDv7 carries; undefined for any other id. */
const timeOfId = (id: string): number | undefined =>
  /^[0-9a-f]{8}-[0-9a-f]{4}-7/i.test(id) ? parseInt(id.slice(0, 8) + id.slice(9, 13), 16) : undefined;

async function putAside({ log, now }: Required<JournalOptions>, path: string, fault: string): Promise<void> {
  const aside = `${path}.damaged-${new Date(now()).toISOString().replace(/[:.]/g, '-')}`;
  await rename(path, aside);
  log.warn('The journal is damaged and was put aside: outcomes are now told from the engine', { fault, aside });
}

/** A new file with these lines in the place of the journal, on the disk with its name. */
async function writeAnew(
  { folder, openFile }: Required<JournalOptions>,
  lines: readonly string[],
): Promise<JournalFile> {
  const path = join(folder, FILE);
  const handle = await openFile(`${path}.new`);
  try {
    await handle.truncate(0);
    const file = new JournalFile(handle, 0);
    await file.append(lines);
    await rename(`${path}.new`, path);
    await syncFolder(dirname(path));
    return file;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** A name is on the disk only when its folder is. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

const failed = (folder: string, cause: unknown): FairleadError =>
  new FairleadError('journal_failed', `The journal in ${folder} cannot be used: ${wordsOf(cause)}`, {
    hint: 'Nothing was changed. Make room or mend the permissions there; reading goes on meanwhile.',
    cause,
  });

const wordsOf = (cause: unknown): string =>
  typeof cause === 'object' && cause !== null && 'message' in cause ? String(cause.message) : String(cause);
