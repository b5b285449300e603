import type { ErrorCode } from '@fairlead/domain';
import { z } from 'zod';
import { eventHeaders, event, eventQuery } from './event.js';
import { host, hostList, hostParams, hostPatch, hostQuery } from './host.js';
import { connectRequest, createNetworkRequest, disconnectRequest, removeQuery } from './network-requests.js';
import { inspectQuery, networkDetail, networkPage, networkParams, networkQuery } from './network.js';
import { operation, operationPage, operationParams, operationQuery } from './operation.js';
import { probeRequest } from './probe.js';
import { prunePlan, prunePlanRequest, pruneRequest } from './prune.js';

/** Every path of the table is below this one. */
export const API_PREFIX = '/api/v1';

export interface Answer {
  readonly description: string;
  /** Absent where there is no body. */
  readonly schema?: z.ZodType;
  readonly mediaType?: string;
  readonly headers?: z.ZodObject;
}

/** One row of the table that the controller serves, the client calls and the OpenAPI document shows. */
export interface Route {
  readonly method: 'get' | 'post' | 'patch' | 'delete';
  /** Below API_PREFIX, parameters in braces. */
  readonly path: string;
  readonly tag: 'hosts' | 'networks' | 'operations' | 'events' | 'meta';
  readonly summary: string;
  readonly description: string;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly headers?: z.ZodObject;
  readonly body?: z.ZodObject;
  /** By HTTP status. What is not among them is a problem. */
  readonly responses: Readonly<Record<number, Answer>>;
  /** Codes that callers of this route should be ready for, beside those that any route may give. */
  readonly errors: readonly ErrorCode[];
  /** Takes something away or changes a running system: interfaces ask before they call it. */
  readonly destructive: boolean;
}

/** Codes that any route may answer with. */
export const COMMON_ERRORS = ['invalid_argument', 'forbidden', 'overloaded', 'storage_failed', 'internal'] as const;

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
const command = <S extends 200 | 201>(success: S, description: string) =>
  ({
    [success]: { description, schema: operation, headers: operationHeaders },
    202: { description: 'Accepted (`Prefer: respond-async`)', schema: operation, headers: operationHeaders },
  }) as Record<S | 202, { description: string; schema: typeof operation; headers: typeof operationHeaders }>;

const COMMAND_ERRORS = [
  'host_not_found',
  'host_unavailable',
  'engine_unavailable',
  'engine_refused',
  'engine_failed',
  'deadline_exceeded',
  'outcome_unknown',
  'operation_running',
  'idempotency_mismatch',
] as const;

const NETWORK_ERRORS = ['network_not_found', 'ambiguous_name'] as const;

export const ROUTES = {
  listHosts: {
    method: 'get',
    path: '/hosts',
    tag: 'hosts',
    summary: 'List hosts',
    description: 'All hosts that fit, in order of name, with how far what is known of them can be trusted.',
    query: hostQuery,
    responses: { 200: { description: 'The hosts', schema: hostList } },
    errors: ['host_not_found'],
    destructive: false,
  },
  getHost: {
    method: 'get',
    path: '/hosts/{host}',
    tag: 'hosts',
    summary: 'Show a host',
    description: 'One host with its engine, agent and counts.',
    params: hostParams,
    responses: { 200: { description: 'The host', schema: host } },
    errors: ['host_not_found'],
    destructive: false,
  },
  updateHost: {
    method: 'patch',
    path: '/hosts/{host}',
    tag: 'hosts',
    summary: 'Change the labels of a host',
    description: 'Merges labels into those set here, which overlay those of the agent. Nothing is sent to the host.',
    params: hostParams,
    body: hostPatch,
    responses: { 200: { description: 'The host as it is now', schema: host } },
    errors: ['host_not_found'],
    destructive: false,
  },
  removeHost: {
    method: 'delete',
    path: '/hosts/{host}',
    tag: 'hosts',
    summary: 'Forget a host',
    description:
      'Forgets a host and its inventory; operations stay. Nothing is done on the host. Refused while it is connected: ' +
      'an agent that still runs would bring it back at once.',
    params: hostParams,
    responses: { 204: { description: 'Forgotten' } },
    errors: ['host_not_found', 'forbidden'],
    destructive: true,
  },
  listNetworks: {
    method: 'get',
    path: '/networks',
    tag: 'networks',
    summary: 'List the networks of the fleet',
    description:
      'From the inventory. Every row carries its age; hosts whose rows are not live are named in `unavailableHosts`.',
    query: networkQuery,
    responses: { 200: { description: 'One page', schema: networkPage } },
    errors: ['host_not_found'],
    destructive: false,
  },
  getNetwork: {
    method: 'get',
    path: '/hosts/{host}/networks/{network}',
    tag: 'networks',
    summary: 'Show a network and who is on it',
    description:
      'By full id, name, or unique beginning of an id, in this order. Containers that are stopped are shown too.',
    params: networkParams,
    query: inspectQuery,
    responses: { 200: { description: 'The network', schema: networkDetail } },
    errors: ['host_not_found', ...NETWORK_ERRORS, 'host_unavailable', 'engine_unavailable'],
    destructive: false,
  },
  createNetwork: {
    method: 'post',
    path: '/hosts/{host}/networks',
    tag: 'networks',
    summary: 'Create a network',
    description: 'Takes every flag of `docker network create`. A name that the host already has is refused.',
    params: hostParams,
    headers: commandHeaders,
    body: createNetworkRequest,
    responses: command(201, 'Created: `result.network`'),
    errors: [
      ...COMMAND_ERRORS,
      'already_exists',
      'subnet_overlap',
      'addresses_exhausted',
      'not_swarm_manager',
      'unsupported',
    ],
    destructive: false,
  },
  removeNetwork: {
    method: 'delete',
    path: '/hosts/{host}/networks/{network}',
    tag: 'networks',
    summary: 'Remove a network',
    description:
      'Refused while containers, running or stopped, are on it, naming them; `force` detaches them first. Built-in ' +
      'networks are always refused. The full record is journaled before the removal.',
    params: networkParams,
    query: removeQuery,
    headers: commandHeaders,
    responses: command(200, 'Removed: `result.removed`'),
    errors: [
      ...COMMAND_ERRORS,
      ...NETWORK_ERRORS,
      'network_in_use',
      'network_predefined',
      'network_changed',
      'journal_failed',
    ],
    destructive: true,
  },
  connectContainer: {
    method: 'post',
    path: '/hosts/{host}/networks/{network}/connect',
    tag: 'networks',
    summary: 'Attach a container to a network',
    description: 'Takes every flag of `docker network connect`. The container may be stopped.',
    params: networkParams,
    headers: commandHeaders,
    body: connectRequest,
    responses: command(200, 'Attached: `result.network`'),
    errors: [...COMMAND_ERRORS, ...NETWORK_ERRORS, 'container_not_found', 'already_connected', 'unsupported'],
    destructive: false,
  },
  disconnectContainer: {
    method: 'post',
    path: '/hosts/{host}/networks/{network}/disconnect',
    tag: 'networks',
    summary: 'Detach a container from a network',
    description: '`force` also detaches an endpoint whose container is gone or broken.',
    params: networkParams,
    headers: commandHeaders,
    body: disconnectRequest,
    responses: command(200, 'Detached: `result.network`'),
    errors: [...COMMAND_ERRORS, ...NETWORK_ERRORS, 'container_not_found', 'not_connected'],
    destructive: true,
  },
  planPrune: {
    method: 'post',
    path: '/hosts/{host}/prune/plan',
    tag: 'networks',
    summary: 'Show what a prune would do, and why',
    description:
      'Every network of the host, kept or removed, each with its reason. Containers that are stopped count as users. ' +
      'Nothing is sent to the host.',
    params: hostParams,
    body: prunePlanRequest,
    responses: { 200: { description: 'The plan', schema: prunePlan } },
    errors: ['host_not_found', 'host_unavailable'],
    destructive: false,
  },
  pruneNetworks: {
    method: 'post',
    path: '/hosts/{host}/prune',
    tag: 'networks',
    summary: 'Remove the unused networks of a host',
    description:
      'Plans, then takes one network after the other: looks again, journals, removes. With `planHash` nothing is done ' +
      'where other networks would go than those that were shown.',
    params: hostParams,
    headers: commandHeaders,
    body: pruneRequest,
    responses: command(200, 'Done: `result.items`'),
    errors: [...COMMAND_ERRORS, 'plan_stale', 'journal_failed'],
    destructive: true,
  },
  probe: {
    method: 'post',
    path: '/hosts/{host}/probe',
    tag: 'networks',
    summary: 'Find out whether a container reaches a target',
    description:
      'Resolves the name and pings it inside the container’s network, and explains what stands in the way. Unreachable ' +
      'is an answer (`result.reachable`), not an error.',
    params: hostParams,
    headers: commandHeaders,
    body: probeRequest,
    responses: command(200, 'Probed: `result`'),
    errors: [...COMMAND_ERRORS, 'container_not_found', 'ambiguous_name'],
    destructive: false,
  },
  listOperations: {
    method: 'get',
    path: '/operations',
    tag: 'operations',
    summary: 'List operations',
    description: 'Newest first.',
    query: operationQuery,
    responses: { 200: { description: 'One page', schema: operationPage } },
    errors: ['host_not_found'],
    destructive: false,
  },
  getOperation: {
    method: 'get',
    path: '/operations/{operation}',
    tag: 'operations',
    summary: 'Show an operation',
    description: 'What was asked, how far it is, and what came of it.',
    params: operationParams,
    responses: { 200: { description: 'The operation', schema: operation } },
    errors: ['operation_not_found'],
    destructive: false,
  },
  followEvents: {
    method: 'get',
    path: '/events',
    tag: 'events',
    summary: 'Follow changes',
    description:
      'Server-sent events; `id` is the event’s id, `event` its type, `data` the JSON below. With Last-Event-ID the stream ' +
      'goes on after that event; where it is too long ago, the first event is `resync`.',
    query: eventQuery,
    headers: eventHeaders,
    responses: { 200: { description: 'The stream', schema: event, mediaType: 'text/event-stream' } },
    errors: ['host_not_found'],
    destructive: false,
  },
  getOpenApi: {
    method: 'get',
    path: '/openapi.json',
    tag: 'meta',
    summary: 'This document',
    description: 'OpenAPI 3.1, made from the schemas that validate.',
    responses: { 200: { description: 'The document', schema: z.record(z.string(), z.unknown()) } },
    errors: [],
    destructive: false,
  },
} as const satisfies Record<string, Route>;

export type OperationId = keyof typeof ROUTES;
export const OPERATION_IDS = Object.keys(ROUTES) as OperationId[];
