import type { ErrorCode, Role } from '@fairlead/domain';
import { z } from 'zod';
import { operation } from '../operation.js';

/** Every path of the table is below this one. */
export const API_PREFIX = '/api/v1';

export interface Answer {
  readonly description: string;
  /** Absent where there is no body. */
  readonly schema?: z.ZodType;
  readonly mediaType?: string;
  readonly headers?: z.ZodObject;
}

/** Who may call a route. The controller refuses whatever declares nothing. */
export interface Access {
  /** The least role. `anyone`: also without credentials. */
  readonly role: Role | 'anyone';
  /**
   * What of hosts the caller's selector bounds. `named`: the host in the path, which else seems not to exist.
   * `filtered`: what is answered is about the hosts that the selector leaves. `all`: only for those whose selector
   * leaves every host. `none`: it is about no host.
   */
  readonly hosts: 'named' | 'filtered' | 'all' | 'none';
}

/** One row of the table that the controller serves, the client calls and the OpenAPI document shows. */
export interface Route {
  readonly method: 'get' | 'post' | 'patch' | 'delete';
  /** Below API_PREFIX, parameters in braces. */
  readonly path: string;
  readonly tag:
    'hosts' | 'networks' | 'history' | 'operations' | 'policies' | 'events' | 'access' | 'identity' | 'audit' | 'meta';
  readonly access: Access;
  readonly summary: string;
  readonly description: string;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly headers?: z.ZodObject;
  /** A prefault: it may be left out. */
  readonly body?: z.ZodObject | z.ZodPrefault<z.ZodObject>;
  /** By HTTP status. What is not among them is a problem. */
  readonly responses: Readonly<Record<number, Answer>>;
  /** Codes that callers of this route should be ready for, beside those that any route may give. */
  readonly errors: readonly ErrorCode[];
  /** Takes something away or changes a running system: interfaces ask before they call it. */
  readonly destructive: boolean;
}

/** Codes that any route may answer with. */
export const COMMON_ERRORS = [
  'invalid_argument',
  'unauthenticated',
  'forbidden',
  'overloaded',
  'storage_failed',
  'internal',
] as const;

/** Headers of a command. Names are in lower case, as Node delivers them. */
export const commandHeaders = z.object({
  'idempotency-key': z
    .string()
    .regex(/^[\x21-\x7e]{1,200}$/)
    .optional()
    .meta({
      description:
        'Chosen by the caller, new for each command. The same key again gives the same operation and never a second act; ' +
        'with another request it is refused (`idempotency_mismatch`). Kept for at least 24 h',
      example: '0b6f1a5e-3f0c-4a55-9d0e-5b8b0f0c9a11',
    }),
  prefer: z.string().optional().meta({
    description: '`respond-async`: answer 202 as soon as the operation is accepted, instead of waiting for its end',
    example: 'respond-async',
  }),
});

const operationHeaders = z.object({
  location: z.string().meta({ description: 'Where the operation can be read', example: '/api/v1/operations/019ab2c4' }),
});

/**
 * Answers of a command: the finished operation where it succeeded, the accepted one where the caller does not wait. An
 * operation that did not succeed is a problem that carries it as `operation`.
 */
export const command = <S extends 200 | 201>(success: S, description: string) =>
  ({
    [success]: { description, schema: operation, headers: operationHeaders },
    202: { description: 'Accepted (`Prefer: respond-async`)', schema: operation, headers: operationHeaders },
  }) as Record<S | 202, { description: string; schema: typeof operation; headers: typeof operationHeaders }>;

export const COMMAND_ERRORS = [
  'host_not_found',
  'host_unavailable',
  'host_quarantined',
  'policy_refused',
  'engine_unavailable',
  'engine_refused',
  'engine_failed',
  'deadline_exceeded',
  'outcome_unknown',
  'operation_running',
  'idempotency_mismatch',
] as const;

export const NETWORK_ERRORS = ['network_not_found', 'ambiguous_name'] as const;
