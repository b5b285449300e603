import { POLICY_RUN_MODES } from '@fairlead/domain';
import { z } from 'zod';
import { cursor, pageLimit, repeatable, timestamp, type View } from './common.js';
import { planSummary } from './policy-plan.js';

export const RUN_STATES = [
  'waiting',
  'planning',
  'awaiting-approval',
  'running',
  'paused',
  'held',
  'finished',
] as const;
export type RunState = (typeof RUN_STATES)[number];

export const RUN_OUTCOMES = [
  'reported',
  'done',
  'stopped',
  'cancelled',
  'capped',
  'expired',
  'failed',
  'missed',
  'skipped',
] as const;
export type RunOutcome = (typeof RUN_OUTCOMES)[number];

export const run = z
  .object({
    id: z.string(),
    policy: z.object({ id: z.string(), name: z.string(), version: z.int() }),
    trigger: z.enum(['schedule', 'person']),
    scheduledFor: timestamp.nullable(),
    scheduledUntil: timestamp.nullable().meta({ description: 'Of a range of missed instants the last one' }),
    instants: z.int().meta({ description: 'How many instants of the schedule it stands for' }),
    mode: z.enum(POLICY_RUN_MODES),
    state: z.enum(RUN_STATES).meta({
      description:
        '`waiting` for its time or for its window, `held` by the freeze switch or since too many hosts went away, `paused` ' +
        'with its policy',
    }),
    outcome: z
      .enum(RUN_OUTCOMES)
      .nullable()
      .meta({
        description:
          '`reported`: only told. `done`: to its end, though networks of it may have failed. `stopped`: in its midst, by a ' +
          'stop rule or since its window closed. `cancelled`: by a person, in its midst or before. `capped`: it would have ' +
          'removed too much, and removed nothing. `expired`: nobody approved it in time, or a newer version or plan took ' +
          'its place. `failed`: it could not be planned. `missed`, `skipped`: it never began. null until finished',
      }),
    reason: z.string().meta({ description: 'Why it is in that state or came to that end, as a sentence' }),
    planHash: z.string().nullable(),
    plannedAt: timestamp.nullable(),
    summary: planSummary.nullable(),
    approvedBy: z.string().nullable(),
    approvedAt: timestamp.nullable(),
    expiresAt: timestamp.nullable().meta({ description: 'An approval is taken until then' }),
    progress: z
      .object({
        total: z.int(),
        done: z.int(),
        removed: z.int(),
        kept: z.int(),
        failed: z.int(),
        undone: z.int(),
        skipped: z.int(),
      })
      .meta({ description: 'Networks of its plan, and what became of them so far' }),
    actor: z.string(),
    createdAt: timestamp,
    startedAt: timestamp.nullable(),
    finishedAt: timestamp.nullable(),
  })
  .meta({
    id: 'Run',
    description: 'One carrying out of a policy',
    example: {
      id: '019ab2c4-5d6e-7f80-9a1b-2c3d4e5f6072',
      policy: { id: '019ab2c4-5d6e-7f80-9a1b-2c3d4e5f6071', name: 'nightly', version: 1 },
      trigger: 'schedule',
      scheduledFor: '2026-11-24T02:00:00.000Z',
      scheduledUntil: null,
      instants: 1,
      mode: 'report',
      state: 'finished',
      outcome: 'reported',
      reason: 'the policy only reports: 2 networks would have been removed',
      planHash: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
      plannedAt: '2026-11-24T02:00:11.000Z',
      summary: null,
      approvedBy: null,
      approvedAt: null,
      expiresAt: null,
      progress: { total: 2, done: 0, removed: 0, kept: 0, failed: 0, undone: 0, skipped: 0 },
      actor: 'schedule',
      createdAt: '2026-11-24T02:00:00.000Z',
      startedAt: null,
      finishedAt: '2026-11-24T02:00:12.000Z',
    },
  });
export type RunView = View<typeof run>;

export const runPage = z.object({ items: z.array(run), total: z.int(), nextCursor: z.string().nullable() }).meta({
  id: 'RunPage',
  description: 'One page of runs, newest first',
  example: { items: [], total: 0, nextCursor: null },
});
export type RunPageView = View<typeof runPage>;

export const runQuery = z.strictObject({
  policy: repeatable(z.string().min(1)).describe('Only runs of these policies, by name or id'),
  state: repeatable(z.enum(RUN_STATES)).describe('Only these states'),
  outcome: repeatable(z.enum(RUN_OUTCOMES)).describe('Only these outcomes'),
  limit: pageLimit,
  cursor: cursor.optional(),
});
export type RunQuery = View<typeof runQuery>;

export const runParams = z.strictObject({
  run: z.string().min(1).meta({ description: 'Id of the run', example: '019ab2c4-5d6e-7f80-9a1b-2c3d4e5f6072' }),
});

const planHash = z.string().min(1).meta({ description: '`hash` of the plan that was shown' });

export const startRunRequest = z
  .strictObject({
    mode: z.enum(['report', 'apply']).default('report'),
    planHash: planHash.optional().meta({
      description:
        'Where other networks would go by now than those that were shown, nothing is done or told. `apply` needs it',
    }),
  })
  .refine(({ mode, planHash: hash }) => mode === 'report' || hash !== undefined, {
    path: ['planHash'],
    message: 'is needed to apply: ask for the plan, look at it, and give its hash',
  })
  .meta({ id: 'StartRunRequest', description: 'A run now', example: { mode: 'report' } })
  .prefault({});
export type StartRunRequest = View<typeof startRunRequest>;

export const approveRunRequest = z.strictObject({ planHash }).meta({
  id: 'ApproveRunRequest',
  description: 'The yes to a plan',
  example: { planHash: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08' },
});
export type ApproveRunRequest = View<typeof approveRunRequest>;
