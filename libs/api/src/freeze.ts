import { z } from 'zod';
import { timestamp, type View } from './common.js';

export const freeze = z
  .object({
    frozen: z.boolean(),
    reason: z.string(),
    actor: z.string().meta({ description: '`controller` where it held the work itself' }),
    at: timestamp.nullable().meta({ description: 'null: the switch was never touched' }),
  })
  .meta({
    id: 'Freeze',
    description: 'Whether destructive work is held on all hosts',
    example: { frozen: false, reason: '', actor: '', at: null },
  });
export type FreezeView = View<typeof freeze>;

export const freezeAnswer = freeze
  .extend({
    already: z.boolean().meta({
      description: 'It was so before, and no reason was given: by whom, since when and why stays as it was',
    }),
  })
  .meta({
    id: 'FreezeAnswer',
    description: 'The switch as it is now',
    example: {
      frozen: true,
      reason: 'incident 42',
      actor: 'deploy',
      at: '2026-11-24T09:30:00.000Z',
      already: false,
    },
  });
export type FreezeAnswerView = View<typeof freezeAnswer>;

export const freezeRequest = z
  .strictObject({ frozen: z.boolean(), reason: z.string().max(500).default('') })
  .meta({ id: 'FreezeRequest', description: 'Holds destructive work, or lets it go on', example: { frozen: true } });
export type FreezeRequest = View<typeof freezeRequest>;
