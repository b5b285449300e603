import { z } from 'zod';
import { durationText, hostName, labelMap, timestamp, type View } from './common.js';

export const joinTokenParams = z.strictObject({ token: z.string().min(1) });

export const joinTokenRequest = z
  .strictObject({
    labels: labelMap.default({}).meta({ description: 'What hosts that join by it get' }),
    host: hostName.optional().meta({ description: 'Good for a host of this name only' }),
    maxUses: z.int().min(1).max(10_000).default(1).meta({ description: 'Hosts that may join by it' }),
    expiresIn: durationText
      .optional()
      .meta({ description: 'At most 24h. Default 1h; has to be given where more than one host may join' }),
    controller: z
      .string()
      .min(1)
      .optional()
      .meta({ description: 'Address for the printed command; default: the one that the controller knows of itself' }),
  })
  .meta({ id: 'JoinTokenRequest', description: 'A join token to make', example: { labels: { env: 'prod' } } });
export type JoinTokenRequest = View<typeof joinTokenRequest>;

const EXAMPLE = {
  id: 'k3v7q2m5xa',
  state: 'open',
  labels: { env: 'prod' },
  host: null,
  maxUses: 1,
  uses: 0,
  createdAt: '2026-11-25T09:30:00.000Z',
  createdBy: 'admin',
  expiresAt: '2026-11-25T10:30:00.000Z',
} as const;

export const joinToken = z
  .object({
    id: z.string(),
    state: z.enum(['open', 'used', 'expired', 'revoked']),
    labels: labelMap,
    host: hostName.nullable(),
    maxUses: z.int(),
    uses: z.int(),
    createdAt: timestamp,
    createdBy: z.string(),
    expiresAt: timestamp,
  })
  .meta({
    id: 'JoinToken',
    description: 'What lets hosts join, without its secret',
    example: EXAMPLE,
  });
export type JoinTokenView = View<typeof joinToken>;

export const joinTokenList = z
  .object({ items: z.array(joinToken), total: z.int() })
  .meta({ id: 'JoinTokenList', description: 'Newest first', example: { items: [], total: 0 } });
export type JoinTokenListView = View<typeof joinTokenList>;

const secretText = z.string().meta({ description: 'Shown this once; only its digest is kept' });

export const newJoinToken = joinToken
  .extend({
    token: secretText,
    command: z.string().meta({ description: 'To be run on the host. It holds the token: treat it as a secret' }),
  })
  .meta({
    id: 'NewJoinToken',
    description: 'A join token with its secret',
    example: {
      ...EXAMPLE,
      token: 'flj1.…',
      command: 'FAIRLEAD_AGENT_JOIN_TOKEN=flj1.… fairlead agent --name web-2 --controller 10.20.0.1:7801',
    },
  });
export type NewJoinTokenView = View<typeof newJoinToken>;

export const hostAddRequest = z
  .strictObject({
    name: hostName,
    address: z.string().min(3).meta({ description: 'Where its agent listens', example: '10.20.0.7:7802' }),
    labels: labelMap.default({}),
  })
  .meta({
    id: 'HostAddRequest',
    description: 'A host whose agent listens, for sites that forbid hosts to dial out',
    example: { name: 'web-3', address: '10.20.0.7:7802', labels: {} },
  });
export type HostAddRequest = View<typeof hostAddRequest>;

export const resolveRequest = z
  .strictObject({
    keep: z.string().min(1).meta({ description: 'The instance id, or the address, of the machine to keep' }),
  })
  .meta({
    id: 'ResolveRequest',
    description: 'Which of two machines keeps the identity',
    example: { keep: '10.0.0.7' },
  });
export type ResolveRequest = View<typeof resolveRequest>;
