import { Prisma, type Statement } from '../database/index.js';
import { type Operation } from '../operations/operation.js';

/**
 * Notes a restore with the network that it made again, in the transaction that notes its end: when it ended, or when its
 * outcome was found out later.
 */
export function restorationOf({ id, kind, outcome, request, result, finishedAt }: Operation): Statement[] {
  if (kind !== 'restore' || outcome !== 'succeeded') return [];
  const made = result?.['network'] as { readonly id: string } | undefined;
  return [
    Prisma.sql`UPDATE "RemovedNetwork" SET "restoredAt" = ${finishedAt}, "restoringOperation" = ${id},
      "restoredNetworkId" = ${made?.id ?? null} WHERE "id" = ${request['removedNetwork']}`,
  ];
}
