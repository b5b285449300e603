import { type EventView } from '@fairlead/api';
import { type HostScope } from '../access/host-scope.js';
import { type Labelled } from '../hosts/effective-labels.js';

/** By what is judged who may see an event. */
export interface Audience {
  /** The host as it was when the event came; undefined: no longer known. */
  readonly host?: Labelled | undefined;
  /** The host as the event before showed it, where its labels were others. */
  readonly before?: Labelled | undefined;
  /** The event for somebody who may know of some hosts only. */
  readonly narrowed?: (sees: (hostName: string) => boolean) => EventView['data'];
}

/** What a reader may see of an event, or undefined where that is nothing. */
export type Sight = (event: EventView, audience: Audience) => EventView | undefined;

/** Of the controller itself, and of readers without bounds. */
export const everything: Sight = (event) => event;

/**
 * What a caller sees of the fleet's events. A host whose labels lead out of the scope is removed to this reader; one
 * whose labels lead in has a past that the reader has not seen, and so has to be read.
 * @param find the host as it is now
 */
export function sightOf(scope: HostScope, find: (hostName: string) => Labelled | undefined): Sight {
  if (scope.everything) return everything;
  const sees = (hostName: string): boolean => scope.includes(find(hostName));
  return (event, { host, before, narrowed }) => {
    if (event.type === 'resync') return event;
    const within = scope.includes(host);
    const was = before === undefined ? within : scope.includes(before);
    if (was && !within) return toRemoval(event);
    if (!within) return undefined;
    if (event.type === 'host.removed') return event;
    if (find(event.host) !== undefined && !sees(event.host)) return undefined;
    if (!was) return toResync(event);
    return narrowed === undefined ? event : ({ ...event, data: narrowed(sees) } as EventView);
  };
}

const toRemoval = ({ id, at, host }: EventView & { host: string }): EventView => ({
  id,
  at,
  type: 'host.removed',
  host,
  data: { name: host },
});

const toResync = ({ id, at }: EventView): EventView => ({
  id,
  at,
  type: 'resync',
  host: null,
  data: { reason: 'a host has come into view: read again what you show' },
});
