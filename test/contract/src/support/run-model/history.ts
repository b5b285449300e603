import { aRunItem, type RunItem } from '@fairlead/controller/runs';
import { seeded } from '@fairlead/bench';
import { type Network } from '@fairlead/domain';
import { readInventory } from '@fairlead/engine';
import { networkDigest } from '@fairlead/link';
import { ModelController, ModelStore, type Surroundings } from './controller.js';
import { ModelHost } from './host.js';
import { pick, type Random, turn, World } from './world.js';

/** What one history came to. */
export interface Tale {
  /** What must not be; empty where all is well. */
  readonly wrong: Readonly<Record<string, unknown>>;
  readonly outcomes: readonly string[];
  readonly faults: readonly string[];
  /** Operations whose outcome was lost and found. */
  readonly settled: number;
}

/** How often an operation is looked at, once a second, before 30 s are over. */
const MOST_LOOKS = 30;
/** Turns of the event loop in which nobody takes a step before time goes on. */
const QUIET = 12;
/** Turns between two looks whether everything is there again, and so many after which a run has come to a stand. */
const HEAL_EVERY = 50;
const STANDSTILL = 50_000;

/** One history of a run over one to three hosts, with up to six faults at random steps. */
export async function history(seed: number): Promise<Tale> {
  const model = await Model.make(seeded(seed), seed);
  try {
    await model.play();
    return await model.judge();
  } finally {
    model.end();
  }
}

class Model {
  private readonly faults: string[] = [];
  private controller: ModelController;
  private readonly planned: ReadonlySet<string>;

  private constructor(
    private readonly around: Surroundings,
    private readonly hosts: readonly ModelHost[],
    private readonly before: ReadonlyMap<string, readonly Network[]>,
  ) {
    this.controller = new ModelController(around);
    this.planned = new Set(around.store.items.map(({ hostName, networkId }) => `${hostName} ${networkId}`));
  }

  static async make(random: Random, seed: number): Promise<Model> {
    const world = new World(random);
    const hosts = Array.from({ length: 1 + Math.floor(random() * 3) }, (_, index) => {
      return new ModelHost(`host-${index}`, world, seed + index);
    });
    const items: RunItem[] = [];
    const before = new Map<string, readonly Network[]>();
    for (const [index, host] of hosts.entries()) {
      for (let made = 0; made < 2 + Math.floor(random() * 3); made += 1)
        host.engine.addNetwork({ name: `net-${made}` });
      const networks = await readInventory(host.engine);
      before.set(host.name, networks);
      const wanted = networks.filter(({ name }) => name.startsWith('net-') && random() < 0.8);
      for (const network of wanted) items.push(itemOf(items.length, host.name, network, index === 0 ? 0 : 2));
      await host.startAgent();
    }
    const gentle = random() < 0.6;
    const most = { failures: 1_000, failedPercent: 100, unreachablePercent: 100 };
    const stop = gentle ? most : { failures: 2, failedPercent: 20, unreachablePercent: 40 };
    const named = new Map(hosts.map((host) => [host.name, host]));
    const around = { world, hosts: named, store: new ModelStore(items), stop, frozen: false, healthy: false };
    const model = new Model(around, hosts, before);
    for (let count = Math.floor(random() * 7); count > 0; count -= 1) model.plan();
    return model;
  }

  /** Until the run has ended. Once all that is planned has happened, everything is there again for good. */
  async play(): Promise<void> {
    const { world, store } = this.around;
    void this.controller.run();
    for (let quiet = 0, calm = 0, taken = 0; store.finished === undefined;) {
      await turn();
      quiet = world.taken === taken ? quiet + 1 : 0;
      taken = world.taken;
      if (quiet >= QUIET && world.hurry()) quiet = 0;
      if (!world.isCalm) continue;
      if (calm++ % HEAL_EVERY === 0) this.heal();
      if (calm > STANDSTILL) throw new Error(`it came to a stand: ${JSON.stringify(store)}`);
    }
    this.heal();
  }

  /** What must hold at the end of every history. */
  async judge(): Promise<Tale> {
    const { store } = this.around;
    const wrong: Record<string, unknown> = {};
    for (const host of this.hosts) {
      const there = new Map((await readInventory(host.engine)).map((network) => [network.id, network]));
      const items = store.items.filter(({ hostName }) => hostName === host.name);
      for (const item of items) {
        const why = untrue(item, there, host);
        if (why !== undefined) wrong[`${host.name}/${item.networkName}`] = `${item.outcome} (${item.reason}): ${why}`;
      }
      for (const name of await this.stranded(host, items))
        wrong[`${host.name}/${name}`] = 'cannot start, and nobody said so';
      for (const { id, name } of this.before.get(host.name) ?? []) {
        if (this.planned.has(`${host.name} ${id}`)) continue;
        if (!there.has(id) && !host.removedOutside.has(id)) wrong[`${host.name}/${name}`] = 'removed, and not planned';
      }
      for (const [what, count] of host.deletes) {
        if (count > 1) wrong[what] = `${count} DELETEs`;
        if (what.startsWith('nobody')) wrong[what] = 'a DELETE before it was journaled';
      }
    }
    for (const { id, healthyLooks } of store.operations.values()) {
      if (healthyLooks > MOST_LOOKS) wrong[id] = `not settled after ${healthyLooks} s`;
    }
    return {
      wrong,
      outcomes: store.items.map(({ outcome }) => String(outcome)),
      faults: this.faults,
      settled: [...store.operations.values()].filter(({ looks }) => looks > 0).length,
    };
  }

  end(): void {
    this.controller.kill();
    for (const host of this.hosts) host.end();
  }

  /** Containers that refer to a network which was removed without a word on them. */
  private async stranded({ engine, removedOutside }: ModelHost, items: readonly RunItem[]): Promise<string[]> {
    const silent = items.filter(({ outcome, reason, networkId }) => {
      return outcome === 'removed' && reason === '' && !removedOutside.has(networkId);
    });
    const refers = (network: string, { networkId, networkName }: RunItem): boolean =>
      network === networkId || network === networkName;
    return (await engine.listContainers()).flatMap(({ name, attachments }) => {
      const networks = attachments.map(({ networkId, networkName }) => networkId || networkName);
      return silent.some((item) => networks.some((network) => refers(network, item))) ? [name] : [];
    });
  }

  private heal(): void {
    this.around.healthy = true;
    this.around.frozen = false;
    for (const host of this.hosts) {
      host.setDown(false);
      if (host.agentLives) void host.connect();
    }
  }

  /** One fault at a random step, and its end some steps later. */
  private plan(): void {
    const { world } = this.around;
    const host = pick(world.random, this.hosts);
    const name = pick(world.random, Object.keys(this.kinds) as (keyof Model['kinds'])[]);
    world.after(1 + Math.floor(world.random() * 120), () => {
      this.faults.push(name);
      const end = this.kinds[name](host);
      if (end !== undefined) world.after(1 + Math.floor(world.random() * 60), end);
    });
  }

  private readonly kinds = {
    killController: () => {
      if (!this.controller.lives) return undefined;
      this.controller.kill();
      return () => {
        for (const host of this.hosts) if (host.agentLives) void host.connect();
        this.controller = new ModelController(this.around);
        void this.controller.run();
      };
    },
    killAgent: (host: ModelHost) => {
      if (!host.agentLives) return undefined;
      host.killAgent();
      return () => void host.startAgent();
    },
    killEngine: (host: ModelHost) => {
      host.setDown(true);
      return () => host.setDown(false);
    },
    cutLink: (host: ModelHost) => {
      host.cut();
      return () => void host.connect();
    },
    double: (host: ModelHost) => void (host.doubling = true),
    freeze: () => {
      this.around.frozen = true;
      return () => void (this.around.frozen = false);
    },
    container: (host: ModelHost) => {
      if (this.around.world.random() < 0.5) host.racing = true;
      else host.addContainer(`net-${Math.floor(this.around.world.random() * 5)}`);
    },
    removeOutside: (host: ModelHost) => {
      const item = this.around.store.items.find(({ hostName, state }) => hostName === host.name && state !== 'done');
      if (item !== undefined) void host.removeOutside(item.networkId);
    },
  } satisfies Record<string, (host: ModelHost) => (() => void) | undefined | void>;
}

const itemOf = (position: number, hostName: string, network: Network, wave: RunItem['wave']): RunItem =>
  aRunItem(position, {
    hostName,
    networkId: network.id,
    networkName: network.name,
    driver: network.driver,
    digest: networkDigest(network),
    wave,
  });

/** Where what is told of an item is not what the engine shows. */
function untrue(item: RunItem, there: ReadonlyMap<string, Network>, host: ModelHost): string | undefined {
  const { networkId, networkName, outcome, code } = item;
  const isThere = there.has(networkId);
  const byOthers = host.removedOutside.has(networkId);
  if (outcome === 'removed' || code === 'undo_failed') return isThere ? 'it is there' : undefined;
  if (outcome === 'undone') {
    const again = [...there.values()].some(({ name }) => name === networkName);
    return !isThere && again ? undefined : 'it was not made again';
  }
  if (code === 'outcome_unknown' && outcome === 'failed') return 'nobody knows';
  if (outcome === null) return 'it has no outcome';
  return isThere || byOthers ? undefined : 'it is gone';
}
