import { type HostScope } from '../access/host-scope.js';
import { type Database, Prisma } from '../database/index.js';

/** The run of a cleanup policy that an operation was part of. */
export interface RunAuthor {
  readonly id: string;
  /** Its name. */
  readonly policy: string;
  readonly version: number;
}

export class RunAuthorsStore {
  constructor(private readonly database: Pick<Database, 'read'>) {}

  /**
   * By operation; those of no run, or of one that is not kept any more, are left out. Who is bounded to hosts sees no
   * policies, and no runs.
   */
  async of(
    rows: readonly { readonly operationId: string | null }[],
    { everything }: HostScope,
  ): Promise<ReadonlyMap<string, RunAuthor>> {
    if (!everything) return new Map();
    const ids = new Set(rows.flatMap(({ operationId }) => operationId ?? []));
    if (ids.size === 0) return new Map();
    const found = await this.database.read<RunAuthor & { readonly operationId: string }>(Prisma.sql`
      SELECT o."value" AS "operationId", r."id", r."policyName" AS "policy", r."version"
      FROM json_each(${JSON.stringify([...ids])}) o
      JOIN "Run" r ON r."id" = (SELECT "runId" FROM "RunItem" WHERE "operationId" = o."value" LIMIT 1)`);
    return new Map(found.map(({ operationId, ...run }) => [operationId, run]));
  }
}
