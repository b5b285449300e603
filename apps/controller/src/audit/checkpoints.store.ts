import { type Database, storing } from '../database/index.js';
import { type Checkpoint } from './checkpoint.js';

type StoredCheckpoint = Omit<Checkpoint, 'clusterId'>;

const CHUNK = 1000;

/** The controller's own copies of its checkpoints. Rows are added, never changed, and not themselves audited. */
export class CheckpointsStore {
  constructor(private readonly database: Database) {}

  async add({ seq, hash, at, signature }: StoredCheckpoint): Promise<void> {
    const data = { seq, hash, at, signature: signature.toString('base64') };
    await storing(this.database.prisma.auditCheckpoint.create({ data }));
  }

  async newest(): Promise<StoredCheckpoint | undefined> {
    const row = await storing(this.database.prisma.auditCheckpoint.findFirst({ orderBy: { seq: 'desc' } }));
    return row === null ? undefined : toCheckpoint(row);
  }

  /** Those after `after`, in order of seq, up to a thousand. */
  async some(after: number): Promise<StoredCheckpoint[]> {
    const range = { where: { seq: { gt: after } }, orderBy: { seq: 'asc' }, take: CHUNK } as const;
    return (await storing(this.database.prisma.auditCheckpoint.findMany(range))).map(toCheckpoint);
  }
}

const toCheckpoint = (row: { seq: number; hash: string; at: bigint; signature: string }): StoredCheckpoint => ({
  seq: row.seq,
  hash: row.hash,
  at: Number(row.at),
  signature: Buffer.from(row.signature, 'base64'),
});
