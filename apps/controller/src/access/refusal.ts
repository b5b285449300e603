import { type OperationId } from '@fairlead/api';
import { type FairleadError } from '@fairlead/domain';
import { type Request } from 'express';
import { type AuditRecord } from '../audit/audit.store.js';
import { clientOf, identificationOf, peerOf } from './principal.js';

/** Takes note of what was refused (see `audit/refusals.ts`). */
export type NoteRefusal = (record: Omit<AuditRecord, 'outcome'>) => void;

/** Operations whose audit rows have a name that does not follow from the table's. */
const ACTIONS: Partial<Record<OperationId, string>> = {
  connectContainer: 'network.connect',
  disconnectContainer: 'network.disconnect',
  pruneNetworks: 'network.prune',
  probe: 'network.probe',
  updateHost: 'host.label',
  createApiToken: 'token.create',
  revokeApiToken: 'token.revoke',
  listApiTokens: 'token.list',
  createJoinToken: 'join-token.create',
  revokeJoinToken: 'join-token.revoke',
  listJoinTokens: 'join-token.list',
};

/** `removeNetwork` is `network.remove`. */
export function actionOf(operationId: string): string {
  const known = ACTIONS[operationId as OperationId];
  if (known !== undefined) return known;
  const [, verb = operationId, resource = ''] = /^([a-z]+)([A-Z]\w*)?$/.exec(operationId) ?? [];
  return resource === '' ? verb : `${resource.charAt(0).toLowerCase()}${resource.slice(1)}.${verb}`;
}

/** The row of a refused request, without its outcome. */
export function refusalOf(
  request: Request,
  operationId: string,
  error: FairleadError,
  at: number,
): Omit<AuditRecord, 'outcome'> {
  const identification = identificationOf(request);
  const name = identification.kind === 'principal' ? identification.principal.name : 'anonymous';
  const { host } = request.params;
  return {
    at,
    actor: { name, client: clientOf(request), peer: peerOf(request) },
    action: actionOf(operationId),
    hostName: typeof host === 'string' ? host.slice(0, 253) : null,
    target: {},
    operationId: null,
    detail: { code: error.code, reason: error.message },
  };
}
