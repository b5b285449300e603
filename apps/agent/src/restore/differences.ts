import { type EndpointSpec, type NetworkAttributes, ordered } from '@fairlead/domain';
import { comparableOf } from './same-network.js';

/** What came back otherwise than it was; values as JSON text. */
export interface RestoreDifference {
  /** Name of the attribute; `endpoints.` and a container's name for what was asked for its endpoint. */
  readonly field: string;
  readonly recorded: string;
  readonly restored: string;
}

/** In order of the attributes' names. */
export function networkDifferences(recorded: NetworkAttributes, restored: NetworkAttributes): RestoreDifference[] {
  const [before, now] = [fieldsOf(recorded), fieldsOf(restored)];
  return [...before].flatMap(([field, value]) => differing(field, value, now.get(field) ?? 'null'));
}

export const endpointDifferences = (name: string, wanted: EndpointSpec, configured: EndpointSpec | undefined) =>
  differing(`endpoints.${name}`, asText(wanted), asText(configured ?? null));

const differing = (field: string, recorded: string, restored: string): RestoreDifference[] =>
  recorded === restored ? [] : [{ field, recorded, restored }];

const asText = (value: unknown): string => JSON.stringify(ordered(value));

const fieldsOf = (network: NetworkAttributes): ReadonlyMap<string, string> =>
  new Map(
    Object.entries(comparableOf(network))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([field, value]) => [field, asText(value)]),
  );
