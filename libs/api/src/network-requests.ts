import { checkNetworkName, type EndpointSpec, type NetworkSpec } from '@fairlead/domain';
import { z } from 'zod';
import { deadlineMs, labelMap, passes, queryBoolean, type View } from './common.js';
import { networkScope } from './network.js';

/** Time for a command to one engine unless the caller says otherwise, in milliseconds. */
export const DEFAULT_DEADLINE_MS = 30_000;

const flag = z.boolean().default(false);
const text = z.string().default('');
const options = labelMap.default({});
const texts = z.array(z.string().min(1)).default([]);

export const subnetRequest = z.strictObject({
  cidr: z.string().min(1).meta({ description: '`--subnet`', example: '10.20.0.0/24' }),
  ipRange: z.string().min(1).nullable().default(null).meta({ description: '`--ip-range`' }),
  gateway: z.string().min(1).nullable().default(null).meta({ description: '`--gateway`' }),
  auxAddresses: options.meta({ description: '`--aux-address`: name to reserved address' }),
});

export const createNetworkRequest = z
  .strictObject({
    name: z.string().check(passes(checkNetworkName)),
    driver: z.string().min(1).default('bridge').meta({ description: '`--driver`' }),
    scope: networkScope.or(z.literal('')).default('').meta({ description: '`--scope`; empty: the driver’s own' }),
    internal: flag.meta({ description: '`--internal`: no way out of the network' }),
    attachable: flag.meta({ description: '`--attachable`: plain containers may join a swarm network' }),
    ingress: flag.meta({ description: '`--ingress`: swarm’s routing mesh' }),
    ipv4: z
      .boolean()
      .optional()
      .meta({ description: '`--ipv4`; left to the engine if absent. false: Docker Engine 28' }),
    ipv6: z.boolean().optional().meta({ description: '`--ipv6`; left to the engine if absent' }),
    configOnly: flag.meta({ description: '`--config-only`: only holds a configuration for others' }),
    configFrom: text.meta({ description: '`--config-from`: name of a config-only network' }),
    ipamDriver: z.string().min(1).default('default').meta({ description: '`--ipam-driver`' }),
    ipamOptions: options.meta({ description: '`--ipam-opt`' }),
    subnets: z.array(subnetRequest).default([]),
    options: options.meta({ description: '`--opt`: driver options' }),
    labels: options.meta({ description: '`--label`' }),
    deadlineMs: deadlineMs(DEFAULT_DEADLINE_MS),
  })
  .meta({
    id: 'CreateNetworkRequest',
    description: 'A new network: every flag of `docker network create`',
    example: { name: 'my-net', subnets: [{ cidr: '10.20.0.0/24', gateway: '10.20.0.1' }], labels: { team: 'web' } },
  });
export type CreateNetworkRequest = View<typeof createNetworkRequest>;

/** The request's network, apart from how long the caller will wait for it. */
export function toNetworkSpec({ deadlineMs: _, ipv4, ipv6, ...spec }: CreateNetworkRequest): NetworkSpec {
  return { ...spec, ipv4, ipv6 };
}

export const connectRequest = z
  .strictObject({
    container: z.string().min(1).meta({ description: 'Name or id of a container of the host, running or stopped' }),
    aliases: texts.meta({ description: '`--alias`' }),
    links: texts.meta({ description: '`--link`: CONTAINER or CONTAINER:ALIAS' }),
    ipv4: text.meta({ description: '`--ip`' }),
    ipv6: text.meta({ description: '`--ip6`' }),
    linkLocalIps: texts.meta({ description: '`--link-local-ip`' }),
    driverOptions: options.meta({ description: '`--driver-opt`' }),
    gatewayPriority: z
      .int()
      .optional()
      .meta({ description: '`--gw-priority`: highest wins the default gateway; Docker Engine 28' }),
    deadlineMs: deadlineMs(DEFAULT_DEADLINE_MS),
  })
  .meta({
    id: 'ConnectRequest',
    description: 'Attach a container: every flag of `docker network connect`',
    example: { container: 'one', aliases: ['db'] },
  });
export type ConnectRequest = View<typeof connectRequest>;

/** How the container is to be attached, apart from which one and how long the caller will wait. */
export function toEndpointSpec({
  container: _,
  deadlineMs: __,
  gatewayPriority,
  ...spec
}: ConnectRequest): EndpointSpec {
  return { ...spec, gatewayPriority, mac: '' };
}

export const disconnectRequest = z
  .strictObject({
    container: z.string().min(1).meta({ description: 'Name or id of a container on the network' }),
    force: flag.meta({ description: 'Also detach an endpoint whose container is gone or broken' }),
    deadlineMs: deadlineMs(DEFAULT_DEADLINE_MS),
  })
  .meta({ id: 'DisconnectRequest', description: 'Detach a container', example: { container: 'one' } });
export type DisconnectRequest = View<typeof disconnectRequest>;

export const removeQuery = z.strictObject({
  force: queryBoolean.default(false).describe('Detach all containers first'),
  deadlineMs: z.coerce
    .number()
    .int()
    .min(1000)
    .max(600_000)
    .default(DEFAULT_DEADLINE_MS)
    .describe('Time for the whole operation in milliseconds'),
});
export type RemoveQuery = View<typeof removeQuery>;
