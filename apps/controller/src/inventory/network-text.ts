import { type Network } from '@fairlead/domain';

/** Digits of an id that the full-text index holds: enough to tell millions apart, and a quarter of the room. */
export const ID_DIGITS = 16;

/**
 * What people search a network by, as one text. The index splits it at everything that is no letter and no digit, and
 * folds case and accents. Addresses and MACs are not in it: they are found by value.
 */
export function textOf(network: Network, hostName: string): string {
  const { id, name, driver, subnets, labels, endpoints } = network;
  return [
    name,
    hostName,
    driver,
    id.slice(0, ID_DIGITS),
    ...subnets.map(({ cidr }) => cidr),
    ...Object.entries(labels).flat(),
    ...endpoints.flatMap((e) => [e.containerName, e.containerId.slice(0, ID_DIGITS), e.project, e.service]),
  ].join('\n');
}

/** Text as one phrase of the index's query language: its words, next to each other. */
export const phrase = (text: string): string => `"${text.replaceAll('"', '""')}"`;

/** The networks with this text as a name, or this as an id; whoever asks verifies it on the rows. */
export const namedOrIdentified = (reference: string): string =>
  `${phrase(reference)} OR ${phrase(reference.slice(0, ID_DIGITS))}`;
