import { parseCidr } from '@fairlead/domain';
import { z } from 'zod';
import {
  age,
  cursor,
  durationText,
  freshness,
  hostName,
  labelMap,
  pageLimit,
  passes,
  queryBoolean,
  repeatable,
  selector,
  simulated,
  timestamp,
  unavailable,
  type View,
} from './common.js';

export const networkScope = z.enum(['local', 'swarm', 'global']);

export const containerState = z.enum([
  'created',
  'running',
  'paused',
  'restarting',
  'exited',
  'removing',
  'dead',
  'unknown',
]);

export const subnet = z
  .object({
    cidr: z.string(),
    ipRange: z.string().nullable(),
    gateway: z.string().nullable(),
    auxAddresses: labelMap.meta({ description: 'Reserved addresses: name to address' }),
  })
  .meta({
    id: 'Subnet',
    description: 'One IPAM pool of a network, in the engine’s own words',
    example: { cidr: '172.18.0.0/16', ipRange: null, gateway: '172.18.0.1', auxAddresses: {} },
  });
export type SubnetView = View<typeof subnet>;

export const endpoint = z
  .object({
    containerId: z.string(),
    containerName: z.string(),
    state: containerState,
    endpointId: z.string().meta({ description: 'Empty while the container is not running, as are the addresses' }),
    ipv4: z.string(),
    ipv6: z.string(),
    mac: z.string(),
    aliases: z.array(z.string()),
    project: z.string().meta({ description: 'Compose project, empty where the container is not Compose’s' }),
    service: z.string().meta({ description: 'Compose service, empty where the container is not Compose’s' }),
  })
  .meta({
    id: 'Endpoint',
    description: 'One container’s attachment to a network, also of a container that is stopped or was never started',
    example: {
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
    },
  });
export type EndpointView = View<typeof endpoint>;

/** What a row of the list and the full record share, field for field the domain's. */
const attributes = {
  id: z.string(),
  name: z.string(),
  driver: z.string(),
  scope: networkScope,
  createdAt: timestamp.meta({ description: 'RFC 3339, by the engine’s clock' }),
  internal: z.boolean(),
  attachable: z.boolean(),
  ingress: z.boolean(),
  ipv4: z.boolean(),
  ipv6: z.boolean(),
  configOnly: z.boolean(),
  configFrom: z.string().meta({ description: 'Name of the config-only network this one is configured from, or empty' }),
  ipamDriver: z.string(),
  subnets: z.array(subnet),
  labels: labelMap,
};

const details = {
  options: labelMap.meta({ description: 'Driver options' }),
  ipamOptions: labelMap,
  endpoints: z.array(endpoint),
};

/** What the fleet knows beside the engine's own record. */
const standing = {
  host: hostName,
  predefined: z.boolean().meta({ description: 'Made by the engine itself: cannot be removed' }),
  containers: z.object({
    total: z.int().meta({ description: 'Containers in any state' }),
    running: z.int(),
  }),
  inUse: z.boolean().meta({ description: 'Any container, running or stopped, uses it' }),
  simulated,
  ...age,
  firstSeenAt: timestamp.meta({ description: 'When the controller first saw it' }),
  unusedSince: timestamp.nullable().meta({
    description:
      'Since when every look has shown no container on it, running or stopped; null while there is one. Observed by the ' +
      'controller: what happened before `firstSeenAt`, or unseen while the host was away, is not known',
  }),
};

const exampleAttributes = {
  id: '798b0f9e2c1c6a6f5d7f0a9cf0f6dfe0e0a1f6b6a1c6c0d6a5e4f3b27c0352b8',
  name: 'my-net',
  driver: 'bridge',
  scope: 'local',
  createdAt: '2026-11-24T09:12:00.123456789Z',
  internal: false,
  attachable: false,
  ingress: false,
  ipv4: true,
  ipv6: false,
  configOnly: false,
  configFrom: '',
  ipamDriver: 'default',
  subnets: [{ cidr: '172.18.0.0/16', ipRange: null, gateway: '172.18.0.1', auxAddresses: {} }],
  labels: {},
};
const exampleDetails = { options: {}, ipamOptions: {}, endpoints: [] };
const exampleStanding = {
  host: 'web-1',
  predefined: false,
  containers: { total: 0, running: 0 },
  inUse: false,
  simulated: false,
  freshness: 'live',
  asOf: '2026-11-24T09:30:00.000Z',
  firstSeenAt: '2026-11-24T09:12:00.200Z',
  unusedSince: '2026-11-24T09:12:00.200Z',
};

export const networkRef = z.object({ id: z.string(), name: z.string() }).meta({
  id: 'NetworkRef',
  description: 'A network by its full id, with the name it had',
  example: { id: exampleAttributes.id, name: 'my-net' },
});
export type NetworkRefView = View<typeof networkRef>;

export const networkRecord = z.object({ ...attributes, ...details }).meta({
  id: 'NetworkRecord',
  description:
    'All that the agent passed on of a network: what its engine said, but of a map (labels, options, reserved addresses) ' +
    'with more than 128 entries or 32 KiB those that fit, in order of their keys, and how many are left out, under ' +
    '`fairlead/labels-left-out` or `fairlead/entries-left-out`',
  example: { ...exampleAttributes, ...exampleDetails },
});
export type NetworkRecordView = View<typeof networkRecord>;

export const network = z.object({ ...standing, ...attributes }).meta({
  id: 'Network',
  description: 'A network of one host, as a row of the fleet’s list',
  example: { ...exampleStanding, ...exampleAttributes },
});
export type NetworkView = View<typeof network>;

export const networkDetail = z
  .object({
    ...standing,
    ...attributes,
    ...details,
    source: z
      .enum(['inventory', 'engine'])
      .meta({ description: '`engine`: asked just now through the agent (`live=true`)' }),
  })
  .meta({
    id: 'NetworkDetail',
    description: 'A network with everything known of it and who is on it',
    example: { ...exampleStanding, ...exampleAttributes, ...exampleDetails, source: 'inventory' },
  });
export type NetworkDetailView = View<typeof networkDetail>;

export const networkPage = z
  .object({
    items: z.array(network),
    total: z.int().meta({ description: 'Rows that fit, on all pages' }),
    nextCursor: z.string().nullable().meta({ description: 'null on the last page' }),
    ...unavailable,
  })
  .meta({
    id: 'NetworkPage',
    description: 'One page of the fleet’s networks',
    example: { items: [], total: 0, nextCursor: null, unavailableHosts: [], unavailableTotal: 0 },
  });
export type NetworkPageView = View<typeof networkPage>;

export const NETWORK_SORTS = [
  'name',
  '-name',
  'host',
  '-host',
  'driver',
  '-driver',
  'created',
  '-created',
  'unused',
  '-unused',
] as const;

/** What networks are chosen by; the same for lists, facets and exports. */
export const networkFilters = z.strictObject({
  host: repeatable(hostName).describe('Only networks of these hosts; one that does not exist is an error'),
  on: selector.optional().describe('Only networks of hosts whose labels fit this selector'),
  id: z.string().min(1).optional().describe('Full id or the beginning of one'),
  name: z.string().min(1).optional().describe('Name; `*` and `?` are wildcards'),
  driver: repeatable(z.string().min(1)).describe('Any of these drivers'),
  scope: repeatable(networkScope).describe('Any of these scopes'),
  label: repeatable(z.string().min(1)).describe('`key` or `key=value`; all must fit'),
  project: z.string().min(1).optional().describe('Compose project that has a container or the network itself'),
  container: z.string().min(1).optional().describe('Name, id or beginning of an id of a container on the network'),
  address: z.string().min(1).optional().describe('Address that one of the subnets contains'),
  overlaps: z
    .string()
    .check(passes(parseCidr))
    .optional()
    .describe('Range, such as 10.20.0.0/16, that a subnet overlaps'),
  inUse: queryBoolean.optional().describe('Whether any container, running or stopped, uses it'),
  unusedFor: durationText.optional().describe('Seen without any container, running or stopped, for at least this long'),
  predefined: queryBoolean.optional().describe('Whether the engine made it itself'),
  simulated: queryBoolean.optional().describe('Whether its engine is a simulated one'),
  freshness: repeatable(freshness).describe('Only rows in one of these states'),
  q: z
    .string()
    .min(1)
    .max(500)
    .optional()
    .describe(
      'Words, all of which must fit: the beginning of a word in a name, id, host, driver, subnet, label, container or ' +
        'Compose project, in any case; or an address that a subnet contains or a container has',
    ),
});
export type NetworkFilters = View<typeof networkFilters>;

export const networkQuery = z.strictObject({
  ...networkFilters.shape,
  sort: z
    .enum(NETWORK_SORTS)
    .default('name')
    .describe(
      '`-` turns the order round; equal rows go by host, name and id. `unused`: longest unused first, used last',
    ),
  limit: pageLimit,
  cursor: cursor.optional(),
});
export type NetworkQuery = View<typeof networkQuery>;

/** What the networks that fit can be counted by, beside `label:KEY`: a label of their hosts. */
export const FACETS = ['driver', 'scope', 'host', 'freshness', 'project', 'inUse'] as const;

export const facetName = z
  .string()
  .regex(new RegExp(`^(${FACETS.join('|')}|label:.+)$`), {
    error: `It is one of ${FACETS.join(', ')}, or label:KEY for a label of the hosts`,
  })
  .meta({ description: 'What to count by', example: 'label:env' });

export const facetQuery = z.strictObject({
  ...networkFilters.shape,
  by: repeatable(facetName).describe('What to count by; default: `driver`, `scope`, `freshness`'),
});
export type FacetQuery = View<typeof facetQuery>;

export const networkFacets = z
  .object({
    total: z.int().meta({ description: 'Networks that fit' }),
    facets: z.array(
      z.object({
        by: z.string(),
        values: z
          .array(z.object({ value: z.string(), count: z.int() }))
          .meta({ description: 'Largest first, 50 at most. `value` is empty for networks that have none' }),
        others: z.int().meta({ description: 'Networks under further values' }),
      }),
    ),
  })
  .meta({
    id: 'NetworkFacets',
    description: 'How the networks that fit divide',
    example: { total: 42, facets: [{ by: 'driver', values: [{ value: 'bridge', count: 42 }], others: 0 }] },
  });
export type NetworkFacetsView = View<typeof networkFacets>;

export const exportQuery = z.strictObject({
  ...networkFilters.shape,
  sort: networkQuery.shape.sort,
  format: z
    .enum(['json', 'csv'])
    .default('json')
    .describe(
      '`csv`: RFC 4180, one line a network, with a header. Text that a spreadsheet would take for a formula has an ' +
        'apostrophe before it',
    ),
});
export type ExportQuery = View<typeof exportQuery>;

export const networkParams = z.strictObject({
  host: hostName,
  network: z.string().min(1).meta({
    description: 'Full id, name, or unique beginning of an id, in this order of preference',
    example: 'my-net',
  }),
});

export const inspectQuery = z.strictObject({
  live: queryBoolean
    .default(false)
    .describe('Ask the engine now, through the agent, instead of answering from the inventory'),
});
