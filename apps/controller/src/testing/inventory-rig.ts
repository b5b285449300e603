import { type Network } from '@fairlead/domain';
import { networkDigest } from '@fairlead/link';
import { AuditStore } from '../audit/audit.store.js';
import { type Database, openDatabase, Prisma } from '../database/index.js';
import { HostsStore } from '../hosts/hosts.store.js';
import { type Chronicler } from '../inventory/chronicle.js';
import { type InventoryChange, InventoryStore } from '../inventory/inventory.store.js';
import { type KnownNetwork, NetworksStore } from '../networks/networks.store.js';
import { temporaryFolder } from './rig.js';
import { ScriptedAgent } from './scripted-agent.js';

/** The stores of the inventory on a database of their own, without sessions. */
export class InventoryRig {
  private constructor(
    readonly database: Database,
    readonly hosts: HostsStore,
    readonly networks: NetworksStore,
    readonly store: InventoryStore,
    private readonly discard: () => void,
  ) {}

  static async start(hostNames: readonly string[], chronicler?: Chronicler): Promise<InventoryRig> {
    const { path, remove } = temporaryFolder();
    const database = await openDatabase(path);
    const hosts = new HostsStore(database, new AuditStore(database));
    for (const name of hostNames) await hosts.attached(new ScriptedAgent(name).facts, 'unix', 1);
    const networks = new NetworksStore(database);
    return new InventoryRig(
      database,
      hosts,
      networks,
      new InventoryStore(database, networks, hosts, chronicler),
      remove,
    );
  }

  async stop(): Promise<void> {
    await this.database.close();
    this.discard();
  }

  /** @param stored ids that are stored already; default: as the database says now */
  async change(
    hostName: string,
    upserts: readonly Network[],
    removedIds: readonly string[] = [],
    overrides: Partial<InventoryChange> = {},
  ): Promise<InventoryChange> {
    const stored = await this.store.digests(hostName);
    return {
      hostName,
      position: { streamId: 's', revision: 1, setDigest: 'd' },
      upserts: upserts.map((network) => ({ ...network, digest: networkDigest(network) })),
      replacedIds: upserts.map(({ id }) => id).filter((id) => stored.has(id)),
      removedIds,
      at: 1000,
      notBefore: null,
      first: false,
      ...overrides,
    };
  }

  async apply(...change: Parameters<InventoryRig['change']>): Promise<ReadonlyMap<string, KnownNetwork>> {
    return this.store.apply(await this.change(...change));
  }

  /** Names of the networks that the full-text index finds. */
  async search(match: string): Promise<string[]> {
    const rows = await this.database.prisma.$queryRaw<
      { name: string }[]
    >(Prisma.sql`SELECT n."name" FROM "NetworkText" t
      JOIN "Network" n ON n."seq" = t.rowid WHERE "NetworkText" MATCH ${match} ORDER BY n."name", n."hostName"`);
    return rows.map(({ name }) => name);
  }
}
