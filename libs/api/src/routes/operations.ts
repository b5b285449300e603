import { operation, operationPage, operationParams, operationQuery } from '../operation.js';
import { type Route } from './route.js';

export const operationsRoutes = {
  listOperations: {
    method: 'get',
    path: '/operations',
    tag: 'operations',
    access: { role: 'viewer', hosts: 'filtered' },
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
    access: { role: 'viewer', hosts: 'filtered' },
    summary: 'Show an operation',
    description: 'What was asked, how far it is, and what came of it.',
    params: operationParams,
    responses: { 200: { description: 'The operation', schema: operation } },
    errors: ['operation_not_found'],
    destructive: false,
  },
} as const satisfies Record<string, Route>;
