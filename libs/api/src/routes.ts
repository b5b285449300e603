import { accessRoutes } from './routes/access.js';
import { auditRoutes } from './routes/audit.js';
import { endpointsRoutes } from './routes/endpoints.js';
import { eventsRoutes } from './routes/events.js';
import { freezeRoutes } from './routes/freeze.js';
import { historyRoutes } from './routes/history.js';
import { hostsRoutes } from './routes/hosts.js';
import { identityRoutes } from './routes/identity.js';
import { metaRoutes } from './routes/meta.js';
import { networksRoutes } from './routes/networks.js';
import { operationsRoutes } from './routes/operations.js';
import { policiesRoutes } from './routes/policies.js';
import { runsRoutes } from './routes/runs.js';
import { type Route } from './routes/route.js';

export * from './routes/route.js';

/** What the controller serves, the client calls and the OpenAPI document shows. */
export const ROUTES = {
  ...hostsRoutes,
  ...networksRoutes,
  ...endpointsRoutes,
  ...historyRoutes,
  ...operationsRoutes,
  ...policiesRoutes,
  ...runsRoutes,
  ...freezeRoutes,
  ...eventsRoutes,
  ...identityRoutes,
  ...accessRoutes,
  ...auditRoutes,
  ...metaRoutes,
} as const satisfies Record<string, Route>;

export type OperationId = keyof typeof ROUTES;
export const OPERATION_IDS = Object.keys(ROUTES) as OperationId[];
