import { ROLES } from '@fairlead/domain';
import { z } from 'zod';
import { durationText, selector, timestamp, type View } from './common.js';

export const role = z.enum(ROLES).meta({
  id: 'Role',
  description: '`viewer` sees, `operator` also sends commands, `admin` also manages hosts, tokens and the audit',
  example: 'operator',
});

const hosts = selector.meta({
  description: 'Label selector of the hosts that it reaches; empty: all',
  example: 'env=prod',
});

/** What begins like a credential may be one, put in the wrong place: names are kept, listed and shown in the audit. */
const NO_CREDENTIAL = [/^(?!fl[a-z]1\.)/i, 'looks like the text of a token, which is a secret; give a name'] as const;

export const apiTokenParams = z.strictObject({
  token: z
    .string()
    .min(1)
    .regex(...NO_CREDENTIAL)
    .meta({ description: 'Name or id' }),
});

export const apiTokenRequest = z
  .strictObject({
    name: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/)
      .regex(...NO_CREDENTIAL)
      .meta({ description: 'Unique; it is the actor in operations and audit' }),
    role,
    hosts: hosts.default(''),
    expiresIn: durationText.optional().meta({ description: 'Default: it does not expire' }),
  })
  .meta({ id: 'ApiTokenRequest', description: 'An API token to make', example: { name: 'deploy', role: 'operator' } });
export type ApiTokenRequest = View<typeof apiTokenRequest>;

const EXAMPLE = {
  id: 'k3v7q2m5xa',
  name: 'deploy',
  role: 'operator',
  hosts: 'env=prod',
  state: 'active',
  createdAt: '2026-11-25T09:30:00.000Z',
  createdBy: 'admin',
  expiresAt: null,
  lastUsedAt: null,
} as const;

export const apiToken = z
  .object({
    id: z.string(),
    name: z.string(),
    role,
    hosts: z.string(),
    state: z.enum(['active', 'expired', 'revoked']),
    createdAt: timestamp,
    createdBy: z.string(),
    expiresAt: timestamp.nullable(),
    lastUsedAt: timestamp.nullable().meta({ description: 'To the minute' }),
  })
  .meta({
    id: 'ApiToken',
    description: 'An API token, without its secret',
    example: EXAMPLE,
  });
export type ApiTokenView = View<typeof apiToken>;

export const apiTokenList = z
  .object({ items: z.array(apiToken), total: z.int() })
  .meta({ id: 'ApiTokenList', description: 'In order of name', example: { items: [], total: 0 } });
export type ApiTokenListView = View<typeof apiTokenList>;

export const newApiToken = apiToken
  .extend({ token: z.string().meta({ description: 'Shown this once; only its digest is kept' }) })
  .meta({
    id: 'NewApiToken',
    description: 'An API token with its secret',
    example: { ...EXAMPLE, token: 'flt1.…' },
  });
export type NewApiTokenView = View<typeof newApiToken>;

export const whoami = z
  .object({
    name: z.string(),
    kind: z.enum(['token', 'session']),
    role,
    hosts: z.string(),
    expiresAt: timestamp.nullable(),
  })
  .meta({
    id: 'Whoami',
    description: 'Who the controller takes the caller for',
    example: { name: 'admin', kind: 'token', role: 'admin', hosts: '', expiresAt: null },
  });
export type WhoamiView = View<typeof whoami>;

export const loginMethods = z
  .object({
    oidc: z
      .object({ issuer: z.string() })
      .nullable()
      .meta({ description: 'The identity provider, or null where none is set' }),
  })
  .meta({ id: 'LoginMethods', description: 'How to sign in here', example: { oidc: null } });
export type LoginMethodsView = View<typeof loginMethods>;

export const deviceLogin = z
  .object({
    handle: z.string().meta({ description: 'To ask with for the outcome; a secret of the caller' }),
    userCode: z.string(),
    verificationUri: z.string(),
    verificationUriComplete: z.string().nullable(),
    intervalMs: z.int().meta({ description: 'Time between two questions' }),
    expiresAt: timestamp,
  })
  .meta({
    id: 'DeviceLogin',
    description: 'A device login that waits for its user',
    example: {
      handle: '…',
      userCode: 'WDJB-MJHT',
      verificationUri: 'https://id.example/device',
      verificationUriComplete: null,
      intervalMs: 5000,
      expiresAt: '2026-11-25T09:40:00.000Z',
    },
  });
export type DeviceLoginView = View<typeof deviceLogin>;

export const deviceLoginPoll = z
  .strictObject({ handle: z.string().min(1) })
  .meta({ id: 'DeviceLoginPoll', description: 'Asks what became of a device login', example: { handle: '…' } });
export type DeviceLoginPoll = View<typeof deviceLoginPoll>;

export const deviceLoginResult = z
  .object({
    state: z.enum(['pending', 'done']),
    token: z.string().nullable().meta({ description: 'A bearer token, once it is done' }),
    session: whoami.nullable(),
  })
  .meta({
    id: 'DeviceLoginResult',
    description: 'What became of a device login',
    example: { state: 'pending', token: null, session: null },
  });
export type DeviceLoginResultView = View<typeof deviceLoginResult>;

export const loginQuery = z.strictObject({
  returnTo: z.string().default('/').meta({ description: 'Path of this site to go to afterwards' }),
});
export type LoginQuery = View<typeof loginQuery>;
