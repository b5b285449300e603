import { afterEach, describe, expect, it } from '@jest/globals';
import { FairleadError, LABELS_LEFT_OUT } from '@fairlead/domain';
import { aNetwork } from '@fairlead/domain/testing';
import { createSimulatedEngine, type EnginePort, readInventory, type SimulatedEngine } from '@fairlead/engine';
import { digestOf } from './describe-network.js';
import { ManualTiming, untilQuiet } from '../testing/manual-timing.js';
import { type MemoryLog, memoryLog } from '../testing/memory-log.js';
import { Receiver } from '../testing/receiver.js';
import { InventoryObserver } from './inventory-observer.js';
import { capNetwork, ENTRIES_LEFT_OUT } from './limits.js';
import type { WatchWish } from './watcher.js';

const SNAPSHOT_FIRST: WatchWish = { heartbeatMs: 5_000, bookmarkFirst: false, adoptsBookmarks: false };
const BOOKMARK_FIRST: WatchWish = { heartbeatMs: 5_000, bookmarkFirst: true, adoptsBookmarks: true };

const stops: (() => void)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) stop();
  await untilQuiet();
});

/** An observer on a simulated engine, with time moved by the test. */
function rig(engine: SimulatedEngine, timing = new ManualTiming(), port: EnginePort = engine) {
  const log: MemoryLog = memoryLog();
  let reads = 0;
  let stream = 0;
  const counted = { ...port, listNetworks: () => ((reads += 1), port.listNetworks()) };
  let notes = 0;
  const observer = new InventoryObserver({
    engine: counted,
    timing,
    log,
    newId: () => `stream-${(stream += 1)}`,
    note: () => (notes += 1),
  });
  const stopping = new AbortController();
  stops.push(() => stopping.abort());
  void observer.run(stopping.signal);
  return { observer, timing, log, stopping, reads: () => reads, notes: () => notes };
}

/** A watcher whose consumer takes everything at once. */
function follow(observer: InventoryObserver, wish: Partial<WatchWish> = {}) {
  const receiver = new Receiver();
  const leaving = new AbortController();
  stops.push(() => leaving.abort());
  const over = (async () => {
    for await (const update of observer.watch({ ...SNAPSHOT_FIRST, ...wish }, leaving.signal)) receiver.take(update);
  })();
  over.catch(() => undefined);
  return { receiver, leaving, over };
}

/** A consumer that begins with a bookmark, and watches anew for a snapshot where it does not hold the set of its digest. */
function followByDigest(observer: InventoryObserver, receiver = new Receiver()) {
  const leaving = new AbortController();
  stops.push(() => leaving.abort());
  const watch = async (wish: WatchWish): Promise<void> => {
    for await (const update of observer.watch(wish, leaving.signal)) {
      receiver.take(update);
      if (receiver.lost) return watch({ ...BOOKMARK_FIRST, bookmarkFirst: false });
    }
  };
  watch(BOOKMARK_FIRST).catch(() => undefined);
  return receiver;
}

/** A watcher whose consumer asks for the next update only when told to. */
function followSlowly(observer: InventoryObserver) {
  const receiver = new Receiver();
  const updates = observer.watch({ ...SNAPSHOT_FIRST, heartbeatMs: 3_000 }, new AbortController().signal);
  let waiting: Promise<void> | undefined;
  /** Asks for one update, unless the last one asked for has not come yet. */
  const ask = (): void => {
    waiting ??= updates.next().then(({ value }) => {
      waiting = undefined;
      if (value) receiver.take(value);
    });
  };
  return { receiver, ask };
}

const fleetOf = (timing: ManualTiming, seed = 1): SimulatedEngine =>
  createSimulatedEngine({ seed, now: () => timing.now(), sleep: (ms) => timing.sleep(ms) });

async function truthOf(engine: EnginePort): Promise<[string, string][]> {
  return (await readInventory(engine)).map((network): [string, string] => [network.id, digestOf(network)]).sort();
}

const heldBy = (receiver: Receiver): [string, string][] =>
  Array.from(receiver.networks, ([id, { digest }]): [string, string] => [id, digest]).sort();

describe('what is told of the engine itself', () => {
  it('may have changed when it answers, and when it joins or leaves a swarm, and not at any other change', async () => {
    const timing = new ManualTiming();
    const engine = fleetOf(timing);
    let swarm: ReturnType<typeof aNetwork>[] = [];
    const port = { ...engine, listNetworks: async () => [...(await engine.listNetworks()), ...swarm] };
    const { notes } = rig(engine, timing, port);
    /** Lets the engine say that something has happened, and the read of it pass. */
    const change = async (name: string, networks = swarm): Promise<number> => {
      swarm = networks;
      engine.addNetwork({ name });
      await timing.advance(1_000);
      return notes();
    };
    await timing.advance(1_000);
    expect(notes()).toBe(1);
    expect(await change('one')).toBe(1);
    const ingress = aNetwork({ name: 'ingress', id: 'i'.repeat(25), driver: 'overlay', scope: 'swarm', ingress: true });
    expect(await change('two', [ingress])).toBe(2);
    expect(
      await change('three', [
        ingress,
        aNetwork({ name: 'mesh', id: 'm'.repeat(25), driver: 'overlay', scope: 'swarm' }),
      ]),
    ).toBe(2);
    expect(await change('four', [])).toBe(3);
  });
});

describe('the observer', () => {
  it('gives a snapshot and the health of the engine first', async () => {
    const timing = new ManualTiming();
    const { observer } = rig(fleetOf(timing), timing);
    const { receiver } = follow(observer);
    await timing.advance(1);
    expect(receiver.names()).toEqual(['bridge', 'host', 'none']);
    expect(receiver.kinds).toEqual(['bookmark', 'snapshot', 'bookmark']);
    expect(receiver.health).toEqual({ state: 'up', reason: '' });
  });

  it('tells a change that was made without it, in one delta', async () => {
    const timing = new ManualTiming();
    const engine = fleetOf(timing);
    const { observer } = rig(engine, timing);
    const { receiver } = follow(observer);
    await timing.advance(100);
    engine.addNetwork({ name: 'my-net' });
    engine.addContainer({ name: 'one', networks: ['my-net'] });
    await timing.advance(100);
    expect(receiver.names()).toContain('my-net');
    expect(receiver.count('delta')).toBe(1);
    expect(heldBy(receiver)).toEqual(await truthOf(engine));
  });

  it('reads once for a burst of events, and rests in proportion to what a read costs', async () => {
    const timing = new ManualTiming();
    const engine = fleetOf(timing);
    const { reads } = rig(engine, timing);
    await timing.advance(1_000);
    const before = reads();
    for (let index = 0; index < 20; index += 1) engine.addNetwork({ name: `net-${index}` });
    await timing.advance(45);
    expect(reads() - before).toBe(1);

    engine.delay('listNetworks', 100);
    engine.addNetwork({ name: 'slow' });
    await timing.advance(120);
    const slow = reads();
    // The read took 100 ms: the next one begins no sooner than 500 ms after it.
    for (let index = 0; index < 40; index += 1) {
      engine.addNetwork({ name: `busy-${index}`, ipv4: false });
      await timing.advance(10);
    }
    expect(reads() - slow).toBeLessThanOrEqual(1);
    await timing.advance(1_000);
    expect(reads()).toBeGreaterThan(slow);
  });

  it('reads again soon where a read has lasted for a minute, since it stood still meanwhile', async () => {
    const timing = new ManualTiming();
    const engine = fleetOf(timing);
    const { observer } = rig(engine, timing);
    const { receiver } = follow(observer);
    await timing.advance(1_000);
    engine.delay('listNetworks', 60_000);
    engine.addNetwork({ name: 'one' });
    await timing.advance(60_100);
    engine.delay('listNetworks', 0);
    engine.addNetwork({ name: 'two' });
    await timing.advance(11_000);
    expect(receiver.names()).toEqual(expect.arrayContaining(['one', 'two']));
  });

  it('heals what lost events have hidden within half a minute', async () => {
    const timing = new ManualTiming();
    const engine = fleetOf(timing);
    const { observer } = rig(engine, timing);
    const { receiver } = follow(observer);
    await timing.advance(100);
    engine.dropEvents(1);
    engine.addNetwork({ name: 'unheard' });
    await timing.advance(15_000);
    expect(receiver.names()).not.toContain('unheard');
    await timing.advance(12_000);
    expect(receiver.names()).toContain('unheard');
  });

  it('sends nothing but bookmarks while the engine shows the same', async () => {
    const timing = new ManualTiming();
    const { observer } = rig(fleetOf(timing), timing);
    const { receiver } = follow(observer);
    await timing.advance(300_000);
    expect(receiver.count('snapshot')).toBe(1);
    expect(receiver.count('delta')).toBe(0);
    expect(receiver.count('bookmark')).toBe(62);
  });

  it('spreads bookmarks by ten per cent', async () => {
    const timing = new ManualTiming();
    timing.chance = 0.999;
    const { observer } = rig(fleetOf(timing), timing);
    const { receiver } = follow(observer, { heartbeatMs: 1_000 });
    await timing.advance(1_050);
    const early = receiver.count('bookmark');
    await timing.advance(100);
    expect(receiver.count('bookmark')).toBe(early + 1);
  });

  it('begins a new stream when the engine has restarted, with the new id of its bridge', async () => {
    const timing = new ManualTiming();
    const engine = fleetOf(timing);
    engine.addNetwork({ name: 'kept' });
    const { observer } = rig(engine, timing);
    const { receiver } = follow(observer);
    await timing.advance(100);
    const bridge = (await engine.inspectNetwork('bridge')).id;
    engine.restart();
    await timing.advance(1);
    expect(receiver.health).toMatchObject({ state: 'down' });
    await timing.advance(1_000);
    expect(receiver.health).toEqual({ state: 'up', reason: '' });
    expect(new Set(receiver.streams).size).toBe(2);
    expect(receiver.networks.has(bridge)).toBe(false);
    expect(heldBy(receiver)).toEqual(await truthOf(engine));
  });

  it('says at once that the engine is down and why, keeps what it knows, and finds the engine again', async () => {
    const timing = new ManualTiming();
    const engine = fleetOf(timing);
    const { observer, log } = rig(engine, timing);
    const { receiver } = follow(observer);
    await timing.advance(100);
    engine.setDown(true);
    await timing.advance(1);
    expect(receiver.health?.state).toBe('down');
    expect(receiver.names()).toHaveLength(3);
    await timing.advance(60_000);
    expect(receiver.health).toEqual({ state: 'down', reason: 'The simulated engine is down' });
    // Once for each state, not for each attempt.
    expect(log.lines.filter(({ level }) => level === 'warn')).toHaveLength(1);
    engine.addNetwork({ name: 'meanwhile' });
    engine.setDown(false);
    await timing.advance(5_100);
    expect(receiver.health?.state).toBe('up');
    expect(receiver.names()).toContain('meanwhile');
  });

  it('finds an engine that has frozen without ending its event stream', async () => {
    const timing = new ManualTiming();
    const engine = fleetOf(timing);
    const { observer } = rig(engine, timing);
    await timing.advance(100);
    expect(observer.health.state).toBe('up');
    engine.delay('ping', 10_000_000);
    await timing.advance(10_100);
    expect(observer.health).toMatchObject({ state: 'down', reason: expect.stringContaining('no answer within 5 s') });
  });

  it('waits for the engine at its own start and says so meanwhile', async () => {
    const timing = new ManualTiming();
    const engine = fleetOf(timing);
    engine.setDown(true);
    const { observer } = rig(engine, timing);
    const { receiver } = follow(observer);
    await timing.advance(1_000);
    expect(receiver.kinds).not.toContain('snapshot');
    expect(receiver.health?.state).toBe('down');
    engine.setDown(false);
    await timing.advance(5_100);
    expect(receiver.names()).toEqual(['bridge', 'host', 'none']);
  });

  it('reads nothing of an old stream into a new one', async () => {
    const timing = new ManualTiming();
    const engine = fleetOf(timing);
    engine.addNetwork({ name: 'gone' });
    const { observer } = rig(engine, timing);
    await timing.advance(100);
    engine.delay('listContainers', 2_000);
    engine.addNetwork({ name: 'another' });
    await timing.advance(50);
    // The read of the old stream is under way; it has seen `gone`.
    engine.restart();
    engine.delay('listContainers', 0);
    await engine.removeNetwork((await engine.inspectNetwork('gone')).id);
    await timing.advance(300);
    const fresh = observer.state;
    await timing.advance(3_000);
    expect(observer.state).toBe(fresh);
    expect([...(fresh?.networks.values() ?? [])].map(({ network }) => network.name)).not.toContain('gone');
  });

  it('goes down when a read fails, and comes back', async () => {
    const timing = new ManualTiming();
    const engine = fleetOf(timing);
    const { observer } = rig(engine, timing);
    await timing.advance(100);
    engine.failNext('listContainers', new FairleadError('engine_failed', 'database is locked'));
    engine.addNetwork({ name: 'x' });
    await timing.advance(60);
    expect(observer.health).toEqual({ state: 'down', reason: 'database is locked' });
    await timing.advance(1_000);
    expect(observer.health.state).toBe('up');
  });

  it('ends its watchers and leaves no timer behind when it stops', async () => {
    const timing = new ManualTiming();
    const { observer, stopping } = rig(fleetOf(timing), timing);
    const { over, leaving } = follow(observer);
    await timing.advance(100);
    leaving.abort();
    stopping.abort();
    await over;
    await untilQuiet();
    expect(timing.pending).toBe(0);
  });
});

describe('a watcher that may hold the set already', () => {
  it('is told the digest, and then what changes', async () => {
    const timing = new ManualTiming();
    const engine = fleetOf(timing);
    const { observer } = rig(engine, timing);
    const { receiver: before } = follow(observer);
    await timing.advance(100);
    const receiver = followByDigest(observer, before.copy());
    await untilQuiet();
    expect(receiver.kinds).toEqual(['bookmark']);
    engine.addNetwork({ name: 'my-net' });
    await timing.advance(100);
    expect(receiver.kinds).toEqual(['bookmark', 'delta']);
    expect(heldBy(receiver)).toEqual(await truthOf(engine));
  });

  it('is told the digest also where the engine answers later, and of its silence before', async () => {
    const timing = new ManualTiming();
    const engine = fleetOf(timing);
    engine.setDown(true);
    const { observer } = rig(engine, timing);
    const receiver = followByDigest(observer);
    await timing.advance(1_000);
    expect(receiver).toMatchObject({ health: { state: 'down' }, lost: false });
    expect(receiver.kinds).not.toContain('snapshot');
    engine.setDown(false);
    await timing.advance(5_100);
    expect(receiver.count('snapshot')).toBe(1);
    expect(heldBy(receiver)).toEqual(await truthOf(engine));
  });

  it.each([
    ['a bookmark where it adopts by digest', true, 0],
    ['a snapshot where it does not', false, 1],
  ])('gets for a new stream of the same set %s', async (_, adoptsBookmarks, snapshots) => {
    const timing = new ManualTiming();
    const engine = fleetOf(timing);
    const { observer } = rig(engine, timing);
    const { receiver } = follow(observer, { adoptsBookmarks });
    await timing.advance(100);
    engine.failNext('listContainers', new FairleadError('engine_failed', 'for a moment'));
    engine.addNetwork({ name: 'x' });
    await engine.removeNetwork('x');
    await timing.advance(5_000);
    expect(observer.streamId).not.toBe('stream-1');
    expect(receiver.count('snapshot')).toBe(1 + snapshots);
    expect(receiver.revision).toBe(observer.state?.revision);
    engine.addNetwork({ name: 'later' });
    await timing.advance(100);
    expect(heldBy(receiver)).toEqual(await truthOf(engine));
  });

  it('gets a snapshot for a new stream that shows another set', async () => {
    const timing = new ManualTiming();
    const engine = fleetOf(timing);
    const { observer } = rig(engine, timing);
    const receiver = followByDigest(observer);
    await timing.advance(100);
    engine.restart();
    await timing.advance(1_000);
    expect(receiver.count('snapshot')).toBe(2);
    expect(heldBy(receiver)).toEqual(await truthOf(engine));
  });
});

describe('a slow watcher', () => {
  it('gets one delta for all that has happened, and holds up neither the engine nor the others', async () => {
    const timing = new ManualTiming();
    const engine = fleetOf(timing);
    const { observer } = rig(engine, timing);
    const { receiver: quick } = follow(observer);
    const { receiver, ask } = followSlowly(observer);
    for (let asked = 0; asked < 4; asked += 1) {
      ask();
      await timing.advance(20);
    }
    for (let index = 0; index < 200; index += 1) {
      const id = engine.addNetwork({ name: 'come-and-go' });
      await engine.removeNetwork(id);
      if (index % 20 === 0) {
        engine.addNetwork({ name: `net-${index}`, ipv4: false });
        await timing.advance(100);
      }
    }
    await timing.advance(1_000);
    expect(heldBy(quick)).toEqual(await truthOf(engine));
    while (receiver.count('delta') === 0) {
      ask();
      await untilQuiet();
    }
    expect(receiver.count('snapshot')).toBe(1);
    expect(heldBy(receiver)).toEqual(await truthOf(engine));
  });

  it('gets a snapshot in chunks where one delta would be too large', async () => {
    const timing = new ManualTiming();
    const engine = fleetOf(timing);
    const { observer } = rig(engine, timing);
    const { receiver } = follow(observer);
    await timing.advance(100);
    for (let index = 0; index < 450; index += 1) {
      engine.addNetwork({ name: `net-${index}`, ipv4: false, labels: { text: 'x'.repeat(1_000) } });
    }
    await timing.advance(1_000);
    expect(receiver.count('snapshot')).toBe(2);
    expect(new Set(receiver.streams).size).toBe(1);
    expect(receiver.networks.size).toBe(453);
    expect(receiver.largestChunk).toBeLessThanOrEqual(256 * 1024);
  });
});

describe('settle', () => {
  it('resolves when every watcher has been given what a command has changed', async () => {
    const timing = new ManualTiming();
    const engine = fleetOf(timing);
    const { observer, reads } = rig(engine, timing);
    const watchers = [follow(observer), follow(observer)];
    await timing.advance(1_000);
    const before = reads();
    engine.dropEvents(10);
    engine.addNetwork({ name: 'made' });
    await observer.settle();
    for (const { receiver } of watchers) expect(receiver.names()).toContain('made');
    expect(reads() - before).toBe(1);
  });

  it('shares one read among those who ask while another one is under way', async () => {
    const timing = new ManualTiming();
    const engine = fleetOf(timing);
    const { observer, reads } = rig(engine, timing);
    await timing.advance(1_000);
    engine.delay('listNetworks', 20);
    const before = reads();
    const first = observer.settle();
    await untilQuiet();
    const more = [observer.settle(), observer.settle(), observer.settle()];
    await timing.advance(100);
    await Promise.all([first, ...more]);
    expect(reads() - before).toBe(2);
  });

  it('gives up on a watcher that does not take what it is given, after a second', async () => {
    const timing = new ManualTiming();
    const engine = fleetOf(timing);
    const { observer } = rig(engine, timing);
    const stalled = followSlowly(observer);
    await timing.advance(100);
    stalled.ask();
    await untilQuiet();
    let settled = false;
    void observer.settle().then(() => (settled = true));
    await timing.advance(990);
    expect(settled).toBe(false);
    await timing.advance(20);
    expect(settled).toBe(true);
  });

  it('does not wait for an engine that is down', async () => {
    const timing = new ManualTiming();
    const engine = fleetOf(timing);
    engine.setDown(true);
    const { observer } = rig(engine, timing);
    await timing.advance(10);
    await observer.settle();
    expect(observer.health.state).toBe('down');
  });
});

describe('limits', () => {
  it('follows the 5,000 oldest networks and says how many there are', async () => {
    const timing = new ManualTiming();
    const engine = fleetOf(timing);
    for (let index = 0; index < 5_010; index += 1) engine.addNetwork({ name: `net-${index}`, ipv4: false });
    const { observer, log } = rig(engine, timing);
    await timing.advance(10);
    expect(observer.state?.networks.size).toBe(5_000);
    expect(observer.health).toMatchObject({ state: 'up', reason: expect.stringMatching(/^over-limit: of 5013 /) });
    expect(log.lines.filter(({ message }) => message.includes('too large'))).toHaveLength(1);
  });

  it('passes on 128 labels and 32 KiB of them', async () => {
    const timing = new ManualTiming();
    const engine = fleetOf(timing);
    const many = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`key-${1000 + index}`, 'v']));
    const large = { a: 'x'.repeat(20_000), b: 'x'.repeat(20_000), c: 'small' };
    const ids = [many, large].map((labels, index) => engine.addNetwork({ name: `net-${index}`, ipv4: false, labels }));
    const { observer } = rig(engine, timing);
    await timing.advance(10);
    const labels = ids.map((id) => Object.keys(observer.state?.networks.get(id)?.network.labels ?? {}));
    expect(labels[0]).toHaveLength(129);
    expect(labels[0]).toContain(LABELS_LEFT_OUT);
    expect(labels[1]).toEqual(['a', 'c', LABELS_LEFT_OUT]);
  });

  it('passes on as much of every other map of a network', () => {
    const many = Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`key-${index}`, 'v']));
    const subnet = { cidr: '10.0.0.0/8', ipRange: null, gateway: null };
    const whole = aNetwork({ options: { a: 'b' }, subnets: [{ ...subnet, auxAddresses: { router: '10.0.0.9' } }] });
    expect(capNetwork(whole)).toBe(whole);
    const subnets = [{ ...subnet, auxAddresses: many }];
    const capped = capNetwork({ ...whole, options: many, ipamOptions: many, subnets });
    for (const map of [capped.options, capped.ipamOptions, capped.subnets[0]!.auxAddresses]) {
      expect(Object.keys(map)).toHaveLength(129);
      expect(map[ENTRIES_LEFT_OUT]).toBe('99872');
    }
  });
});

/** Small and repeatable (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

describe('over random histories', () => {
  it.each(Array.from({ length: 25 }, (_, seed) => seed))(
    'what is received equals the engine (seed %i)',
    async (seed) => {
      const random = seeded(seed + 1);
      const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
      const timing = new ManualTiming();
      const engine = fleetOf(timing, seed + 1);
      const { observer } = rig(engine, timing);
      const quick = follow(observer);
      const slow = followSlowly(observer);
      const byDigest = followByDigest(observer);
      let made = 0;
      const acts: (() => unknown)[] = [
        () => engine.addNetwork({ name: `net-${(made += 1)}`, ipv4: false }),
        () => engine.addNetwork({ name: `net-${(made += 1)}`, ipv4: false }),
        async () =>
          engine.addContainer({ name: `c-${(made += 1)}`, networks: [pick(await engine.listNetworks()).name] }),
        async () => engine.removeNetwork(pick(await engine.listNetworks()).id),
        async () => engine.stopContainer(pick(await engine.listContainers()).id),
        async () => engine.startContainer(pick(await engine.listContainers()).id),
        async () => engine.removeContainer(pick(await engine.listContainers()).id),
        () => engine.dropEvents(Math.floor(random() * 3)),
        () => random() < 0.3 && engine.restart(),
        () => engine.delay('listContainers', pick([0, 0, 5, 80])),
        () => observer.settle(),
        () => engine.failNext('listNetworks', new FairleadError('engine_failed', 'for a moment')),
      ];
      for (let step = 0; step < 60; step += 1) {
        // What the engine refuses is part of the history.
        await Promise.race([Promise.resolve().then(pick(acts)), timing.advance(1)]).catch(() => undefined);
        await timing.advance(Math.floor(random() * 120));
        if (random() < 0.4) slow.ask();
      }
      engine.delay('listContainers', 0);
      await timing.advance(80_000);
      expect(heldBy(quick.receiver)).toEqual(await truthOf(engine));
      expect(heldBy(byDigest)).toEqual(await truthOf(engine));
      for (let asked = 0; slow.receiver.revision !== observer.state?.revision && asked < 50; asked += 1) {
        slow.ask();
        await untilQuiet();
      }
      expect(heldBy(slow.receiver)).toEqual(await truthOf(engine));
    },
  );
});
