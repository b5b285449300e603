import { type EventQuery } from '@fairlead/api';
import { fitsGlob, matchesSelector, parseSelector } from '@fairlead/domain';
import { effectiveLabels } from '../hosts/effective-labels.js';
import { type Audience } from './sight.js';
import { type Seen, type ToldEvent } from './told-event.js';

/** Digits of an id that name a network without the rest of it. */
const PREFIX = /^[0-9a-f]{12,64}$/;

type Subject = Pick<ToldEvent, 'type' | 'host' | 'audience'>;

/** Whether a reader asked for an event that it may see; `resync` always comes. What is of no host fits no filter by hosts. */
export function wantedBy({
  host: hosts,
  on,
  type: types,
  network,
}: EventQuery): (told: Subject, seen: Seen) => boolean {
  const named = new Set(hosts);
  const fits = fitsHost(on ?? '');
  const isAbout = network === undefined ? () => true : isNetwork(network);
  const isNarrow = hosts.length > 0 || (on ?? '') !== '' || network !== undefined;
  return ({ type, host, audience }, seen) => {
    if (type === 'resync' || seen === 'resync') return true;
    if (host === null) return !isNarrow && (types.length === 0 || types.includes(type));
    const shown = seen === 'removal' ? 'host.removed' : type;
    return (
      (types.length === 0 || types.includes(shown)) &&
      (named.size === 0 || named.has(host)) &&
      fits(audience) &&
      isAbout(audience.network)
    );
  };
}

/** The host as it was; a host whose labels have just changed is told of also where it fits no longer. */
function fitsHost(on: string): (audience: Audience) => boolean {
  const selector = parseSelector(on);
  if (selector.length === 0) return () => true;
  return ({ host, before }) =>
    [host, before].some((each) => each !== undefined && matchesSelector(selector, effectiveLabels(each)));
}

/** Name with wildcards, full id, or 12 or more digits of its beginning. */
function isNetwork(pattern: string): (network: Audience['network']) => boolean {
  const isPrefix = PREFIX.test(pattern);
  return (network) =>
    network !== undefined && (fitsGlob(pattern, network.name) || (isPrefix && network.id.startsWith(pattern)));
}
