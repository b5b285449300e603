import { OPERATION_KINDS, OPERATION_OUTCOMES, OPERATION_STATES, type OperationKind } from '@fairlead/domain';
import { z } from 'zod';
import { cursor, hostName, pageLimit, repeatable, timestamp, type View } from './common.js';
import { networkRecord, networkRef } from './network.js';
import { probeResult } from './probe.js';
import { pruneResult } from './prune.js';

export const createResult = z.object({
  network: networkRecord,
  warning: z.string().meta({ description: 'The engine’s warning, unchanged; empty where there is none' }),
});
export const attachmentResult = z.object({ network: networkRecord.meta({ description: 'As it is after the change' }) });
export const removeResult = z.object({
  removed: networkRecord.meta({ description: 'As it was journaled before the removal' }),
  detached: z.array(z.string()).meta({ description: 'Containers that `force` detached' }),
});
const reattachment = z.object({
  containerId: z.string(),
  containerName: z.string(),
  outcome: z.enum(['attached', 'failed']),
  reason: z.string().meta({
    description:
      'Why it was attached (`refers`: it still referred to the old id; `detached`: the removal took it off by force), ' +
      'or what went wrong, as a sentence',
  }),
  engineMessage: z.string().meta({ description: 'The engine’s own words, unchanged; may be empty' }),
});
const restoreDifference = z.object({
  field: z.string().meta({ description: 'Name of the field of NetworkRecord' }),
  recorded: z.string().meta({ description: 'As JSON text' }),
  restored: z.string().meta({ description: 'As JSON text' }),
});
export const restoreResult = z.object({
  network: networkRecord.meta({ description: 'As it is now, with who is on it' }),
  source: z.enum(['journal', 'controller']).meta({
    description: 'Whose record it was made from: the one of the agent that removed it, or what the controller saw last',
  }),
  attachments: z.array(reattachment).meta({ description: 'Containers that lost the network, and what became of them' }),
  differences: z.array(restoreDifference).meta({
    description: 'Between the record and what the engine shows afterwards; id, creation time and bridge name apart',
  }),
  losses: z.array(z.string()).meta({ description: 'What did not come back, a sentence each' }),
});

/** The result of a succeeded operation, by its kind. */
export const OPERATION_RESULTS = {
  create: createResult,
  connect: attachmentResult,
  disconnect: attachmentResult,
  remove: removeResult,
  prune: pruneResult,
  restore: restoreResult,
  probe: probeResult,
} as const satisfies Record<OperationKind, z.ZodType>;
export type OperationResultView<K extends OperationKind = OperationKind> = View<(typeof OPERATION_RESULTS)[K]>;

export const operation = z
  .object({
    id: z.string(),
    kind: z.enum(OPERATION_KINDS),
    host: hostName,
    target: z.object({
      network: networkRef
        .optional()
        .meta({ description: 'Absent for prune and probe; a create has no id until it is done' }),
      container: z.string().optional(),
    }),
    request: z.record(z.string(), z.unknown()).meta({ description: 'What was asked for, as it was asked' }),
    state: z.enum(OPERATION_STATES),
    outcome: z.enum(OPERATION_OUTCOMES).nullable().meta({ description: 'null until finished' }),
    result: z
      .union([createResult, attachmentResult, removeResult, pruneResult, restoreResult, probeResult])
      .nullable()
      .meta({
        description:
          'By kind. create: `network`, `warning`; connect and disconnect: `network`; remove: `removed`, `detached`; ' +
          'prune: `items`, also when it failed half way; restore: `network`, `source`, `attachments`, `differences`, ' +
          '`losses`; probe: see ProbeResult. null where there is none',
      }),
    error: z
      .object({
        code: z.string(),
        message: z.string(),
        engineMessage: z.string().meta({ description: 'The engine’s own words, unchanged; may be empty' }),
        hint: z.string().meta({ description: 'What to do next; may be empty' }),
      })
      .nullable(),
    settled: z
      .object({
        at: timestamp,
        by: z.enum(['answer', 'journal', 'engine']).meta({
          description: 'From the agent’s answer, from its journal, or by looking at the engine',
        }),
        explanation: z.string(),
      })
      .nullable()
      .meta({ description: 'How an outcome that was unknown became known; null where it never was' }),
    actor: z.string().meta({ description: 'Who asked' }),
    client: z.string().meta({ description: 'With which program, by its User-Agent' }),
    createdAt: timestamp,
    dispatchedAt: timestamp.nullable().meta({ description: 'null: nothing was sent' }),
    finishedAt: timestamp.nullable(),
    durationMs: z.number().nullable().meta({ description: 'From acceptance to the end' }),
    deadlineMs: z.int(),
  })
  .meta({
    id: 'Operation',
    description: 'One command to one host, journaled before it is sent',
    example: {
      id: '019ab2c4-5d6e-7f80-9a1b-2c3d4e5f6071',
      kind: 'remove',
      host: 'web-1',
      target: {
        network: { id: '798b0f9e2c1c6a6f5d7f0a9cf0f6dfe0e0a1f6b6a1c6c0d6a5e4f3b27c0352b8', name: 'my-net' },
      },
      request: { force: false },
      state: 'finished',
      outcome: 'refused',
      result: null,
      error: {
        code: 'network_in_use',
        message: "Network 'my-net' is used by one, two",
        engineMessage: '',
        hint: 'Disconnect them first, or use --force.',
      },
      settled: null,
      actor: 'local',
      client: 'fairlead-cli/0.1.0',
      createdAt: '2026-11-24T09:30:00.000Z',
      dispatchedAt: '2026-11-24T09:30:00.004Z',
      finishedAt: '2026-11-24T09:30:00.021Z',
      durationMs: 21,
      deadlineMs: 30000,
    },
  });
export type OperationView = View<typeof operation>;

/** The result in the shape of its kind, or undefined where the operation is of another kind or has none. */
export function operationResult<K extends OperationKind>(
  view: OperationView,
  kind: K,
): OperationResultView<K> | undefined {
  if (view.kind !== kind || view.result === null) return undefined;
  return OPERATION_RESULTS[kind].parse(view.result) as OperationResultView<K>;
}

export const operationPage = z
  .object({ items: z.array(operation), total: z.int(), nextCursor: z.string().nullable() })
  .meta({
    id: 'OperationPage',
    description: 'One page of operations, newest first',
    example: { items: [], total: 0, nextCursor: null },
  });
export type OperationPageView = View<typeof operationPage>;

export const operationQuery = z.strictObject({
  host: repeatable(hostName).describe('Only operations on these hosts'),
  kind: repeatable(z.enum(OPERATION_KINDS)).describe('Only these kinds'),
  outcome: repeatable(z.enum(OPERATION_OUTCOMES)).describe('Only these outcomes'),
  state: repeatable(z.enum(OPERATION_STATES)).describe('Only these states'),
  limit: pageLimit,
  cursor: cursor.optional(),
});
export type OperationQuery = View<typeof operationQuery>;

export const operationParams = z.strictObject({
  operation: z
    .string()
    .min(1)
    .meta({ description: 'Id of the operation', example: '019ab2c4-5d6e-7f80-9a1b-2c3d4e5f6071' }),
});
