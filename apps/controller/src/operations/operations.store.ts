import { type OperationQuery } from '@fairlead/api';
import {
  FairleadError,
  type OperationKind,
  type OperationOutcome,
  type OperationState,
  type OutcomeSource,
} from '@fairlead/domain';
import { type AuditRecord, type AuditStore } from '../audit/audit.store.js';
import { type Database, listed, Prisma, type Statement, storing, where } from '../database/index.js';
import { boundedTable } from '../hosts/bounded-table.js';
import { type HostBounds } from '../hosts/hosts.service.js';
import { type Page, pageFrom } from '../paging/page.js';
import { PageCursor } from '../paging/page-cursor.js';
import { restorationOf } from '../restore/restoration.js';
import { type Ending, type Operation } from './operation.js';

export interface NewOperation extends Operation {
  readonly idempotencyKey: string | null;
  /** Digest of the request under that key. */
  readonly requestHash: string | null;
}

export interface Settlement {
  readonly at: number;
  readonly by: OutcomeSource;
  readonly explanation: string;
}

export interface OperationsPage extends Page<Operation> {
  readonly total: number;
}

type Row = Prisma.OperationGetPayload<object>;

/** Writes operations, each step with its audit row in one transaction. */
export class OperationsStore {
  constructor(
    private readonly database: Database,
    private readonly audit: AuditStore,
  ) {}

  /**
   * Writes a new operation. The database itself refuses a second one with the same actor and idempotency key.
   * @param alongside written in the same transaction
   */
  async add(operation: NewOperation, alongside: readonly Statement[] = []): Promise<void> {
    const create = this.database.prisma.operation.create({ data: toRow(operation) });
    await this.audit.commit(recordOf(operation), [...alongside, create]);
  }

  /**
   * @param bounds the hosts that the caller may know of, or undefined for all
   * @throws FairleadError `operation_not_found`: the same for one out of bounds as for one that does not exist
   */
  async get(id: string, bounds: HostBounds | undefined): Promise<Operation> {
    const row = await storing(this.database.prisma.operation.findUnique({ where: { id } }));
    if (row !== null && isWithin(row, bounds)) return toOperation(row);
    throw new FairleadError('operation_not_found', `There is no operation '${id}'`, {
      hint: "See 'fairlead operation ls'.",
    });
  }

  async byKey(
    actor: string,
    idempotencyKey: string,
  ): Promise<{ operation: Operation; requestHash: string | null } | undefined> {
    const where = { actor_idempotencyKey: { actor, idempotencyKey } };
    const row = await storing(this.database.prisma.operation.findUnique({ where }));
    return row === null ? undefined : { operation: toOperation(row), requestHash: row.requestHash };
  }

  /** Notes how the operation ended. @returns the operation as it is now */
  async finish(operation: Operation, { outcome, result, error }: Ending, at: number): Promise<Operation> {
    const finished: Operation = {
      ...operation,
      state: 'finished',
      outcome,
      result,
      error,
      finishedAt: at,
      durationMs: Math.max(0, at - operation.createdAt),
    };
    await this.write(finished);
    return finished;
  }

  /** Notes what an operation whose outcome was lost turned out to be. The request stays as it was asked. */
  async settle(operation: Operation, { outcome, result, error }: Ending, settled: Settlement): Promise<Operation> {
    const known: Operation = { ...operation, outcome, result, error, settled };
    await this.write(known);
    return known;
  }

  /** Operations whose outcome is not known, of one host or of all, oldest first. */
  async unsettled(hostName?: string): Promise<Operation[]> {
    const where = { ...(hostName !== undefined && { hostName }), state: 'finished', outcome: 'unknown' };
    const rows = await storing(this.database.prisma.operation.findMany({ where, orderBy: { id: 'asc' } }));
    return rows.map(toOperation);
  }

  /** Operations that were under way when the controller ended: all that it cannot know the end of. */
  async interrupted(): Promise<Operation[]> {
    const rows = await storing(this.database.prisma.operation.findMany({ where: { state: { not: 'finished' } } }));
    return rows.map(toOperation);
  }

  /**
   * @param bounds the hosts that the caller may know of, or undefined for all
   * @throws FairleadError `invalid_argument` for a cursor that no page ended with
   */
  async page(query: OperationQuery, bounds: HostBounds | undefined): Promise<OperationsPage> {
    const cursor = new PageCursor('operations', query);
    const { prisma } = this.database;
    const source = boundedTable('Operation', bounds);
    const asked = conditionsOf(query);
    const end = query.cursor === undefined ? [] : [Prisma.sql`"id" < ${cursor.read(query.cursor, ['string'])[0]}`];
    const [ids, counts] = await storing(
      Promise.all([
        prisma.$queryRaw<{ id: string }[]>(
          Prisma.sql`SELECT "id" FROM ${source} ${where([...asked, ...end])} ORDER BY "id" DESC LIMIT ${query.limit + 1}`,
        ),
        prisma.$queryRaw<{ total: bigint }[]>(Prisma.sql`SELECT COUNT(*) AS total FROM ${source} ${where(asked)}`),
      ]),
    );
    const { items, nextCursor } = pageFrom(ids, query.limit, ({ id }) => cursor.write(id));
    const shown = items.map(({ id }) => id);
    const rows = await storing(prisma.operation.findMany({ where: { id: { in: shown } }, orderBy: { id: 'desc' } }));
    return { items: rows.map(toOperation), total: Number(counts[0]?.total ?? 0), nextCursor };
  }

  private async write(operation: Operation): Promise<void> {
    const { id, ...data } = toRow(operation);
    const change: Statement = this.database.prisma.operation.updateMany({ where: { id }, data });
    await this.audit.commit(recordOf(operation), [change, ...restorationOf(operation)]);
  }
}

const recordOf = (operation: Operation): AuditRecord => ({
  at: operation.settled?.at ?? operation.finishedAt ?? operation.createdAt,
  actor: operation.actor,
  action: `network.${operation.kind}`,
  hostName: operation.hostName,
  target: operation.target as unknown as Prisma.InputJsonObject,
  operationId: operation.id,
  outcome: operation.outcome ?? 'accepted',
  detail: operation.error === null ? {} : { ...operation.error },
});

/** Whether a row is about one of these hosts, and about it as it is now. */
const isWithin = ({ hostName, createdAt }: Row, bounds: HostBounds | undefined): boolean =>
  bounds === undefined || bounds.some(({ name, since }) => name === hostName && createdAt >= since);

function conditionsOf({ host, kind, outcome, state }: OperationQuery): Prisma.Sql[] {
  return Object.entries({ hostName: host, kind, outcome, state })
    .filter(([, values]) => values.length > 0)
    .map(([column, values]) => Prisma.sql`${Prisma.raw(`"${column}"`)} IN ${listed(values)}`);
}

const orNull = (value: Readonly<Record<string, unknown>> | null) =>
  value === null ? Prisma.DbNull : (value as Prisma.InputJsonObject);

const toRow = (operation: Operation & Partial<NewOperation>) => ({
  id: operation.id,
  kind: operation.kind,
  hostName: operation.hostName,
  target: { ...operation.target } as Prisma.InputJsonObject,
  request: operation.request as Prisma.InputJsonObject,
  sent: operation.sent === null ? Prisma.DbNull : (operation.sent as unknown as Prisma.InputJsonObject),
  state: operation.state,
  outcome: operation.outcome,
  actor: operation.actor.name,
  client: operation.actor.client,
  peer: operation.actor.peer,
  ...(operation.idempotencyKey !== undefined && { idempotencyKey: operation.idempotencyKey }),
  ...(operation.requestHash !== undefined && { requestHash: operation.requestHash }),
  createdAt: operation.createdAt,
  dispatchedAt: operation.dispatchedAt,
  finishedAt: operation.finishedAt,
  durationMs: operation.durationMs,
  deadlineMs: operation.deadlineMs,
  journalId: operation.journalId,
  result: orNull(operation.result),
  errorCode: operation.error?.code ?? null,
  errorMessage: operation.error?.message ?? null,
  engineMessage: operation.error?.engineMessage ?? null,
  hint: operation.error?.hint ?? null,
  settledAt: operation.settled?.at ?? null,
  settledBy: operation.settled?.by ?? null,
  explanation: operation.settled?.explanation ?? null,
});

const orNumber = (value: bigint | null): number | null => (value === null ? null : Number(value));

const toOperation = (row: Row): Operation => ({
  id: row.id,
  kind: row.kind as OperationKind,
  hostName: row.hostName,
  target: row.target as Operation['target'],
  request: row.request as Record<string, unknown>,
  sent: row.sent as unknown as Operation['sent'],
  state: row.state as OperationState,
  outcome: row.outcome as OperationOutcome | null,
  result: row.result as Record<string, unknown> | null,
  error:
    row.errorCode === null
      ? null
      : {
          code: row.errorCode,
          message: row.errorMessage ?? '',
          engineMessage: row.engineMessage ?? '',
          hint: row.hint ?? '',
        },
  settled:
    row.settledAt === null
      ? null
      : { at: Number(row.settledAt), by: row.settledBy as OutcomeSource, explanation: row.explanation ?? '' },
  actor: { name: row.actor, client: row.client, peer: row.peer },
  createdAt: Number(row.createdAt),
  dispatchedAt: orNumber(row.dispatchedAt),
  finishedAt: orNumber(row.finishedAt),
  durationMs: row.durationMs,
  deadlineMs: row.deadlineMs,
  journalId: row.journalId,
});
