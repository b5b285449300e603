import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { createSimulatedEngine, type EnginePort, type SimulatedEngine } from '@fairlead/engine';
import { describeNetwork, digestOf } from '../inventory/describe-network.js';
import { isAttached, readNetwork } from '../handlers/looks.js';
import { type Handle, openHandle } from '../journal/journal-file.js';
import { all, arrive, aSpec, call, live, type Life, lookUp } from '../testing/handler-rig.js';
import { untilQuiet } from '../testing/manual-timing.js';

const HISTORIES = 2_000;

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

/**
 * A process that dies at a given step: before or after a call of the engine, before, within or after a write to the
 * journal. What it was to do afterwards never happens, and nobody is told anything.
 */
class Mortal {
  private steps = 0;
  private readonly files: Handle[] = [];
  private resolveDied!: () => void;
  readonly died = new Promise<void>((resolve) => (this.resolveDied = resolve));

  constructor(
    private readonly last: number,
    private readonly random: () => number,
  ) {}

  /** Resolves to true at the step at which it dies; never for later ones. */
  private step(): Promise<boolean> {
    this.steps += 1;
    if (this.steps > this.last) return new Promise(() => undefined);
    if (this.steps < this.last) return Promise.resolve(false);
    this.resolveDied();
    return Promise.resolve(true);
  }

  private async survive(): Promise<void> {
    if (await this.step()) await new Promise(() => undefined);
  }

  engine(engine: EnginePort): EnginePort {
    return new Proxy(engine, {
      get: (target, name: keyof EnginePort) => {
        const method = target[name] as (...args: unknown[]) => Promise<unknown>;
        return async (...args: unknown[]) => {
          await this.survive();
          const result = await method.apply(target, args).then(
            (value) => ({ value }),
            (error: unknown) => ({ error }),
          );
          await this.survive();
          if ('error' in result) throw result.error;
          return result.value;
        };
      },
    });
  }

  openFile = async (path: string): Promise<Handle> => {
    const handle = await openHandle(path);
    this.files.push(handle);
    return {
      write: async (bytes, offset, length, position) => {
        if (await this.step()) {
          const part = Math.floor(this.random() * (length + 1));
          await handle.write(bytes, offset, part, position);
          await new Promise(() => undefined);
        }
        const written = await handle.write(bytes, offset, length, position);
        await this.survive();
        return written;
      },
      read: (...args) => handle.read(...args),
      // The kernel keeps what a process has written when that dies; power is another test's matter.
      datasync: () => Promise.resolve(),
      truncate: (length) => handle.truncate(length),
      close: () => handle.close(),
    };
  };

  /** As the kernel does for the dead: Node 26 takes a file that is left to the garbage collector for an error. */
  async closeFiles(): Promise<void> {
    await Promise.all(this.files.map((handle) => handle.close()));
  }
}

interface Told {
  readonly ok: boolean;
  readonly code: string;
}

/** One command of a history, and what is true of it. */
interface Subject {
  readonly send: (life: Life) => Promise<unknown>;
  readonly look: (life: Life) => ReturnType<typeof lookUp>;
  /** Whether the engine has what it was to bring about. */
  readonly isApplied: () => Promise<boolean>;
  readonly networkIds: readonly string[];
}

async function makeSubject(engine: SimulatedEngine, random: () => number): Promise<Subject> {
  const there = async (id: string): Promise<boolean> =>
    (await engine.listNetworks()).some((network) => network.id === id);
  const kind = Math.floor(random() * 5);
  if (kind === 0) {
    const request = { operationId: 'op', spec: aSpec('made') };
    return {
      send: ({ handlers }) => handlers.CreateNetwork(arrive('CreateNetwork', request), call()),
      look: (life) => lookUp(life, 'CreateNetwork', request),
      isApplied: async () => (await engine.listNetworks()).some(({ name }) => name === 'made'),
      networkIds: [],
    };
  }
  if (kind === 4) return restoreSubject(engine);
  const names = ['a', 'b', 'c'];
  const ids = names.map((name) => engine.addNetwork({ name }));
  for (const name of names) {
    const chance = random();
    if (chance < 0.15) engine.addContainer({ name: `on-${name}`, networks: [name] });
    else if (chance < 0.3) engine.addContainer({ name: `on-${name}`, networks: [name], state: 'exited' });
  }
  if (kind === 3 && random() < 0.5) surprise(engine, names[Math.floor(random() * names.length)] ?? '');
  if (kind === 3) return pruneSubject(engine, ids, there);
  const request = { operationId: 'op', networkId: ids[0] ?? '', force: random() < 0.5 };
  return {
    send: ({ handlers }) => handlers.RemoveNetwork(arrive('RemoveNetwork', request), call()),
    look: (life) => lookUp(life, 'RemoveNetwork', request),
    isApplied: async () => !(await there(request.networkId)),
    networkIds: ids,
  };
}

async function restoreSubject(engine: SimulatedEngine): Promise<Subject> {
  const networkId = engine.addNetwork({ name: 'lost' });
  for (const name of ['x', 'y']) engine.addContainer({ name, networks: ['lost'], state: 'exited' });
  const record = describeNetwork((await readNetwork(engine, networkId)).network);
  await engine.removeNetwork(networkId);
  const request = { operationId: 'op', networkId, record };
  return {
    send: ({ handlers }) => handlers.RestoreNetwork(arrive('RestoreNetwork', request), call()),
    look: (life) => lookUp(life, 'RestoreNetwork', request),
    isApplied: async () => {
      const made = (await engine.listNetworks()).find(({ name }) => name === 'lost');
      return made !== undefined && (await engine.listContainers()).every((container) => isAttached(container, made));
    },
    networkIds: [],
  };
}

/** A container is made on a network at the moment at which that is removed. */
function surprise(engine: SimulatedEngine, name: string): void {
  const remove = engine.removeNetwork.bind(engine);
  engine.removeNetwork = async (id) => {
    const isTheOne = (await engine.inspectNetwork(id).catch(() => undefined))?.name === name;
    if (isTheOne) engine.addContainer({ name: `late-${id}`, networks: [name], state: 'created' });
    return remove(id);
  };
}

async function pruneSubject(
  engine: SimulatedEngine,
  ids: readonly string[],
  there: (id: string) => Promise<boolean>,
): Promise<Subject> {
  const items = await Promise.all(
    ids.map(async (networkId) => ({
      networkId,
      expectedDigest: digestOf((await readNetwork(engine, networkId)).network),
    })),
  );
  const request = { operationId: 'op', items };
  return {
    send: ({ handlers }) => all(handlers.PruneNetworks(arrive('PruneNetworks', request), call())),
    look: async (life) => {
      const found = await lookUp(life, 'PruneNetworks', request);
      if (found.verdict !== 'applied') return found;
      for (const { networkId = '', outcome = '', code, restoredId = '' } of found.items ?? []) {
        const isGone = !(await there(networkId));
        expect([networkId, ['removed', 'undone'].includes(outcome) || code === 'undo_failed']).toEqual([
          networkId,
          isGone,
        ]);
        expect([restoredId, outcome === 'undone']).toEqual([restoredId, await there(restoredId)]);
      }
      expect(found.items).toHaveLength(items.length);
      return found;
    },
    // Of a prune, the verdict of each item is checked; as a whole it is applied once it has begun.
    isApplied: () => Promise.resolve(true),
    networkIds: ids,
  };
}

const told = (work: Promise<unknown>): Promise<Told> =>
  work.then(
    () => ({ ok: true, code: '' }),
    (error: unknown) => ({ ok: false, code: String((error as { code: string }).code) }),
  );

/** One history: lives that end at random steps, doubled and late deliveries, then a look. */
async function play(seed: number): Promise<string> {
  const random = seeded(seed);
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-crash-'));
  const engine = createSimulatedEngine({ seed });
  const subject = await makeSubject(engine, random);
  const heard: Told[] = [];
  const mortals: Mortal[] = [];
  try {
    const lives = 1 + Math.floor(random() * 3);
    for (let index = 0; index < lives; index += 1) {
      const mortal = new Mortal(3 + Math.floor(random() * 60), random);
      mortals.push(mortal);
      const life = await Promise.race([
        live({ folder, engine: mortal.engine(engine), openFile: mortal.openFile }),
        mortal.died,
      ]);
      if (!life) continue;
      const works = Array.from({ length: 1 + Math.floor(random() * 2) }, () => told(subject.send(life)));
      if (random() < 0.2) works.push(told(subject.look(life)).then(() => ({ ok: false, code: 'looked' })));
      await Promise.race([mortal.died, Promise.all(works)]);
      await untilQuiet(20);
      heard.push(
        ...(await Promise.all(works.map((work) => Promise.race([work, untilQuiet(1).then(() => undefined)])))).flatMap(
          (one) => one ?? [],
        ),
      );
    }
    return await judge(subject, await live({ folder, engine }), engine, heard);
  } finally {
    await Promise.all(mortals.map((mortal) => mortal.closeFiles()));
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What must hold at the end of every history. */
async function judge(subject: Subject, life: Life, engine: SimulatedEngine, heard: readonly Told[]): Promise<string> {
  const { verdict } = await subject.look(life);
  const applied = await subject.isApplied();
  const isPrune = subject.networkIds.length > 0 && !heard.every(({ code }) => code === 'network_in_use');
  if (verdict === 'applied') expect(applied).toBe(true);
  else if (!isPrune || !applied) expect(['not_applied', 'not_started']).toContain(verdict);
  if (verdict === 'not_applied') expect(applied).toBe(false);
  // Whoever was told of success was told the truth.
  if (heard.some(({ ok }) => ok)) expect(verdict).toBe('applied');
  if (verdict === 'not_started') expect(heard.filter(({ ok }) => ok)).toEqual([]);
  const state = async (): Promise<string> => JSON.stringify((await engine.listNetworks()).map(({ id }) => id).sort());
  const before = await state();
  await told(subject.send(life));
  expect(await state()).toBe(before);
  for (const id of subject.networkIds) expect(engine.deletesOf(id)).toBeLessThanOrEqual(1);
  await life.journal.close();
  return String(verdict);
}

describe('an agent that dies', () => {
  it(`carries out no operation twice, and tells each outcome rightly, over ${HISTORIES} histories`, async () => {
    const verdicts = new Map<string, number>();
    for (let seed = 1; seed <= HISTORIES; seed += 1) {
      const verdict = await play(seed).catch((error: unknown) => {
        throw new Error(`history ${seed}: ${String(error)}`, { cause: error });
      });
      verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1);
    }
    // The histories reach all that can happen.
    expect([...verdicts.keys()].sort()).toEqual(['applied', 'not_applied', 'not_started']);
    for (const count of verdicts.values()) expect(count).toBeGreaterThan(HISTORIES / 50);
  }, 300_000);
});
