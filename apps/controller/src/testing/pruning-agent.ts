import { type CallContext, type Methods } from '@fairlead/link';
import { Gate, network, ScriptedAgent } from './scripted-agent.js';

type Item = Methods['PruneNetworks']['responseIn'];
type Request = Methods['PruneNetworks']['requestOut'];
/** How an item ends, by the name of its network; where nothing is said, it is removed. */
type Fate = Omit<Item, 'networkId' | 'name'>;

/**
 * A scripted agent that prunes as a real one does: one network after the other, stopping between two of them when it is
 * told to, each result in its journal.
 */
export class PruningAgent extends ScriptedAgent {
  /** Names of networks as they were removed, over all operations. */
  readonly removed: string[] = [];
  readonly fates = new Map<string, Fate>();
  /** Opened when the agent has come to the network that it is held at. */
  readonly reached = new Map<string, Gate>();
  private readonly holds = new Map<string, Gate>();
  private readonly pruned = new Map<string, Item[]>();

  constructor(
    name: string,
    networks: readonly string[],
    overrides: ConstructorParameters<typeof ScriptedAgent>[1] = {},
  ) {
    super(name, overrides);
    for (const each of networks) this.set(network(each));
    this.on('PruneNetworks', (request, context) => this.pruneByItems(request, context));
    this.on('LookUpOperation', ({ operationId }) => Promise.resolve(this.lookUp(operationId)));
  }

  /** Keeps the agent at this network, before it is removed, until the gate that is returned is opened. */
  holdAt(name: string): { readonly reached: Promise<void>; readonly release: () => void } {
    const [hold, reached] = [new Gate(), new Gate()];
    this.holds.set(name, hold);
    this.reached.set(name, reached);
    return { reached: reached.opened, release: hold.open };
  }

  private lookUp(operationId: string): Methods['LookUpOperation']['responseIn'] {
    const items = this.pruned.get(operationId);
    if (items === undefined) return { verdict: 'not_started', source: 'journal', explanation: 'it never came' };
    return { verdict: 'applied', source: 'journal', items, explanation: 'as the journal has it' };
  }

  private async *pruneByItems({ operationId, items }: Request, { signal }: CallContext): AsyncGenerator<Item> {
    const journal: Item[] = [];
    this.pruned.set(operationId, journal);
    for (const { networkId } of items) {
      const name = this.networks.get(networkId)?.name ?? '';
      const fate = signal.aborted ? GIVEN_UP : await this.carryOut(networkId, name);
      const item = { networkId, name, ...fate };
      journal.push(item);
      yield item;
    }
  }

  private async carryOut(networkId: string, name: string): Promise<Fate> {
    const hold = this.holds.get(name);
    if (hold !== undefined) {
      this.reached.get(name)?.open();
      await hold.opened;
    }
    if (name === '') return { outcome: 'kept', reason: 'it is gone already', code: 'network_not_found' };
    const fate = this.fates.get(name) ?? { outcome: 'removed' };
    if (fate.outcome !== 'removed' && fate.code !== 'undo_failed') return fate;
    this.removed.push(name);
    this.networks.delete(networkId);
    void this.tell({ removedIds: [networkId] });
    return fate;
  }
}

const GIVEN_UP: Fate = {
  outcome: 'kept',
  reason: 'not looked at: the prune was given up',
  code: 'deadline_exceeded',
};
