import { toFairleadError } from '@fairlead/domain';
import { codec } from '@fairlead/link';
import { type Clock } from '../clock.js';
import { type Fleet, type FleetListener } from '../fleet/fleet.js';
import { type HostSession } from '../fleet/host-session.js';
import { type HostsStore, type StoredHost } from '../hosts/hosts.store.js';
import { type Operation } from './operation.js';
import { type OperationsStore } from './operations.store.js';
import { settledEnding } from './results.js';

/** Time for one look, and between two looks at a host that could not yet say, in milliseconds. */
const LOOK_DEADLINE_MS = 10_000;
const LOOK_AGAIN_MS = 1000;

/**
 * Settles operations whose outcome was lost: by asking the agent's journal and the engine, never by sending again.
 *
 * Invariants: at most one round a host at a time; a round ends with its session, since every question then fails at
 * once; an operation is settled once.
 */
export class Settler implements FleetListener {
  private readonly rounds = new Set<string>();
  private readonly timers = new Set<NodeJS.Timeout>();
  private stopped = false;

  constructor(
    private readonly store: OperationsStore,
    private readonly hosts: Pick<HostsStore, 'find'>,
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
    if (this.stopped) return;
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      const session = this.fleet.session(hostName);
      if (session) void this.round(session);
    }, LOOK_AGAIN_MS);
    this.timers.add(timer);
  }

  /** Looks at nothing any more. */
  stop(): void {
    this.stopped = true;
    for (const timer of this.timers) clearTimeout(timer);
  }

  private async round(session: HostSession): Promise<void> {
    if (this.stopped || this.rounds.has(session.name)) return;
    this.rounds.add(session.name);
    try {
      const outcomes = [];
      for (const operation of await this.store.unsettled(session.name)) {
        outcomes.push(await this.settle(session, operation).catch((error: unknown) => this.failed(session, error)));
      }
      if (outcomes.includes(false)) this.lookLater(session.name);
    } catch (error) {
      this.failed(session, error);
      this.lookLater(session.name);
    } finally {
      this.rounds.delete(session.name);
    }
  }

  /** One operation that cannot be looked up must not keep the others waiting. */
  private failed(session: HostSession, error: unknown): false {
    const details = { host: session.name, error: toFairleadError(error).message };
    this.log('an unsettled operation could not be looked up', details);
    return false;
  }

  /** @returns false where the agent cannot say yet */
  private async settle(session: HostSession, operation: Operation): Promise<boolean> {
    if (operation.sent === null || !isItsOwn(operation, this.hosts.find(session.name))) return true;
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

/**
 * Whether the operation was sent to the host that has its name now: another one is not told of it, nor believed about it.
 * @param host undefined: the name is nobody's by now
 */
export function isItsOwn(
  { createdAt, journalId }: Pick<Operation, 'createdAt' | 'journalId'>,
  host: Pick<StoredHost, 'firstSeenAt' | 'journalId'> | undefined,
): boolean {
  if (host === undefined) return false;
  return createdAt >= host.firstSeenAt || (journalId === host.journalId && journalId !== '');
}
