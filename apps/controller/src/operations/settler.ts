import { toFairleadError } from '@fairlead/domain';
import { codec } from '@fairlead/link';
import { type Clock } from '../clock.js';
import { type Fleet, type FleetListener } from '../fleet/fleet.js';
import { type HostSession } from '../fleet/host-session.js';
import { type Operation } from './operation.js';
import { type OperationsStore } from './operations.store.js';
import { settledEnding } from './results.js';

/** Time for one look, and between two looks at a host that could not yet say, in milliseconds. */
const LOOK_DEADLINE_MS = 10_000;
const LOOK_AGAIN_MS = 1000;

/**
 * Settles operations whose outcome was lost: by asking the agent's journal and the engine, never by sending again.
 *
 * Invariants: at most one round a host at a time; a round ends with its session; an operation is settled once.
 */
export class Settler implements FleetListener {
  private readonly rounds = new Set<string>();
  private readonly timers = new Set<NodeJS.Timeout>();

  constructor(
    private readonly store: OperationsStore,
    private readonly fleet: Fleet,
    private readonly now: Clock,
    private readonly changed: (operation: Operation) => void,
    private readonly log: (message: string, details?: object) => void,
  ) {}

  hostSynced(session: HostSession): void {
    void this.round(session);
  }

  /** Looks at the host's unsettled operations in a moment, if it is connected then. */
  lookLater(hostName: string): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      const session = this.fleet.session(hostName);
      if (session) void this.round(session);
    }, LOOK_AGAIN_MS);
    this.timers.add(timer);
  }

  stop(): void {
    for (const timer of this.timers) clearTimeout(timer);
  }

  private async round(session: HostSession): Promise<void> {
    if (this.rounds.has(session.name)) return;
    this.rounds.add(session.name);
    try {
      let open = false;
      for (const operation of await this.store.unsettled(session.name)) {
        open = !(await this.settle(session, operation)) || open;
      }
      if (open) this.lookLater(session.name);
    } catch (error) {
      this.log('unsettled operations could not be looked up', {
        host: session.name,
        error: toFairleadError(error).message,
      });
      this.lookLater(session.name);
    } finally {
      this.rounds.delete(session.name);
    }
  }

  /** @returns false where the agent cannot say yet */
  private async settle(session: HostSession, operation: Operation): Promise<boolean> {
    if (operation.sent === null) return true;
    const { method, message } = operation.sent;
    const question = {
      operationId: operation.id,
      method,
      request: codec.encodeRequest(method, message),
      journalId: operation.journalId ?? '',
    };
    const found = await session.connection.invoke('LookUpOperation', question, { deadlineMs: LOOK_DEADLINE_MS });
    const ending = settledEnding(method, found);
    if (ending === undefined) return false;
    const by = found.source === 'journal' ? 'journal' : 'engine';
    const settled = await this.store.settle(operation, ending, { at: this.now(), by, explanation: found.explanation });
    this.log('operation settled', { operation: operation.id, outcome: settled.outcome, by });
    this.changed(settled);
    return true;
  }
}
