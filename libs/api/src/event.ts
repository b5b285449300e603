import { z } from 'zod';
import { hostName, networkPattern, repeatable, selector, timestamp, type View } from './common.js';
import { freeze } from './freeze.js';
import { host } from './host.js';
import { network, networkRef } from './network.js';
import { operation } from './operation.js';
import { run } from './run.js';

export const EVENT_TYPES = [
  'host.changed',
  'host.removed',
  'host.quarantined',
  'network.created',
  'network.changed',
  'network.removed',
  'operation.changed',
  'run.changed',
  'freeze.changed',
  'resync',
] as const;
export type EventType = (typeof EVENT_TYPES)[number];

const envelope = {
  id: z.string().meta({ description: 'Position in the stream, for Last-Event-ID' }),
  at: timestamp,
};

export const event = z
  .discriminatedUnion('type', [
    z.object({ ...envelope, type: z.literal('host.changed'), host: hostName, data: host }),
    z.object({ ...envelope, type: z.literal('host.removed'), host: hostName, data: z.object({ name: hostName }) }),
    z.object({ ...envelope, type: z.literal('host.quarantined'), host: hostName, data: host }),
    z.object({ ...envelope, type: z.literal('network.created'), host: hostName, data: network }),
    z.object({ ...envelope, type: z.literal('network.changed'), host: hostName, data: network }),
    z.object({ ...envelope, type: z.literal('network.removed'), host: hostName, data: networkRef }),
    z.object({ ...envelope, type: z.literal('operation.changed'), host: hostName, data: operation }),
    z
      .object({ ...envelope, type: z.literal('run.changed'), host: z.null(), data: run })
      .meta({ description: 'Once a second at most for each run; `summary.leftOut` is always empty here' }),
    z.object({ ...envelope, type: z.literal('freeze.changed'), host: z.null(), data: freeze }),
    z
      .object({ ...envelope, type: z.literal('resync'), host: z.null(), data: z.object({ reason: z.string() }) })
      .meta({ description: 'Events were missed: read again what you show' }),
  ])
  .meta({
    id: 'Event',
    description: 'A change in the fleet. `data` is the view as it is after the change',
    example: {
      id: '1042',
      at: '2026-11-24T09:30:00.000Z',
      type: 'network.removed',
      host: 'web-1',
      data: { id: '798b0f9e2c1c6a6f5d7f0a9cf0f6dfe0e0a1f6b6a1c6c0d6a5e4f3b27c0352b8', name: 'my-net' },
    },
  });
export type EventView = View<typeof event>;

export const eventQuery = z.strictObject({
  host: repeatable(hostName).describe('Only events of these hosts; `resync` always comes'),
  on: selector
    .optional()
    .describe(
      'Only events of hosts whose labels fit this selector, and of a host that has just ceased to; `resync` always comes',
    ),
  type: repeatable(z.enum(EVENT_TYPES)).describe('Only these types; `resync` always comes'),
  network: networkPattern
    .optional()
    .describe('Only events about this network, and operations on it; `resync` always comes'),
});
export type EventQuery = View<typeof eventQuery>;

export const eventHeaders = z.object({
  'last-event-id': z.string().min(1).optional().meta({ description: 'Go on after this event' }),
});
