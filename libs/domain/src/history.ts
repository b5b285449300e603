import { type Endpoint, type Network } from './network.js';
import { ordered } from './ordered.js';

/** What the history tells of. Kinds are never reused: rows outlive versions. */
export const HISTORY_KINDS = [
  'network.created',
  'network.changed',
  'network.removed',
  'endpoint.connected',
  'endpoint.changed',
  'endpoint.disconnected',
] as const;
export type HistoryKind = (typeof HISTORY_KINDS)[number];

/** One difference between two records of a network. */
export interface NetworkChange {
  readonly kind: HistoryKind;
  readonly networkId: string;
  readonly networkName: string;
  /** Empty where it is about the network itself, like containerName. */
  readonly containerId: string;
  readonly containerName: string;
  /** For `….changed`: field to what it was and what it is; null: there was or is none. Else empty. */
  readonly detail: Readonly<Record<string, readonly [unknown, unknown]>>;
}

type Fields = ReadonlyMap<string, unknown>;

/**
 * What happened to a network, in the order in which it can have happened. The order of what lies in it tells nothing.
 *
 * A label or option that differs is told by its key (`labels.KEY`, `options.KEY`), subnets and IPAM options as a whole.
 * Endpoints are told apart by their container; the engine's own id of an endpoint is not told.
 *
 * @param before undefined: it was not there
 * @param after undefined: it is gone
 */
export function changesBetween(before: Network | undefined, after: Network | undefined): NetworkChange[] {
  if (after === undefined) {
    if (before === undefined) return [];
    return [...endpointChanges(before, before, { ...before, endpoints: [] }), about(before, 'network.removed')];
  }
  if (before === undefined) {
    return [about(after, 'network.created'), ...endpointChanges(after, { ...after, endpoints: [] }, after)];
  }
  const detail = differing(attributesOf(before), attributesOf(after));
  const changed = isEmpty(detail) ? [] : [about(after, 'network.changed', detail)];
  return [...changed, ...endpointChanges(after, before, after)];
}

/** Containers that went, then those that changed, then those that came, each in order of their ids. */
function endpointChanges(network: Network, before: Network, after: Network): NetworkChange[] {
  const [were, are] = [byContainer(before), byContainer(after)];
  const gone = [...were].filter(([id]) => !are.has(id));
  const come = [...are].filter(([id]) => !were.has(id));
  const stayed = [...are].flatMap(([id, is]): NetworkChange[] => {
    const was = were.get(id);
    const detail = was === undefined ? {} : differing(fieldsOf(was), fieldsOf(is));
    return isEmpty(detail) ? [] : [on(network, is, 'endpoint.changed', detail)];
  });
  return [
    ...gone.map(([, endpoint]) => on(network, endpoint, 'endpoint.disconnected')),
    ...stayed,
    ...come.map(([, endpoint]) => on(network, endpoint, 'endpoint.connected')),
  ];
}

const about = ({ id, name }: Network, kind: HistoryKind, detail: NetworkChange['detail'] = {}): NetworkChange => ({
  kind,
  networkId: id,
  networkName: name,
  containerId: '',
  containerName: '',
  detail,
});

const on = (
  network: Network,
  { containerId, containerName }: Endpoint,
  kind: HistoryKind,
  detail: NetworkChange['detail'] = {},
): NetworkChange => ({ ...about(network, kind, detail), containerId, containerName });

const byContainer = ({ endpoints }: Network): ReadonlyMap<string, Endpoint> =>
  new Map(
    endpoints
      .map((endpoint) => [endpoint.containerId, endpoint] as const)
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)),
  );

function attributesOf(network: Network): Fields {
  const { id: _id, endpoints: _endpoints, labels, options, ...plain } = network;
  return new Map([...Object.entries(plain), ...prefixed('labels', labels), ...prefixed('options', options)]);
}

const prefixed = (name: string, record: Readonly<Record<string, string>>): [string, string][] =>
  Object.entries(record).map(([key, value]) => [`${name}.${key}`, value]);

function fieldsOf(endpoint: Endpoint): Fields {
  const { containerId: _containerId, endpointId: _endpointId, aliases, ...plain } = endpoint;
  return new Map<string, unknown>([...Object.entries(plain), ['aliases', [...new Set(aliases)]]]);
}

function differing(before: Fields, after: Fields): NetworkChange['detail'] {
  const fields = [...new Set([...before.keys(), ...after.keys()])].sort();
  return Object.fromEntries(
    fields.flatMap((field) => {
      const [was, is] = [ordered(before.get(field) ?? null), ordered(after.get(field) ?? null)];
      return JSON.stringify(was) === JSON.stringify(is) ? [] : [[field, [was, is] as const]];
    }),
  );
}

const isEmpty = (detail: NetworkChange['detail']): boolean => Object.keys(detail).length === 0;
