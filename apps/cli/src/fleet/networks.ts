import type { Client, NetworkPageView, NetworkView } from '@fairlead/api';
import { FairleadError, isFullNetworkId } from '@fairlead/domain';
import type { HostFlags } from '../flags.js';
import { firstOf } from '../output/first-of.js';
import { chooseHosts, hasHostFlags } from './hosts.js';

/** One network as a path of the API names it. */
export interface NetworkTarget {
  readonly host: string;
  /** Name, id or beginning of an id. */
  readonly network: string;
}

/** A swarm's network that several hosts show, put together from all of them. */
export interface OverlayTarget {
  readonly name: string;
  /** Its id; the reference itself where more networks fit it than were looked at. */
  readonly overlay: string;
}

export interface Chosen<Target> {
  readonly targets: readonly Target[];
  readonly several: boolean;
}
export type ChosenNetworks = Chosen<NetworkTarget>;

export const targetName = ({ host, network }: NetworkTarget): string => `${host}/${network}`;

/**
 * What `HOST/NETWORK` or `NETWORK` and the host flags mean together. With host flags the text is the network's name as
 * it stands, slash or not; else what is before the first slash is the host; else the fleet is searched.
 */
export async function chooseNetworks(
  client: Client,
  references: readonly string[],
  flags: HostFlags,
): Promise<ChosenNetworks> {
  if (hasHostFlags(flags)) {
    const { hosts, several } = await chooseHosts(client, flags);
    const targets = hosts.flatMap((host) => references.map((network) => ({ host, network })));
    return { targets, several: several || references.length > 1 };
  }
  const targets = await Promise.all(references.map((reference) => findNetwork(client, reference)));
  return { targets, several: references.length > 1 };
}

/** The same for who only wants to see: a swarm's network that several hosts show is one, where no host is named. */
export async function chooseShown(
  client: Client,
  references: readonly string[],
  flags: HostFlags,
): Promise<Chosen<NetworkTarget | OverlayTarget>> {
  if (hasHostFlags(flags)) return chooseNetworks(client, references, flags);
  const targets = await Promise.all(references.map((reference) => findShown(client, reference)));
  return { targets, several: references.length > 1 };
}

/** Splits `HOST/NETWORK`; undefined where the text names no host. */
export function parseReference(reference: string): NetworkTarget | undefined {
  const slash = reference.indexOf('/');
  if (slash < 0) return undefined;
  const target = { host: reference.slice(0, slash), network: reference.slice(slash + 1) };
  if (target.host !== '' && target.network !== '') return target;
  throw new FairleadError('invalid_argument', `'${reference}' is neither NETWORK nor HOST/NETWORK`);
}

async function findNetwork(client: Client, reference: string): Promise<NetworkTarget> {
  return parseReference(reference) ?? onlyOne(reference, (await search(client, reference)).items);
}

async function findShown(client: Client, reference: string): Promise<NetworkTarget | OverlayTarget> {
  const named = parseReference(reference);
  if (named) return named;
  const { items, nextCursor } = await search(client, reference);
  const [first] = items;
  const shared = items.length > 1 && items.every(({ id, scope }) => scope === 'swarm' && id === first?.id);
  if (!first || !shared) return onlyOne(reference, items);
  return { name: first.name, overlay: nextCursor === null ? first.id : reference };
}

/** Networks with this name or id, else with an id that begins so; at least one. */
async function search(client: Client, reference: string): Promise<Pick<NetworkPageView, 'items' | 'nextCursor'>> {
  const byName = await client.listNetworks({ query: { name: reference, limit: 500 } });
  const exact = byName.items.filter(({ name, id }) => name === reference || id === reference);
  if (exact.length > 0) return { items: exact, nextCursor: byName.nextCursor };
  const byId = /^[a-z0-9]+$/.test(reference) ? await client.listNetworks({ query: { id: reference } }) : undefined;
  if (byId && byId.items.length > 0) return byId;
  throw notFound(reference, byName);
}

/** By its full id where it is the only one; a swarm’s network is on several hosts under one id, so the host matters. */
function onlyOne(reference: string, found: readonly NetworkView[]): NetworkTarget {
  const [first] = found;
  if (first && found.length === 1) return { host: first.host, network: first.id };
  const places = found.map(
    ({ host, name, id }) => `${host}/${name}${isFullNetworkId(reference) ? '' : ` (${id.slice(0, 12)})`}`,
  );
  throw new FairleadError('ambiguous_name', `'${reference}' fits ${found.length} networks: ${firstOf(places)}`, {
    hint: 'Write HOST/NETWORK, or choose with --host NAME. On one host, name it by its id.',
  });
}

function notFound(reference: string, { unavailableHosts, unavailableTotal }: NetworkPageView): FairleadError {
  const silent = firstOf(
    unavailableHosts.map(({ name }) => name),
    unavailableTotal,
  );
  const hint = silent === '' ? '' : ` What is known of ${silent} is not up to date.`;
  return new FairleadError('network_not_found', `No host has a network '${reference}'`, {
    hint: `See 'fairlead network ls'.${hint}`,
  });
}
