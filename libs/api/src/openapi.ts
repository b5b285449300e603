import { ERRORS, type ErrorCode } from '@fairlead/domain';
import type { ZodOpenApiOperationObject, ZodOpenApiPathsObject, ZodOpenApiResponsesObject } from 'zod-openapi';
import { createDocument } from 'zod-openapi';
import { problem, PROBLEM_MEDIA_TYPE } from './problem.js';
import { type Answer, API_PREFIX, COMMON_ERRORS, OPERATION_IDS, type Route, ROUTES } from './routes.js';

const TAGS = [
  { name: 'hosts', description: 'Machines with one engine each, watched over by one agent' },
  { name: 'networks', description: 'Docker networks of the whole fleet' },
  { name: 'history', description: 'What changed, and what is gone' },
  { name: 'operations', description: 'Commands to hosts, journaled before they are sent' },
  {
    name: 'policies',
    description: 'Cleanup policies: what they would remove, what their runs removed, and the switch that holds them',
  },
  { name: 'events', description: 'What changes, as it changes' },
  { name: 'identity', description: 'How hosts join, and their certificates' },
  { name: 'access', description: 'Who may call what' },
  { name: 'audit', description: 'Acts and refusals, in a chain that shows every change' },
  { name: 'meta', description: 'About this interface' },
];

/** The OpenAPI 3.1 document of the table of routes. */
export function createOpenApiDocument(version: string): ReturnType<typeof createDocument> {
  return createDocument({
    openapi: '3.1.0',
    info: {
      title: 'Fairlead',
      version,
      description: 'Manages Docker networks across a fleet of hosts. Errors are problem details (RFC 9457).',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: API_PREFIX }],
    security: [{ bearer: [] }, { session: [] }],
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'An API token, or the token of a device login' },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: 'fairlead_session',
          description: 'A browser that has signed in',
        },
      },
    },
    tags: TAGS,
    paths: describePaths(),
  });
}

function describePaths(): ZodOpenApiPathsObject {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  for (const operationId of OPERATION_IDS) {
    const route: Route = ROUTES[operationId];
    (paths[route.path] ??= {})[route.method] = describeOperation(operationId, route);
  }
  return paths;
}

function describeOperation(operationId: string, route: Route): ZodOpenApiOperationObject {
  const { params, query, headers, body } = route;
  return {
    operationId,
    summary: route.summary,
    description: route.description,
    tags: [route.tag],
    requestParams: {
      ...(params && { path: params }),
      ...(query && { query }),
      ...(headers && { header: headers }),
    },
    ...(body && {
      requestBody: { required: !body.safeParse(undefined).success, content: { 'application/json': { schema: body } } },
    }),
    responses: { ...describeAnswers(route), ...describeProblems(route) },
    ...(route.access.role === 'anyone' && { security: [] }),
    'x-access': route.access,
    'x-destructive': route.destructive,
  };
}

function describeAnswers(route: Route): ZodOpenApiResponsesObject {
  return Object.fromEntries(
    Object.entries(route.responses).map(([status, { description, schema, mediaType, headers }]: [string, Answer]) => [
      status,
      {
        description,
        ...(schema && { content: { [mediaType ?? 'application/json']: { schema } } }),
        ...(headers && { headers }),
      },
    ]),
  );
}

/** One answer for each HTTP status that the route's error codes lead to, naming the codes. */
function describeProblems(route: Route): ZodOpenApiResponsesObject {
  const codes = [...new Set<ErrorCode>([...COMMON_ERRORS, ...route.errors])];
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of codes) {
    const status = ERRORS[code].http;
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, group]) => [
      String(status),
      {
        description: group.map((code) => `\`${code}\`: ${ERRORS[code].title}`).join('. '),
        content: { [PROBLEM_MEDIA_TYPE]: { schema: problem } },
      },
    ]),
  );
}
