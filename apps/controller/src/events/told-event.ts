import { type EventView } from '@fairlead/api';
import { toTimestamp } from '../clock.js';
import { type Audience } from './sight.js';

type DataOf<E extends EventView> = E extends EventView
  ? { readonly type: E['type']; readonly host: E['host']; readonly at: number; readonly data: () => E['data'] }
  : never;

/**
 * An event before anybody reads it. `at` is milliseconds since the epoch. `data` makes the view as it is after the
 * change, whenever it is called: it keeps what it needs as it was then.
 */
export type NewEvent = DataOf<EventView>;

/** What somebody sees of an event: itself, that the host has gone from view, or that one has come into view. */
export type Seen = 'whole' | 'removal' | 'resync' | { readonly data: EventView['data'] };

/** An event as it goes to a reader. */
export interface ReadEvent {
  readonly view: EventView;
  /** As a server-sent event. */
  readonly frame: string;
}

const COULD_NOT_BE_MADE = 'an event could not be made: read again what you show';
const CAME_INTO_VIEW = 'a host has come into view: read again what you show';

/** An event of the controller. Its view and its frame are made when the first reader wants them, and once for all. */
export class ToldEvent {
  readonly type: EventView['type'];
  readonly host: string | null;
  private readonly at: number;
  /** Released once `made` holds what it makes. */
  private make: (() => EventView['data']) | undefined;
  private readonly made: Partial<Record<'whole' | 'removal' | 'resync', ReadEvent>> = {};

  constructor(
    readonly id: string,
    { type, host, at, data }: NewEvent,
    readonly audience: Audience,
    private readonly onFault: (error: unknown) => void,
  ) {
    this.type = type;
    this.host = host;
    this.at = at;
    this.make = data;
  }

  as(seen: Seen): ReadEvent {
    if (typeof seen === 'object')
      return toRead({ ...this.head(), type: this.type, host: this.host, ...seen } as EventView);
    return (this.made[seen] ??= toRead(this.viewOf(seen)));
  }

  private viewOf(seen: 'whole' | 'removal' | 'resync'): EventView {
    if (seen === 'whole') return this.whole();
    if (seen === 'resync' || this.host === null) return toResync(this.id, this.at, CAME_INTO_VIEW);
    return { ...this.head(), type: 'host.removed', host: this.host, data: { name: this.host } };
  }

  /** Readers that miss an event are told to read again. */
  private whole(): EventView {
    try {
      const data = this.make?.();
      return { ...this.head(), type: this.type, host: this.host, data } as EventView;
    } catch (error) {
      this.onFault(error);
      return toResync(this.id, this.at, COULD_NOT_BE_MADE);
    } finally {
      this.make = undefined;
    }
  }

  private head(): { readonly id: string; readonly at: string } {
    return { id: this.id, at: toTimestamp(this.at) };
  }
}

export const toRead = (view: EventView): ReadEvent => ({
  view,
  frame: `id: ${view.id}\nevent: ${view.type}\ndata: ${JSON.stringify(view)}\n\n`,
});

/** @param at milliseconds since the epoch */
export const toResync = (id: string, at: number, reason: string): EventView => ({
  id,
  at: toTimestamp(at),
  type: 'resync',
  host: null,
  data: { reason },
});
