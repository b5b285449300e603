import { type Access, type OperationId, type Route, ROUTES } from '@fairlead/api';
import { applyDecorators, HttpCode, RequestMapping, RequestMethod, SetMetadata } from '@nestjs/common';

/** What a handler has declared: the row of the table that it serves, and who may call it. */
export interface Policy {
  /** Of the table, or a name of its own beyond the API. */
  readonly operationId: string;
  readonly access: Access;
}

export const POLICY = Symbol('policy');

const METHODS = {
  get: RequestMethod.GET,
  post: RequestMethod.POST,
  patch: RequestMethod.PATCH,
  delete: RequestMethod.DELETE,
} as const;

/**
 * Serves one row of the table of routes: method, path, status and policy come from there, so that none of them can
 * drift. For controllers without a prefix of their own.
 */
export function Serves(operationId: OperationId): MethodDecorator {
  const route: Route = ROUTES[operationId];
  const statuses = Object.keys(route.responses).map(Number);
  return applyDecorators(
    RequestMapping({ method: METHODS[route.method], path: route.path.replace(/\{(\w+)\}/g, ':$1') }),
    HttpCode(Math.min(...statuses)),
    SetMetadata(POLICY, { operationId, access: route.access } satisfies Policy),
  );
}

/**
 * Serves a page beyond the API that needs no credentials, such as a sign of life.
 * @param name of what is done there, for the audit
 */
export function ServesAnyone(name: string, path: string): MethodDecorator {
  const policy: Policy = { operationId: name, access: { role: 'anyone', hosts: 'none' } };
  return applyDecorators(RequestMapping({ method: RequestMethod.GET, path }), SetMetadata(POLICY, policy));
}
