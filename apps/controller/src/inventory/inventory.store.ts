import { type Database, GroupCommit, Prisma, storing } from '../database/index.js';
import { Mutex } from '../database/mutex.js';
import { type HostsStore } from '../hosts/hosts.store.js';
import { unseenFor } from '../networks/network.rows.js';
import { type KnownNetwork, type NetworksStore } from '../networks/networks.store.js';
import { type Chronicler, NO_HISTORY } from './chronicle.js';
import { type ClockJump, movedBy } from './clock-jump.js';
import { type InventoryChange, type InventoryPlan, planOf, unseenMs } from './inventory-change.js';
import { toRows } from './inventory.rows.js';
import { advance, chronicle, clearance, deletion, insertion, removedNetworks, unseen } from './inventory.statements.js';
import { portions } from './portions.js';

export { type InventoryChange, rebornIds } from './inventory-change.js';

/** Takes note of what a host's rows are after a commit. */
export type InventoryNotes = Pick<HostsStore, 'inventoryStored' | 'inventoryDistrusted'>;

const UNNOTED: InventoryNotes = { inventoryStored: () => undefined, inventoryDistrusted: () => undefined };

/**
 * Most rows of one table in one statement, and of endpoints in a transaction of several hosts. 1,500 endpoints take
 * 6 ms in one statement, on a machine that does nothing else.
 */
const MOST_ROWS = 1_500;
/** About as many networks as a host has: all of them are touched where nobody had looked. */
const USUAL_NETWORKS = 50;

/** A change that waits, and the last jump of the clock before it was told. */
interface Waiting {
  readonly change: InventoryChange;
  readonly jump: ClockJump | undefined;
}

/**
 * Writes the inventory: each change of a host is in one transaction, so that a half one never shows.
 *
 * Invariants: nothing else writes networks or what belongs to them, but for the removal of a host, and for their
 * times when the clock was set, between two commits; what a change replaces is read when all changes before it are
 * written; what is noted of a host is what the last commit wrote.
 */
export class InventoryStore {
  private readonly lane = new GroupCommit(
    (waiting: readonly Waiting[]) => this.turns.run(() => this.commit(waiting)),
    MOST_ROWS,
  );
  private readonly turns = new Mutex();
  private jump: ClockJump | undefined;
  /** Key of the next new network; undefined where it has to be read. */
  private nextSeq: number | undefined;

  constructor(
    private readonly database: Database,
    private readonly networks: NetworksStore,
    private readonly notes: InventoryNotes = UNNOTED,
    private readonly chronicler: Chronicler = NO_HISTORY,
  ) {}

  /** Ids and digests of the host's networks as stored. */
  async digests(hostName: string): Promise<Map<string, string>> {
    const rows = await storing(
      this.database.prisma.network.findMany({ where: { hostName }, select: { id: true, digest: true } }),
    );
    return new Map(rows.map(({ id, digest }) => [id, digest]));
  }

  /**
   * Applies a change and returns the records that it replaced or removed, by id. Where nobody had looked for a while, the
   * host's networks count as unused for that much less.
   * @throws FairleadError `storage_failed`: nothing of it was written
   */
  apply(change: InventoryChange): Promise<ReadonlyMap<string, KnownNetwork>> {
    return this.lane.submit({ key: change.hostName, weight: weightOf(change), work: { change, jump: this.jump } });
  }

  /**
   * Between two commits, since a change writes times back that it has read. Those that wait follow.
   * @param write moves the times that are stored
   * @param written moves those that are told of from then on; must not throw
   */
  clockSet(jump: ClockJump, write: () => Promise<unknown>, written: () => void): Promise<void> {
    return this.turns.run(async () => {
      await write();
      this.jump = jump;
      written();
    });
  }

  /** Notes that the rows of a host may no longer be what its agent sees, until the next snapshot. */
  async distrust(hostName: string): Promise<void> {
    await this.database.transaction([Prisma.sql`UPDATE "Host" SET "synced" = 0 WHERE "name" = ${hostName}`]);
    this.notes.inventoryDistrusted(hostName);
  }

  private async commit(waiting: readonly Waiting[]): Promise<ReadonlyMap<string, KnownNetwork>[]> {
    try {
      this.nextSeq ??= await this.readNextSeq();
      const plans: InventoryPlan[] = [];
      for (const each of waiting) plans.push(await this.plan(this.byTheClock(each)));
      await this.write(plans);
      return plans.map(({ before }) => before);
    } catch (error) {
      this.nextSeq = undefined;
      throw error;
    }
  }

  /** A change that waited while the clock was set knows by the old one when its host was last seen. */
  private byTheClock({ change, jump }: Waiting): InventoryChange {
    if (jump === this.jump || this.jump === undefined || change.notBefore === null) return change;
    return { ...change, notBefore: movedBy(this.jump, change.notBefore, change.at) };
  }

  private async plan(change: InventoryChange): Promise<InventoryPlan> {
    const stored = await this.networks.full(change.hostName, [...change.replacedIds, ...change.removedIds]);
    const before = new Map(Array.from(stored, ([id, known]) => [id, unseenFor(known, unseenMs(change), change.at)]));
    return planOf(change, before, () => this.nextSeq!++, this.chronicler);
  }

  private async write(plans: readonly InventoryPlan[]): Promise<void> {
    const statements = await statementsOf(plans);
    const results = await this.database.transaction([...statements, advance(plans.map(({ step }) => step))]);
    const rows = new Map((results.at(-1) as CountRow[]).map((row) => [row.name, row]));
    for (const { change } of plans) this.note(change, rows.get(change.hostName));
  }

  private note({ hostName, position, at }: InventoryChange, row: CountRow | undefined): void {
    if (row === undefined) return;
    const counts = { networks: row.networkCount, endpoints: row.endpointCount };
    this.notes.inventoryStored(hostName, position, counts, at);
  }

  /** Keys are given here and not by SQLite, so that what belongs to a network need not look its key up. */
  private async readNextSeq(): Promise<number> {
    const last = Prisma.sql`SELECT COALESCE(MAX("seq"), 0) AS last FROM sqlite_sequence WHERE "name" = 'Network'`;
    const [row] = await storing(this.database.prisma.$queryRaw<{ last: bigint | number }[]>(last));
    return Number(row?.last ?? 0) + 1;
  }
}

interface CountRow {
  readonly name: string;
  readonly networkCount: number;
  readonly endpointCount: number;
}

/** About how many rows the largest table gets. Removals count by networks alone: their endpoints are not known yet. */
function weightOf(change: InventoryChange): number {
  const touched = change.removedIds.length + (unseenMs(change) === 0 ? 0 : USUAL_NETWORKS);
  return Math.max(
    1,
    change.upserts.reduce((sum, { endpoints }) => sum + Math.max(1, endpoints.length), touched),
  );
}

/** Lets the event loop go on after each portion: a large host makes megabytes of JSON. */
async function statementsOf(plans: readonly InventoryPlan[]): Promise<Prisma.Sql[]> {
  const all = <T>(part: (plan: InventoryPlan) => readonly T[]): T[] => plans.flatMap(part);
  const few = <T>(items: readonly T[]): T[][] => portions(items, () => 1, MOST_ROWS / 10);
  const statements: Prisma.Sql[] = [
    ...portions(
      all(({ history }) => history),
      () => 1,
      MOST_ROWS,
    ).flatMap(chronicle),
    ...few(all((plan) => plan.removedNetworks)).flatMap(removedNetworks),
    ...unseen(all((plan) => plan.unseen)),
    ...few(all(({ removed }) => removed)).flatMap(deletion),
    ...few(all(({ replaced }) => replaced)).flatMap(clearance),
  ];
  const upserts = portions(
    all((plan) => plan.upserts),
    ({ network }) => network.endpoints.length + 5,
    MOST_ROWS,
  );
  for (const portion of upserts) {
    statements.push(...insertion(toRows(portion)));
    await new Promise((resolve) => setImmediate(resolve));
  }
  return statements;
}
