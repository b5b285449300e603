import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { FairleadError } from '@fairlead/domain';
import type { CheckpointMessage } from '@fairlead/link';
import type { Log } from '../log.js';

/** A checkpoint of the controller's audit, as kept. */
export interface Checkpoint {
  readonly clusterId: string;
  readonly seq: number;
  readonly hash: string;
  /** By the controller's clock, in milliseconds since the epoch. */
  readonly at: number;
  /** Base64. */
  readonly signature: string;
  /** When it came, by this host's clock, in milliseconds since the epoch. */
  readonly keptAt: number;
}

export interface CheckpointLimits {
  /** The newest this many are all kept. */
  readonly recent: number;
  /** More lines than this are thinned out. */
  readonly lines: number;
}

export interface CheckpointOptions {
  readonly folder: string;
  readonly log: Log;
  readonly now: () => number;
  readonly limits?: CheckpointLimits;
}

const FILE = 'checkpoints.jsonl';
const LIMITS: CheckpointLimits = { recent: 1_000, lines: 4_000 };
const DAY_MS = 86_400_000;
/** After thinning there is room for more, so that not each further line costs a rewrite. */
const ROOM = 0.9;

/**
 * Checkpoints of the controller's audit, kept on a machine that is not the controller's.
 *
 * Invariants: one that was kept is never changed or replaced. Thinning keeps the first one of each day by this host's
 * clock, so that a flood of later ones cannot push an older one out. `keep` resolves when it is on the disk.
 */
export class Checkpoints {
  private readonly path: string;
  private readonly limits: CheckpointLimits;
  private kept: Promise<Checkpoint[]> | undefined;
  private turn: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: CheckpointOptions) {
    this.path = join(options.folder, FILE);
    this.limits = options.limits ?? LIMITS;
  }

  /**
   * @throws FairleadError `invalid_argument` for what is not one, `already_exists` where another was kept for its
   * number, `journal_failed`
   */
  keep(message: CheckpointMessage): Promise<void> {
    const { now } = this.options;
    return this.inTurn(async () => {
      const checkpoint = check(message, now());
      const kept = await this.load();
      const before = kept.find(({ clusterId, seq }) => clusterId === checkpoint.clusterId && seq === checkpoint.seq);
      if (before?.hash === checkpoint.hash) return;
      if (before !== undefined) throw this.another(before);
      await this.append(checkpoint);
      kept.push(checkpoint);
      if (kept.length > this.limits.lines) await this.thin(kept);
    });
  }

  /** Oldest first. @throws FairleadError `journal_failed` */
  list(): Promise<readonly Checkpoint[]> {
    return this.inTurn(() => this.load());
  }

  /** Read at first use: most agents are never asked. */
  private load(): Promise<Checkpoint[]> {
    this.kept ??= this.read().catch((error: unknown) => {
      this.kept = undefined;
      throw error;
    });
    return this.kept;
  }

  private async read(): Promise<Checkpoint[]> {
    const text = await readFile(this.path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '';
      throw error;
    });
    const lines = text.split('\n').filter((line) => line !== '');
    const read = lines.map(parse).filter((line) => line !== undefined);
    if (read.length < lines.length) {
      this.options.log.warn('Some kept checkpoints cannot be read', { lines: lines.length - read.length });
    }
    return read;
  }

  private async append(checkpoint: Checkpoint): Promise<void> {
    await mkdir(this.options.folder, { recursive: true, mode: 0o700 });
    const handle = await open(this.path, 'a', 0o600);
    try {
      // A line that an earlier crash has torn is ended first.
      const { size } = await handle.stat();
      await handle.appendFile(`${size === 0 ? '' : '\n'}${JSON.stringify(checkpoint)}\n`);
      await handle.datasync();
    } finally {
      await handle.close();
    }
  }

  private async thin(kept: Checkpoint[]): Promise<void> {
    const cut = kept.length - this.limits.recent;
    const days = new Set<number>();
    const older = kept.slice(0, cut).filter(({ keptAt }) => {
      const day = Math.floor(keptAt / DAY_MS);
      return !days.has(day) && days.add(day);
    });
    const room = Math.max(0, Math.floor(this.limits.lines * ROOM) - this.limits.recent);
    const thinned = [...older.slice(-room), ...kept.slice(cut)];
    await this.rewrite(thinned);
    kept.splice(0, kept.length, ...thinned);
  }

  private async rewrite(checkpoints: readonly Checkpoint[]): Promise<void> {
    const handle = await open(`${this.path}.new`, 'w', 0o600);
    try {
      await handle.writeFile(checkpoints.map((line) => `${JSON.stringify(line)}\n`).join(''));
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(`${this.path}.new`, this.path);
  }

  private another({ seq, hash }: Checkpoint): FairleadError {
    this.options.log.warn('The controller gave another checkpoint for an entry of its audit than before', { seq });
    return new FairleadError('already_exists', `Another checkpoint was kept for entry ${seq}: ${hash}`, {
      hint: 'The audit was rewritten, or restored from a backup: compare it with the kept checkpoints.',
    });
  }

  private inTurn<T>(act: () => Promise<T>): Promise<T> {
    const turn = this.turn.then(act).catch((error: unknown) => {
      throw error instanceof FairleadError ? error : this.failed(error as Error);
    });
    this.turn = turn.catch(() => undefined);
    return turn;
  }

  private failed(cause: Error): FairleadError {
    return new FairleadError('journal_failed', `${this.path} cannot be used: ${cause.message}`, { cause });
  }
}

/** Looks at the form alone: whether the signature holds is for those to say who know the audit's key. */
function check(message: CheckpointMessage, keptAt: number): Checkpoint {
  const { clusterId = '', hash = '', signature } = message;
  const seq = Number(message.seq);
  const at = Number(message.at);
  const bytes = Buffer.from((signature ?? '') as Uint8Array);
  const isOne =
    /^[0-9a-f-]{36}$/.test(clusterId) &&
    /^[0-9a-f]{64}$/.test(hash) &&
    Number.isSafeInteger(seq) &&
    seq >= 0 &&
    Number.isSafeInteger(at) &&
    bytes.length === 64;
  if (!isOne) throw new FairleadError('invalid_argument', 'This is not a checkpoint of an audit');
  return { clusterId, seq, hash, at, signature: bytes.toString('base64'), keptAt };
}

function parse(line: string): Checkpoint | undefined {
  try {
    const value = JSON.parse(line) as Checkpoint | null;
    return typeof value?.seq === 'number' && typeof value.hash === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}

/** As it goes over the wire. */
export const toMessage = ({ clusterId, seq, hash, at, signature }: Checkpoint): CheckpointMessage => ({
  clusterId,
  seq,
  hash,
  at,
  signature: Buffer.from(signature, 'base64'),
});
