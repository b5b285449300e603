import { z } from 'zod';
import { type Route } from './route.js';

export const metaRoutes = {
  getOpenApi: {
    method: 'get',
    path: '/openapi.json',
    tag: 'meta',
    access: { role: 'anyone', hosts: 'none' },
    summary: 'This document',
    description: 'OpenAPI 3.1, made from the schemas that validate.',
    responses: { 200: { description: 'The document', schema: z.record(z.string(), z.unknown()) } },
    errors: [],
    destructive: false,
  },
} as const satisfies Record<string, Route>;
