import { FairleadError, toFairleadError } from '@fairlead/domain';
import {
  type CallContext,
  type LookUpOperationResponse,
  type PruneItemMessage__Output,
  type PruneItemResult,
  type PruneNetworksRequest__Output,
} from '@fairlead/link';
import { type SimulatedInventory } from './simulated-inventory.js';

interface Parts {
  readonly inventory: SimulatedInventory;
  /** Tells of what was removed, and resolves when those who watch have been given it. */
  readonly settle: () => Promise<void>;
}

/** Prunes of one host that are remembered; a real journal keeps them for days. */
const KEPT = 500;

/**
 * The prunes of one host, in memory: an operation is carried out once, what was not come to is kept, and of one policy a
 * run with a lower fence is refused. What only a real host knows (containers that name a network, projects) is not here.
 */
export class SimulatedPrunes {
  private readonly results = new Map<string, PruneItemResult[]>();
  private readonly fences = new Map<string, number>();

  constructor(private readonly parts: Parts) {}

  /** @throws FairleadError `plan_stale` */
  async *run(
    { operationId, items, run }: PruneNetworksRequest__Output,
    context: CallContext,
  ): AsyncGenerator<PruneItemResult> {
    const before = this.results.get(operationId);
    if (before !== undefined) return yield* before;
    if (run !== null) this.bar(run);
    const results = this.remember(operationId);
    try {
      for (const item of items) {
        if (context.signal.aborted || context.remainingMs() <= 0) break;
        results.push(this.removeUnused(item));
        await this.parts.settle();
        yield results.at(-1) as PruneItemResult;
      }
    } finally {
      const rest = items.slice(results.length);
      results.push(...rest.map(({ networkId }) => kept(networkId, GIVEN_UP)));
    }
    yield* results.filter(({ code }) => code === GIVEN_UP.code);
  }

  /** Undefined for what was never a prune here. */
  lookUp(operationId: string): LookUpOperationResponse | undefined {
    const items = this.results.get(operationId);
    if (items === undefined) return undefined;
    return { verdict: 'applied', source: 'journal', items, explanation: 'it was carried out' };
  }

  private bar({ policyId, runId, fence }: NonNullable<PruneNetworksRequest__Output['run']>): void {
    const highest = this.fences.get(policyId) ?? 0;
    if (fence < highest)
      throw new FairleadError('plan_stale', `A later run of this policy has begun; ${runId} is over`);
    this.fences.set(policyId, fence);
  }

  private remember(operationId: string): PruneItemResult[] {
    const results: PruneItemResult[] = [];
    this.results.set(operationId, results);
    const [oldest] = this.results.keys();
    if (this.results.size > KEPT && oldest !== undefined) this.results.delete(oldest);
    return results;
  }

  private removeUnused({ networkId, expectedDigest }: PruneItemMessage__Output): PruneItemResult {
    const { inventory } = this.parts;
    try {
      const known = inventory.find(networkId);
      const { name, endpoints, scope } = known.network;
      if (scope !== 'local') throw new FairleadError('unsupported', 'shared over the swarm');
      if (endpoints.length === 0 && known.digest !== expectedDigest) {
        throw new FairleadError('network_changed', 'it is no longer the network that was planned for');
      }
      inventory.remove(networkId, false);
      return { networkId, name, outcome: 'removed' };
    } catch (error) {
      return kept(networkId, toFairleadError(error));
    }
  }
}

const GIVEN_UP = { code: 'deadline_exceeded', message: 'not looked at: the prune was given up' } as const;

const kept = (networkId: string, { code, message }: Pick<FairleadError, 'code' | 'message'>): PruneItemResult => ({
  networkId,
  outcome: 'kept',
  code,
  reason: message,
});
