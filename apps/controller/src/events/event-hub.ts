import { randomBytes } from 'node:crypto';
import { type EventQuery, type EventView } from '@fairlead/api';
import { type Audience, type Sight } from './sight.js';

/** Events kept for readers that come back. */
const KEPT = 1000;

type Unnumbered = EventView extends infer E ? (E extends EventView ? Omit<E, 'id'> : never) : never;
export type NewEvent = Unnumbered;

interface Told {
  readonly event: EventView;
  readonly audience: Audience;
}

export interface Subscription {
  /** Events after the one that the reader has seen last, or a `resync` where they are no longer known. */
  readonly missed: readonly EventView[];
  readonly close: () => void;
}

/**
 * Numbers events, keeps the last thousand, and hands them to readers.
 *
 * Invariants: ids grow by one and are never reused, also over a restart, since they begin with a random word of this
 * process; a reader is given every event after the one it names, or `resync`, never a gap.
 */
export class EventHub {
  private readonly life = randomBytes(4).toString('hex');
  private readonly ring: Told[] = [];
  private readonly readers = new Set<(told: Told) => void>();
  private last = 0;

  /** @param audience by what is judged who may see it; without it only readers who may see everything do */
  publish(event: NewEvent, audience: Audience = {}): void {
    const told = { event: { id: this.idOf(++this.last), ...event } as EventView, audience };
    this.ring.push(told);
    if (this.ring.length > KEPT) this.ring.shift();
    for (const reader of this.readers) reader(told);
  }

  /**
   * @param lastEventId the event that the reader has seen last, or undefined to begin now
   * @param sight what the reader may see
   */
  subscribe(
    lastEventId: string | undefined,
    at: string,
    sight: Sight,
    reader: (event: EventView) => void,
  ): Subscription {
    const look = ({ event, audience }: Told): void => {
      const seen = sight(event, audience);
      if (seen !== undefined) reader(seen);
    };
    this.readers.add(look);
    const missed = this.since(lastEventId, at).flatMap(({ event, audience }) => sight(event, audience) ?? []);
    return { missed, close: () => void this.readers.delete(look) };
  }

  private since(lastEventId: string | undefined, at: string): readonly Told[] {
    if (lastEventId === undefined || lastEventId === this.idOf(this.last)) return [];
    const position = this.ring.findIndex(({ event }) => event.id === lastEventId);
    if (position >= 0) return this.ring.slice(position + 1);
    const reason = `events since ${lastEventId} are no longer known: read again what you show`;
    return [{ event: this.resync(at, reason), audience: {} }];
  }

  /** For one reader: after it, the reader knows everything up to now. */
  resync(at: string, reason: string): EventView {
    return { id: this.idOf(this.last), at, type: 'resync', host: null, data: { reason } };
  }

  private idOf(number: number): string {
    return `${this.life}-${number}`;
  }
}

/** Whether a reader asked for this event; `resync` always comes. */
export function wanted(event: EventView, { host, type }: EventQuery): boolean {
  if (event.type === 'resync') return true;
  return (host.length === 0 || host.includes(event.host)) && (type.length === 0 || type.includes(event.type));
}
