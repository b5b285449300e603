import { FairleadError } from '@fairlead/domain';
import type { ContainerDetails, ContainerFacts } from '../port.js';
import type { Connection } from './connection.js';
import { toContainerDetails, toContainerFacts } from './map-container.js';
import type { RawContainer, RawContainerLine } from './raw.js';
import { pathSegment, shown } from './reference.js';

export async function listContainers(connection: Connection): Promise<ContainerFacts[]> {
  const request = { call: 'container.list', subject: '', method: 'GET', path: '/containers/json' } as const;
  const lines = (await connection.json({ ...request, query: { all: '1' } })) as RawContainerLine[];
  return lines.map(toContainerFacts);
}

export async function inspectContainer(connection: Connection, reference: string): Promise<ContainerDetails> {
  const path = `/containers/${containerSegment(reference)}/json`;
  const request = { call: 'container.inspect', subject: reference, method: 'GET', path } as const;
  return toContainerDetails((await connection.json(request)) as RawContainer);
}

/** Unlike networks, no container can be called something that a path cannot carry, except by a very long name. */
export function containerSegment(reference: string): string {
  const segment = pathSegment(reference);
  if (segment !== undefined) return segment;
  throw new FairleadError('container_not_found', `There is no container '${shown(reference)}'`, {
    hint: 'Give the name or the id of a container, as `docker ps --all` shows them.',
  });
}
