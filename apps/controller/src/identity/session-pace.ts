import { FairleadError } from '@fairlead/domain';
import { type Clock } from '../clock.js';

const SESSIONS = 3;
const WITHIN_MS = 8_000;

/**
 * Lets each identity begin three sessions in eight seconds. An agent that dials more often is broken or hostile, and
 * each of its sessions costs a snapshot.
 *
 * Invariant: holds at most three instants of an identity.
 */
export class SessionPace {
  private readonly begun = new Map<string, number[]>();

  constructor(private readonly now: Clock) {}

  /** @throws FairleadError `overloaded` */
  take(id: string): void {
    const now = this.now();
    const recent = (this.begun.get(id) ?? []).filter((at) => at > now - WITHIN_MS && at <= now);
    if (recent.length >= SESSIONS) {
      throw new FairleadError('overloaded', `More than ${SESSIONS} sessions in ${WITHIN_MS / 1000} s`, {
        hint: 'The agent dials again by itself, later.',
      });
    }
    this.begun.set(id, [...recent, now]);
  }

  /** The last one does not count. */
  giveBack(id: string): void {
    this.begun.get(id)?.pop();
  }
}
