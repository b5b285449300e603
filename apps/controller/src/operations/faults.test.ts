import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createNetworkRequest } from '@fairlead/api';
import { FairleadError } from '@fairlead/domain';
import { HostScope } from '../access/host-scope.js';
import { Rig, until } from '../testing/rig.js';
import { idOf, message, network, ScriptedAgent } from '../testing/scripted-agent.js';
import { seeded } from '../testing/seeded.js';

/** What becomes of a command on its way through agent and engine. */
const FATES = ['done', 'refused', 'done, answer lost', 'begun, not done', 'done late'] as const;

/**
 * A host whose commands meet a fate of their own, and whose journal tells the truth about each. `begun` counts how often
 * each operation was begun; `refused` holds those that were asked for before they had come, and never may begin.
 */
class UnluckyAgent extends ScriptedAgent {
  readonly begun = new Map<string, number>();
  private readonly refused = new Set<string>();
  private readonly running = new Set<string>();

  constructor(private readonly random: () => number) {
    super('web-1');
    this.on('CreateNetwork', ({ operationId, spec }) => this.create(operationId, spec!.name));
    this.on('LookUpOperation', ({ operationId }) => Promise.resolve(this.lookUp(operationId)));
  }

  private async create(operationId: string, name: string) {
    this.begun.set(operationId, (this.begun.get(operationId) ?? 0) + 1);
    if (this.refused.has(operationId)) throw new Error('It was begun after it had been given up');
    const fate = FATES[Math.floor(this.random() * FATES.length)]!;
    if (fate === 'refused') throw new FairleadError('engine_refused', 'No.', { engineMessage: 'no' });
    if (fate === 'begun, not done') return new Promise<never>(() => undefined);
    if (fate === 'done late') await this.takeTime(operationId);
    const made = network(name, { labels: { op: operationId } });
    this.set(made);
    if (fate === 'done, answer lost') return new Promise<never>(() => undefined);
    void this.tell({ upserts: [message(made)] });
    return { network: message(made), warning: '' };
  }

  private async takeTime(operationId: string): Promise<void> {
    this.running.add(operationId);
    await new Promise((resolve) => setTimeout(resolve, this.random() * 20));
    this.running.delete(operationId);
  }

  private lookUp(operationId: string) {
    if (this.running.has(operationId)) return { verdict: 'running', source: 'journal', explanation: 'not yet' };
    const applied = [...this.networks.values()].some(({ labels }) => labels['op'] === operationId);
    if (applied) return { verdict: 'applied', source: 'engine', explanation: 'it is there' };
    if (this.begun.has(operationId))
      return { verdict: 'not_applied', source: 'journal', explanation: 'it is not there' };
    this.refused.add(operationId);
    return { verdict: 'not_started', source: 'journal', explanation: 'it never came' };
  }
}

let rig: Rig;

beforeEach(async () => {
  rig = await Rig.start();
});

afterEach(() => rig.stop());

async function cutLink(): Promise<void> {
  rig.runtime.fleet.session('web-1')?.connection.close('cut');
  await until('the session has gone', () => rig.runtime.fleet.session('web-1') === undefined);
}

const SEEDS = Array.from({ length: 25 }, (_, index) => [index + 1]);

describe('over random histories of lost answers, cut links and controllers that end', () => {
  it.each(SEEDS)(
    'each command is begun once at most, and each outcome comes to be the truth (seed %i)',
    async (seed) => {
      const random = seeded(seed);
      const agent = new UnluckyAgent(random);
      const ids: string[] = [];
      await rig.attach(agent);
      for (let step = 0; step < 15; step++) {
        const dice = random();
        if (dice < 0.6) {
          const body = createNetworkRequest.parse({ name: `net-${step}` });
          const { operation } = await rig.submit(() => rig.runtime.commands.create('web-1', body, HostScope.all));
          ids.push(operation.id);
        } else if (dice < 0.75) await cutLink();
        else if (dice < 0.85) rig = await rig.restart();
        else if (rig.runtime.fleet.session('web-1') === undefined) await rig.attach(agent);
        if (random() < 0.5) await new Promise((resolve) => setTimeout(resolve, random() * 10));
      }
      await cutLink();
      await until('nothing is under way', async () => (await rig.runtime.operations.interrupted()).length === 0);
      await rig.attach(agent);
      await until('nothing is unknown', async () => (await rig.runtime.operations.unsettled('web-1')).length === 0);
      for (const id of ids) {
        const { outcome, sent, error } = await rig.stored(id);
        const there = [...agent.networks.values()].some(({ labels }) => labels['op'] === id);
        expect([id, outcome === 'succeeded']).toEqual([id, there]);
        expect(agent.begun.get(id) ?? 0).toBeLessThanOrEqual(1);
        if (sent === null) expect([agent.begun.has(id), error?.code]).toEqual([false, 'host_unavailable']);
        if (outcome === 'expired') expect(agent.begun.has(id)).toBe(false);
      }
      const stored = (await rig.networks()).map(({ id }) => id).sort();
      expect(stored).toEqual([...agent.networks.keys()].sort());
      expect(stored).toContain(idOf('bridge'));
    },
  );
});
