import { z } from 'zod';
import {
  age,
  cursor,
  freshness,
  hostName,
  networkPattern,
  pageLimit,
  repeatable,
  selector,
  simulated,
  unavailable,
  type View,
} from './common.js';
import { containerState, endpoint, networkRef } from './network.js';

export const fleetEndpoint = z
  .object({ host: hostName, network: networkRef, driver: z.string(), ...endpoint.shape, simulated, ...age })
  .meta({
    id: 'FleetEndpoint',
    description: 'Which container is on which network of which host',
    example: {
      host: 'web-1',
      network: { id: '798b0f9e2c1c6a6f5d7f0a9cf0f6dfe0e0a1f6b6a1c6c0d6a5e4f3b27c0352b8', name: 'my-net' },
      driver: 'bridge',
      containerId: '7c0352b8c4be0f9e2c1c6a6f5d7f0a9cf0f6dfe0e0a1f6b6a1c6c0d6a5e4f3b2',
      containerName: 'one',
      state: 'running',
      endpointId: '1f6b6a1c6c0d6a5e4f3b27c0352b8c4be0f9e2c1c6a6f5d7f0a9cf0f6dfe0e0a',
      ipv4: '172.18.0.2',
      ipv6: '',
      mac: '02:42:ac:12:00:02',
      aliases: ['one'],
      project: '',
      service: '',
      simulated: false,
      freshness: 'live',
      asOf: '2026-11-24T09:30:00.000Z',
    },
  });
export type FleetEndpointView = View<typeof fleetEndpoint>;

export const endpointPage = z
  .object({
    items: z.array(fleetEndpoint),
    total: z
      .int()
      .meta({ description: 'Rows that fit, on all pages: as many as there were when the first one was read' }),
    nextCursor: z.string().nullable().meta({ description: 'null on the last page' }),
    ...unavailable,
  })
  .meta({
    id: 'EndpointPage',
    description:
      'One page of the fleet’s endpoints, in order of the host’s name, the network’s name and id, and the container’s name and id',
    example: { items: [], total: 0, nextCursor: null, unavailableHosts: [], unavailableTotal: 0 },
  });
export type EndpointPageView = View<typeof endpointPage>;

export const endpointQuery = z.strictObject({
  host: repeatable(hostName).describe('Only endpoints on these hosts; one that does not exist is an error'),
  on: selector.optional().describe('Only endpoints on hosts whose labels fit this selector'),
  address: z.string().min(1).optional().describe('Exactly this IPv4 or IPv6 address, in any notation'),
  container: z
    .string()
    .min(1)
    .optional()
    .describe('Name (`*` and `?` are wildcards), id or beginning of an id of a container'),
  mac: z.string().min(1).optional().describe('Exactly this MAC address, in any case, with `:` or `-`'),
  network: networkPattern.optional(),
  project: z.string().min(1).optional().describe('Compose project'),
  service: z.string().min(1).optional().describe('Compose service'),
  state: repeatable(containerState).describe('Only containers in one of these states'),
  freshness: repeatable(freshness).describe('Only rows in one of these states'),
  limit: pageLimit,
  cursor: cursor.optional(),
});
export type EndpointQuery = View<typeof endpointQuery>;
