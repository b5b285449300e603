import { auditPage, auditQuery, auditVerdict } from '../audit.js';
import { type Route } from './route.js';

export const auditRoutes = {
  listAudit: {
    method: 'get',
    path: '/audit',
    tag: 'audit',
    access: { role: 'admin', hosts: 'filtered' },
    summary: 'List acts and refusals',
    description:
      'Newest first. Callers whose selector leaves some hosts out see the entries about the hosts it leaves.',
    query: auditQuery,
    responses: { 200: { description: 'One page', schema: auditPage } },
    errors: [],
    destructive: false,
  },
  verifyAudit: {
    method: 'post',
    path: '/audit/verify',
    tag: 'audit',
    access: { role: 'admin', hosts: 'all' },
    summary: 'Check that the audit is what it was',
    description: 'Walks the chain and compares it with the signed checkpoints, also those that the agents keep.',
    responses: { 200: { description: 'The verdict', schema: auditVerdict } },
    errors: [],
    destructive: false,
  },
} as const satisfies Record<string, Route>;
