import { type EventView } from '@fairlead/api';
import { type HostScope } from '../access/host-scope.js';
import { type Labelled } from '../hosts/effective-labels.js';
import { type Seen, type ToldEvent } from './told-event.js';

/** By what is judged who may see an event, and who asks for it. */
export interface Audience {
  /** The host as it was when the event came; undefined: no longer known. */
  readonly host?: Labelled | undefined;
  /** The host as the event before showed it, where its labels were others. */
  readonly before?: Labelled | undefined;
  /** The event for somebody who may know of some hosts only. */
  readonly narrowed?: ((sees: (hostName: string) => boolean) => EventView['data']) | undefined;
  /** The network that it is about; its id is empty where it has none yet. */
  readonly network?: { readonly id: string; readonly name: string } | undefined;
}

/** What a reader may see of an event, or undefined where that is nothing. */
export type Sight = (told: Pick<ToldEvent, 'type' | 'host' | 'audience'>) => Seen | undefined;

/** Of the controller itself, and of readers without bounds. */
export const everything: Sight = () => 'whole';

/**
 * What a caller sees of the fleet's events. A host whose labels lead out of the scope is removed to this reader; one
 * whose labels lead in has a past that the reader has not seen, and so has to be read.
 * @param find the host as it is now
 */
export function sightOf(scope: HostScope, find: (hostName: string) => Labelled | undefined): Sight {
  if (scope.everything) return everything;
  const sees = (hostName: string): boolean => scope.includes(find(hostName));
  return ({ type, host: name, audience: { host, before, narrowed } }) => {
    // Runs are of the whole fleet, and so are their routes.
    if (name === null) return type === 'run.changed' ? undefined : 'whole';
    const within = scope.includes(host);
    const was = before === undefined ? within : scope.includes(before);
    if (was && !within) return 'removal';
    if (!within) return undefined;
    if (type === 'host.removed') return 'whole';
    if (find(name) !== undefined && !sees(name)) return undefined;
    if (!was) return 'resync';
    return narrowed === undefined ? 'whole' : { data: narrowed(sees) };
  };
}
