import { z } from 'zod';
import { cursor, hostName, pageLimit, repeatable, timestamp, type View } from './common.js';

export const auditEntry = z
  .object({
    seq: z.int(),
    at: timestamp,
    actor: z.string(),
    client: z.string(),
    peer: z.string().meta({ description: 'Where the request came from' }),
    action: z.string(),
    host: hostName.nullable(),
    target: z.record(z.string(), z.unknown()),
    operationId: z.string().nullable(),
    outcome: z.string(),
    detail: z.record(z.string(), z.unknown()),
    hash: z.string(),
  })
  .meta({
    id: 'AuditEntry',
    description: 'One act or refusal',
    example: {
      seq: 17,
      at: '2026-11-25T09:30:00.000Z',
      actor: 'deploy',
      client: 'fairlead-cli/0.1.0',
      peer: '127.0.0.1',
      action: 'network.remove',
      host: 'web-1',
      target: {},
      operationId: null,
      outcome: 'refused',
      detail: { code: 'forbidden' },
      hash: '5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef',
    },
  });
export type AuditEntryView = View<typeof auditEntry>;

export const auditQuery = z.strictObject({
  host: repeatable(hostName),
  actor: repeatable(z.string().min(1)),
  action: repeatable(z.string().min(1)).describe('Such as `network.remove`, or `network.*`'),
  outcome: repeatable(z.string().min(1)),
  cursor: cursor.optional(),
  limit: pageLimit,
});
export type AuditQuery = View<typeof auditQuery>;

export const auditPage = z
  .object({ items: z.array(auditEntry), total: z.int(), nextCursor: z.string().nullable() })
  .meta({ id: 'AuditPage', description: 'Newest first', example: { items: [], total: 0, nextCursor: null } });
export type AuditPageView = View<typeof auditPage>;

export const auditVerdict = z
  .object({
    sound: z.boolean(),
    entries: z.int().meta({ description: 'Entries of the chain' }),
    checkpoints: z.int().meta({ description: 'Signed checkpoints that were compared, the controller’s own' }),
    witnesses: z
      .array(z.object({ host: hostName, checkpoints: z.int(), newestSeq: z.int() }))
      .meta({ description: 'Hosts whose agents were asked for the checkpoints they keep' }),
    unasked: z.array(hostName).meta({ description: 'Hosts that could not be asked' }),
    faults: z
      .array(
        z.object({
          seq: z.int().meta({ description: 'The first entry that is not what it was' }),
          kind: z.enum(['edited', 'removed', 'reordered', 'truncated', 'rolled-back', 'checkpoint', 'signature']),
          explanation: z.string(),
          witness: z
            .string()
            .nullable()
            .meta({ description: 'The host whose checkpoint shows it; null: the chain itself' }),
        }),
      )
      .meta({ description: 'First of each kind; in order of seq' }),
  })
  .meta({
    id: 'AuditVerdict',
    description: 'Whether the audit is what it was',
    example: {
      sound: true,
      entries: 1042,
      checkpoints: 17,
      witnesses: [{ host: 'web-1', checkpoints: 17, newestSeq: 1040 }],
      unasked: [],
      faults: [],
    },
  });
export type AuditVerdictView = View<typeof auditVerdict>;
