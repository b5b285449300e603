import { expect, it } from '@jest/globals';
import { type Endpoint, type Network } from '@fairlead/domain';
import { anEndpoint } from '@fairlead/domain/testing';
import { networkDigest } from '@fairlead/link';
import { InventoryRig } from '../testing/inventory-rig.js';
import { idOf, network } from '../testing/scripted-agent.js';
import { seeded } from '../testing/seeded.js';
import { type InventoryChange } from './inventory.store.js';
import { phrase } from './network-text.js';

const HOSTS = ['web-1', 'web-2', 'db-1'];
const WORDS = ['amber', 'birch', 'cedar', 'dune', 'elm'];

/** The networks of a host, and the changes that come of what happens to them at random. */
class Model {
  readonly set = new Map<string, Network>();
  private revision = 1;

  constructor(
    readonly hostName: string,
    private readonly random: () => number,
  ) {}

  private pick<T>(list: readonly T[]): T {
    return list[Math.floor(this.random() * list.length)]!;
  }

  private any(name: string): Network {
    const endpoints = WORDS.filter(() => this.random() < 0.3).map((word): Endpoint => {
      const containerId = idOf(word);
      return anEndpoint(`${word}-1`, {
        containerId,
        state: this.pick(['running', 'exited']),
        project: this.pick(WORDS),
      });
    });
    const subnets = WORDS.slice(0, Math.floor(this.random() * 3)).map((_, index) => ({
      cidr: `10.${index}.0.0/16`,
      ipRange: null,
      gateway: null,
      auxAddresses: {},
    }));
    return network(name, { labels: { [this.pick(WORDS)]: this.pick(WORDS) }, endpoints, subnets });
  }

  /** A snapshot may change all of it at once, a delta one or two networks. */
  next(at: number): InventoryChange {
    const snapshot = this.random() < 0.2;
    const before = new Map(this.set);
    for (let count = snapshot ? 12 : 1 + this.random() * 2; count > 0; count--) {
      const changed = this.any(`net-${Math.floor(this.random() * 8)}`);
      if (this.random() < 0.35) this.set.delete(changed.id);
      else this.set.set(changed.id, changed);
    }
    const upserts = [...this.set.values()].filter((each) => before.get(each.id) !== each);
    return {
      hostName: this.hostName,
      position: { streamId: 's', revision: this.revision++, setDigest: `digest ${this.revision}` },
      upserts: upserts.map((each) => ({ ...each, digest: networkDigest(each) })),
      replacedIds: upserts.map(({ id }) => id).filter((id) => before.has(id)),
      removedIds: [...before.keys()].filter((id) => !this.set.has(id)),
      at,
      notBefore: null,
      first: false,
    };
  }
}

const byId = (networks: Iterable<Network>) => [...networks].sort((a, b) => (a.id < b.id ? -1 : 1));
const sum = (networks: Iterable<Network>, of: (network: Network) => number) =>
  [...networks].reduce((total, each) => total + of(each), 0);

async function assertSame(rig: InventoryRig, models: readonly Model[]): Promise<void> {
  const all = models.flatMap(({ set }) => [...set.values()]);
  for (const { hostName, set } of models) {
    const stored = await rig.networks.full(hostName);
    expect(byId(Array.from(stored.values(), (known) => known.network))).toEqual(byId(set.values()));
    const counts = { networks: set.size, endpoints: sum(set.values(), ({ endpoints }) => endpoints.length) };
    expect(rig.hosts.find(hostName)?.counts).toEqual(counts);
    const row = await rig.database.prisma.host.findUniqueOrThrow({ where: { name: hostName } });
    expect({ networks: row.networkCount, endpoints: row.endpointCount }).toEqual(counts);
    for (const { network: each, unusedSinceAt } of stored.values()) {
      expect(unusedSinceAt === null).toBe(each.endpoints.length > 0);
    }
  }
  const { networkLabel, subnet, endpoint } = rig.database.prisma;
  expect([await networkLabel.count(), await subnet.count(), await endpoint.count()]).toEqual([
    sum(all, ({ labels }) => Object.keys(labels).length),
    sum(all, ({ subnets }) => subnets.length),
    sum(all, ({ endpoints }) => endpoints.length),
  ]);
  for (const word of [...WORDS, ...HOSTS]) await assertFound(rig, models, word);
}

async function assertFound(rig: InventoryRig, models: readonly Model[], word: string): Promise<void> {
  const expected = models.flatMap(({ hostName, set }) =>
    [...set.values()].filter(({ labels, endpoints }) =>
      [hostName, ...Object.entries(labels).flat(), ...endpoints.flatMap((e) => [e.containerName, e.project])].some(
        (text) => text === word || text === `${word}-1`,
      ),
    ),
  );
  expect(await rig.search(phrase(word))).toEqual(expected.map(({ name }) => name).sort());
  const [index] = await rig.database.prisma.$queryRaw<{ rows: bigint }[]>`SELECT COUNT(*) AS rows FROM "NetworkText"
    WHERE "NetworkText" MATCH ${phrase(word)}`;
  expect(Number(index?.rows)).toBe(expected.length);
}

it.each([1, 2, 3, 4, 5, 6])(
  'whatever happens on several hosts, in snapshots and deltas that come together, leaves exactly that (%i)',
  async (seed) => {
    const random = seeded(seed);
    const rig = await InventoryRig.start(HOSTS);
    try {
      const models = HOSTS.map((name) => new Model(name, random));
      for (let round = 1; round <= 12; round++) {
        const changes = Array.from({ length: 1 + Math.floor(random() * 8) }, () => {
          return models[Math.floor(random() * models.length)]!.next(round);
        });
        await Promise.all(changes.map((change) => rig.store.apply(change)));
        await assertSame(rig, models);
      }
      await rig.database.transaction([rig.hosts.removal('web-2')]);
      rig.hosts.removed('web-2');
      await assertSame(
        rig,
        models.filter(({ hostName }) => hostName !== 'web-2'),
      );
    } finally {
      await rig.stop();
    }
  },
);
