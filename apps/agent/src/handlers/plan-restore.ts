import { type PlanRestoreResponse, toEndpointSpecMessage, toNetworkSpecMessage } from '@fairlead/link';
import { findRecord } from '../restore/find-record.js';
import { lookAhead } from '../restore/restore-record.js';
import type { Handler } from './deps.js';

export const planRestore: Handler<'PlanRestore', Promise<PlanRestoreResponse>> =
  ({ engine, journal }) =>
  async (request) => {
    const subject = await findRecord(journal, request);
    const plan = await lookAhead(engine, subject, request);
    return {
      source: subject.source ?? 'journal',
      spec: toNetworkSpecMessage({ ...plan.spec, subnets: plan.subnets }),
      conflicts: [...plan.conflicts],
      attachments: plan.attachments.map(({ endpoint, ...each }) => ({
        ...each,
        endpoint: toEndpointSpecMessage(endpoint),
      })),
      losses: [...plan.losses],
      presentId: plan.present?.id ?? '',
    };
  };
