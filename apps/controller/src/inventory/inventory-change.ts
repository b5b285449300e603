import { isPredefined, type Network } from '@fairlead/domain';
import { v7 as uuidv7 } from 'uuid';
import { standingAt } from '../networks/network.rows.js';
import { type KnownNetwork } from '../networks/networks.store.js';
import { type Position } from './chain.js';
import { type Author, type Chronicler, type NetworkChange } from './chronicle.js';
import { type KeyedNetwork } from './inventory.rows.js';

export interface InventoryChange {
  readonly hostName: string;
  readonly position: Position;
  readonly upserts: readonly (Network & { readonly digest: string })[];
  /** Those of the upserts that are stored already. */
  readonly replacedIds: readonly string[];
  readonly removedIds: readonly string[];
  /** Milliseconds since the epoch, by the controller's clock. */
  readonly at: number;
  /** Where it happened unseen: when the rows before it were last known to be true. Null: seen as it happened. */
  readonly notBefore: number | null;
  /** Whether it is the first set of this host: nothing in it has just happened. */
  readonly first: boolean;
}

/** Less than that is not worth a write: the controller started anew, a link was cut. Milliseconds. */
const SHORT_MS = 60_000;

/** For how long nobody has looked at the host before that, in milliseconds; 0: it was hardly worth mentioning. */
export const unseenMs = ({ at, notBefore }: Pick<InventoryChange, 'at' | 'notBefore'>): number =>
  notBefore === null || at - notBefore <= SHORT_MS ? 0 : at - notBefore;

/**
 * Removed ids whose network came back under another id in the same change. The default bridge has a new id at every
 * start of its engine (seen on Docker 20.10 to 28.5): to people it is the same network, and nothing was removed.
 */
export function rebornIds(
  { upserts, removedIds }: Pick<InventoryChange, 'upserts' | 'removedIds'>,
  before: ReadonlyMap<string, KnownNetwork>,
): ReadonlySet<string> {
  const names = new Set(upserts.filter((network) => isPredefined(network)).map(({ name }) => name));
  return new Set(
    removedIds.filter((id) => {
      const gone = before.get(id)?.network;
      return gone !== undefined && isPredefined(gone) && names.has(gone.name);
    }),
  );
}

/** Those removed ones by the id that their network has now. */
function originsOf(
  change: InventoryChange,
  before: ReadonlyMap<string, KnownNetwork>,
  reborn: ReadonlySet<string>,
): ReadonlyMap<string, KnownNetwork> {
  const byName = new Map(Array.from(reborn, (id) => [before.get(id)!.network.name, before.get(id)!]));
  return new Map(
    change.upserts.flatMap((network) => {
      const origin = isPredefined(network) && !before.has(network.id) ? byName.get(network.name) : undefined;
      return origin === undefined ? [] : [[network.id, origin]];
    }),
  );
}

/** What a change writes. */
export interface InventoryPlan {
  readonly change: InventoryChange;
  /** What is stored of the networks that it replaces or removes, by id. */
  readonly before: ReadonlyMap<string, KnownNetwork>;
  readonly upserts: readonly KeyedNetwork[];
  /** Keys of the networks among them that are stored already. */
  readonly replaced: readonly number[];
  /** Keys of the networks that go. */
  readonly removed: readonly number[];
  /** Rows as `unseen` takes them. */
  readonly unseen: readonly unknown[][];
  /** Rows as `removedNetworks` takes them. */
  readonly removedNetworks: readonly unknown[][];
  /** Rows as `chronicle` takes them. */
  readonly history: readonly unknown[][];
  /** Row as `advance` takes it. */
  readonly step: readonly unknown[];
}

/**
 * What goes and comes back reborn passes its standing on, and leaves neither a removed network nor history.
 *
 * @param before what is stored of the networks that the change replaces or removes
 * @param newSeq gives a new network its key
 */
export function planOf(
  change: InventoryChange,
  before: ReadonlyMap<string, KnownNetwork>,
  newSeq: () => number,
  chronicler: Chronicler,
): InventoryPlan {
  const { hostName, at } = change;
  const reborn = rebornIds(change, before);
  const origins = originsOf(change, before, reborn);
  const upserts = change.upserts.map((network) => {
    const known = before.get(network.id);
    const standing = standingAt(network, known ?? origins.get(network.id), at);
    return { seq: known?.seq ?? newSeq(), hostName, network, updatedAt: at, ...standing };
  });
  const removed = change.removedIds.flatMap((id) => before.get(id) ?? []);
  const replaced = change.upserts.flatMap(({ id }) => before.get(id) ?? []);
  const gone = removed.filter(({ network }) => !reborn.has(network.id));
  const told = change.first ? [] : tell(change, gone, before, origins, chronicler);
  const removers = new Map(
    told.flatMap(({ kind, networkId, author }) => (kind === 'network.removed' ? [[networkId, author]] : [])),
  );
  return {
    change,
    before,
    upserts,
    replaced: replaced.map(({ seq }) => seq),
    removed: removed.map(({ seq }) => seq),
    unseen: unseenMs(change) === 0 ? [] : [[hostName, unseenMs(change), at]],
    removedNetworks: gone.map((known) => removedNetwork(change, known, removers.get(known.network.id) ?? null)),
    history: told.map((each) => entry(change, each)),
    step: stepOf(change, replaced, removed),
  };
}

function stepOf(
  { hostName, position, upserts, at }: InventoryChange,
  replaced: readonly KnownNetwork[],
  removed: readonly KnownNetwork[],
): unknown[] {
  const endpoints = (networks: readonly Pick<Network, 'endpoints'>[]): number =>
    networks.reduce((sum, network) => sum + network.endpoints.length, 0);
  const gone = [...replaced, ...removed].map(({ network }) => network);
  const { streamId, revision, setDigest } = position;
  return [
    hostName,
    streamId,
    revision,
    setDigest,
    at,
    upserts.length - gone.length,
    endpoints(upserts) - endpoints(gone),
  ];
}

type Told = NetworkChange & { readonly author: Author | null };

function tell(
  { hostName, upserts, at }: InventoryChange,
  gone: readonly KnownNetwork[],
  before: ReadonlyMap<string, KnownNetwork>,
  origins: ReadonlyMap<string, KnownNetwork>,
  chronicler: Chronicler,
): Told[] {
  // The digest covers the endpoints too: it is no attribute of the network.
  const here = upserts.filter(({ id }) => !origins.has(id)).map(({ digest: _digest, ...network }) => network);
  const changes = [
    ...gone.flatMap(({ network }) => chronicler.changesBetween(network, undefined)),
    ...here.flatMap((network) => chronicler.changesBetween(before.get(network.id)?.network, network)),
  ];
  return changes.map((each) => ({ ...each, author: chronicler.of(hostName, each, at) }));
}

const entry = ({ hostName, at, notBefore }: InventoryChange, { author, ...told }: Told): unknown[] => [
  at,
  notBefore,
  hostName,
  told.kind,
  told.networkId,
  told.networkName,
  told.containerId,
  told.containerName,
  JSON.stringify(told.detail),
  author?.operationId ?? null,
  author?.actor ?? null,
];

const removedNetwork = (
  { hostName, at, notBefore }: InventoryChange,
  { network, firstSeenAt }: KnownNetwork,
  author: Author | null,
): unknown[] => [
  uuidv7({ msecs: at }),
  hostName,
  network.id,
  network.name,
  JSON.stringify(network),
  author?.operationId ?? null,
  author?.actor ?? null,
  firstSeenAt,
  notBefore ?? at,
  at,
];
