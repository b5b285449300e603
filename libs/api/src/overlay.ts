import { z } from 'zod';
import {
  age,
  cursor,
  hostName,
  MAX_UNAVAILABLE,
  pageLimit,
  repeatable,
  selector,
  simulated,
  unavailable,
  unavailableHost,
  type View,
} from './common.js';
import { fleetEndpoint } from './endpoint.js';
import { networkRecord } from './network.js';

const { options, ipamOptions, endpoints: _endpoints, ...record } = networkRecord.shape;

/**
 * A network of a swarm, which every node that knows it shows with its own containers only: put together from all of
 * them. A manager does not know the containers of workers (seen on Docker 20.10 and 28.5).
 */
const shared = {
  ...record,
  swarm: z.string().meta({
    description:
      'Cluster id, which managers know and tell when their session begins; empty where none of the hosts has told it',
  }),
  hosts: z
    .array(z.object({ name: hostName, containers: z.int(), ...age }))
    .meta({ description: 'Hosts that show it, each with how many containers it has on it' }),
  containers: z.object({ total: z.int(), running: z.int() }).meta({ description: 'Of all hosts together' }),
  simulated: simulated.meta({ description: 'True where the engine of one of the hosts is a simulated one' }),
};

const example = {
  id: 'q7k2m1d0c9b8a7z6y5x4w3v2u',
  name: 'shop_backend',
  driver: 'overlay',
  scope: 'swarm',
  createdAt: '2026-11-24T09:12:00.123456789Z',
  internal: false,
  attachable: true,
  ingress: false,
  ipv4: true,
  ipv6: false,
  configOnly: false,
  configFrom: '',
  ipamDriver: 'default',
  subnets: [{ cidr: '10.0.1.0/24', ipRange: null, gateway: '10.0.1.1', auxAddresses: {} }],
  labels: {},
  swarm: 'k1j2h3g4f5d6s7a8q9w0e1r2t',
  hosts: [{ name: 'node-1', containers: 2, freshness: 'live', asOf: '2026-11-24T09:30:00.000Z' }],
  containers: { total: 2, running: 2 },
  simulated: false,
};

export const overlay = z
  .object(shared)
  .meta({ id: 'Overlay', description: 'A network of a swarm, merged over the hosts that show it', example });
export type OverlayView = View<typeof overlay>;

export const overlayDetail = z
  .object({
    ...shared,
    options,
    ipamOptions,
    endpoints: z.array(fleetEndpoint).meta({ description: 'Of all hosts, in order of host and container' }),
    unavailableHosts: z.array(unavailableHost).meta({
      description: `Hosts known to be of the same swarm that are not live, in order of name, ${MAX_UNAVAILABLE} at most: their containers are shown as they were, or not at all`,
    }),
    unavailableTotal: unavailable.unavailableTotal,
  })
  .meta({
    id: 'OverlayDetail',
    description: 'A network of a swarm with the endpoints of all hosts, and hosts of the swarm that could not be asked',
    example: { ...example, options: {}, ipamOptions: {}, endpoints: [], unavailableHosts: [], unavailableTotal: 0 },
  });
export type OverlayDetailView = View<typeof overlayDetail>;

export const overlayPage = z
  .object({ items: z.array(overlay), total: z.int(), nextCursor: z.string().nullable(), ...unavailable })
  .meta({
    id: 'OverlayPage',
    description: 'One page of the networks of swarms, in order of name and id',
    example: { items: [], total: 0, nextCursor: null, unavailableHosts: [], unavailableTotal: 0 },
  });
export type OverlayPageView = View<typeof overlayPage>;

export const overlayQuery = z.strictObject({
  host: repeatable(hostName).describe('Only networks that one of these hosts shows'),
  on: selector.optional().describe('Only networks that a host shows whose labels fit this selector'),
  name: z.string().min(1).optional().describe('Name; `*` and `?` are wildcards'),
  limit: pageLimit,
  cursor: cursor.optional(),
});
export type OverlayQuery = View<typeof overlayQuery>;

export const overlayParams = z.strictObject({
  network: z.string().min(1).meta({
    description: 'Full id, a name that only one swarm has, or unique beginning of an id, in this order of preference',
    example: example.name,
  }),
});
