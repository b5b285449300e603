import { canonicalNetwork, type Endpoint, type Network, type NetworkAttributes } from './network.js';
import { ordered } from './ordered.js';

/** One part of a network that is not the same on both sides; null: there is none on that side. */
export interface FieldDifference {
  /** Name of the attribute; `endpoints.` and a container's id for one endpoint. */
  readonly field: string;
  readonly inventory: unknown;
  readonly engine: unknown;
}

export interface Difference {
  readonly network: { readonly id: string; readonly name: string };
  /** `missing`: the engine has it, the inventory does not. `extra`: the other way round. */
  readonly kind: 'missing' | 'extra' | 'different';
  /** For `different`, in order of the field's name. */
  readonly fields: readonly FieldDifference[];
}

/** Where the inventory of a host is not what its engine shows, in order of name and id. Order inside networks is none. */
export function differencesBetween(inventory: readonly Network[], engine: readonly Network[]): Difference[] {
  const stored = new Map(inventory.map((network) => [network.id, network]));
  const shown = new Set(engine.map(({ id }) => id));
  const found = engine.flatMap((network): Difference[] => {
    const known = stored.get(network.id);
    if (known === undefined) return [{ network: refOf(network), kind: 'missing', fields: [] }];
    if (canonicalNetwork(known) === canonicalNetwork(network)) return [];
    return [{ network: refOf(network), kind: 'different', fields: fieldsOf(known, network) }];
  });
  const extra = inventory
    .filter(({ id }) => !shown.has(id))
    .map((network): Difference => ({ network: refOf(network), kind: 'extra', fields: [] }));
  return [...found, ...extra].sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1));
}

const refOf = ({ id, name }: Network): Difference['network'] => ({ id, name });

const orderOf = ({ network: { name, id } }: Difference): string => `${name}\0${id}`;

function fieldsOf(inventory: Network, engine: Network): FieldDifference[] {
  const [stored, shown] = [partsOf(inventory), partsOf(engine)];
  return [...new Set([...stored.keys(), ...shown.keys()])].sort().flatMap((field) => {
    const [before, now] = [stored.get(field) ?? null, shown.get(field) ?? null];
    return JSON.stringify(before) === JSON.stringify(now) ? [] : [{ field, inventory: before, engine: now }];
  });
}

/** Attributes by name and endpoints by container, each in an order that is the same wherever it was read. */
function partsOf({ endpoints, ...attributes }: Network): Map<string, unknown> {
  return new Map<string, unknown>([
    ...Object.entries(attributes satisfies NetworkAttributes).map(([key, value]) => [key, ordered(value)] as const),
    ...endpoints.map((endpoint: Endpoint) => [`endpoints.${endpoint.containerId}`, ordered(endpoint)] as const),
  ]);
}
