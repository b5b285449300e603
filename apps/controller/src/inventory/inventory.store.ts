import { type Database, Prisma, type Statement, storing } from '../database/index.js';
import { type HostsStore } from '../hosts/hosts.store.js';
import { type KnownNetwork, type NetworksStore } from '../networks/networks.store.js';
import { type InventoryChange, type InventoryPlan, planOf } from './inventory-change.js';
import { toRows } from './inventory.rows.js';
import { advance, clearance, deletion, insertion, tombstones } from './inventory.statements.js';

export { type InventoryChange, rebornIds } from './inventory-change.js';

/** Takes note of what a host's rows are after a commit. */
export type InventoryNotes = Pick<HostsStore, 'inventoryStored' | 'inventoryDistrusted'>;

const UNNOTED: InventoryNotes = { inventoryStored: () => undefined, inventoryDistrusted: () => undefined };

/** Writes the inventory: each change of a host is one transaction, so that a half one never shows. */
export class InventoryStore {
  /** Key of the next new network; undefined where it has to be read. */
  private nextSeq: number | undefined;

  constructor(
    private readonly database: Database,
    private readonly networks: NetworksStore,
    private readonly notes: InventoryNotes = UNNOTED,
  ) {}

  /** Ids and digests of the host's networks as stored. */
  async digests(hostName: string): Promise<Map<string, string>> {
    const rows = await storing(
      this.database.prisma.network.findMany({ where: { hostName }, select: { id: true, digest: true } }),
    );
    return new Map(rows.map(({ id, digest }) => [id, digest]));
  }

  /** Applies a change and returns the records that it replaced or removed, by id. */
  async apply(change: InventoryChange): Promise<ReadonlyMap<string, KnownNetwork>> {
    const before = await this.networks.full(change.hostName, [...change.replacedIds, ...change.removedIds]);
    this.nextSeq ??= await this.readNextSeq();
    const plan = planOf(change, before, () => this.nextSeq!++);
    try {
      await this.write([plan]);
    } catch (error) {
      this.nextSeq = undefined;
      throw error;
    }
    return before;
  }

  /** Notes that the rows of a host may no longer be what its agent sees, until the next snapshot. */
  async distrust(hostName: string): Promise<void> {
    await this.database.transaction([Prisma.sql`UPDATE "Host" SET "synced" = 0 WHERE "name" = ${hostName}`]);
    this.notes.inventoryDistrusted(hostName);
  }

  private async write(plans: readonly InventoryPlan[]): Promise<void> {
    const all = <T>(part: (plan: InventoryPlan) => readonly T[]): T[] => plans.flatMap(part);
    const counted = this.database.prisma.$queryRaw<HostCountRow[]>(advance(all(({ step }) => [step])));
    const statements: Statement[] = [
      ...tombstones(all((plan) => plan.tombstones)),
      ...deletion(all((plan) => plan.removed)),
      ...clearance(all((plan) => plan.replaced)),
      ...insertion(toRows(all((plan) => plan.upserts))),
      counted,
    ];
    const results = await this.database.transaction(statements);
    this.note(plans, results.at(-1) as HostCountRow[]);
  }

  private note(plans: readonly InventoryPlan[], rows: readonly HostCountRow[]): void {
    const byName = new Map(rows.map((row) => [row.name, row]));
    for (const { change } of plans) {
      const row = byName.get(change.hostName);
      if (row === undefined) continue;
      const counts = { networks: Number(row.networkCount), endpoints: Number(row.endpointCount) };
      this.notes.inventoryStored(change.hostName, change.position, counts, change.at);
    }
  }

  private async readNextSeq(): Promise<number> {
    const [row] = await storing(
      this.database.prisma.$queryRaw<{ last: bigint | number }[]>(
        Prisma.sql`SELECT COALESCE(MAX("seq"), 0) AS last FROM sqlite_sequence WHERE "name" = 'Network'`,
      ),
    );
    return Number(row?.last ?? 0) + 1;
  }
}

interface HostCountRow {
  readonly name: string;
  readonly networkCount: number | bigint;
  readonly endpointCount: number | bigint;
}
