import { type PolicySpecView } from '@fairlead/api';
import { type AuditRecord, type AuditStore } from '../audit/audit.store.js';
import { type Database, isGuardViolation, Prisma, type Statement } from '../database/index.js';
import { isIdle } from './idle.js';
import {
  type PolicyRow,
  type PolicyVersionRow,
  type StoredPolicy,
  type StoredPolicyVersion,
  toSpec,
  toStoredPolicy,
  toStoredVersion,
} from './stored-policy.js';

const POLICIES = Prisma.sql`SELECT p."id", p."name", p."version", p."paused", v."spec", p."anchorAt",
  p."scheduledThrough", p."createdAt", p."createdBy", p."updatedAt", p."updatedBy"
  FROM "Policy" p JOIN "PolicyVersion" v ON v."policyId" = p."id" AND v."version" = p."version"`;

/**
 * Reads and writes policies, each change with its audit row in one transaction. Versions are added and never changed, and
 * stay when their policy goes: runs name them.
 */
export class PoliciesStore {
  constructor(
    private readonly database: Database,
    private readonly audit: AuditStore,
  ) {}

  /** In order of name. */
  async all(): Promise<StoredPolicy[]> {
    const rows = await this.database.read<PolicyRow>(Prisma.sql`${POLICIES} ORDER BY p."name"`);
    return rows.map(toStoredPolicy);
  }

  /** A name may look like the id of another policy: an id counts first. */
  async find(nameOrId: string): Promise<StoredPolicy | undefined> {
    const [row] = await this.database.read<PolicyRow>(Prisma.sql`${POLICIES}
      WHERE p."id" = ${nameOrId} OR p."name" = ${nameOrId} ORDER BY p."id" = ${nameOrId} DESC LIMIT 1`);
    return row && toStoredPolicy(row);
  }

  /** What a version said, also of a policy that is gone. */
  async version(policyId: string, version: number): Promise<PolicySpecView | undefined> {
    const [row] = await this.database.read<{ readonly spec: string }>(Prisma.sql`
      SELECT "spec" FROM "PolicyVersion" WHERE "policyId" = ${policyId} AND "version" = ${version}`);
    return row && toSpec(row.spec);
  }

  /** Newest first. */
  async versions(policyId: string): Promise<StoredPolicyVersion[]> {
    const rows = await this.database.read<PolicyVersionRow>(Prisma.sql`
      SELECT "version", "spec", "createdAt", "createdBy" FROM "PolicyVersion"
      WHERE "policyId" = ${policyId} ORDER BY "version" DESC`);
    return rows.map(toStoredVersion);
  }

  /** @throws a unique violation of `name` as Prisma's error */
  async add(policy: StoredPolicy, record: AuditRecord): Promise<void> {
    const insertion = Prisma.sql`INSERT INTO "Policy" ("id", "name", "version", "paused", "createdAt", "createdBy",
      "updatedAt", "updatedBy", "anchorAt", "scheduledThrough") VALUES (${policy.id}, ${policy.name}, ${policy.version},
      ${policy.paused}, ${policy.createdAt}, ${policy.createdBy}, ${policy.updatedAt}, ${policy.updatedBy},
      ${policy.anchorAt}, ${policy.scheduledThrough})`;
    await this.audit.commit(record, [insertion, versionOf(policy)]);
  }

  /**
   * Writes a policy as it is from now on.
   * @param before as it was: where it has another version, its new one is written too
   * @throws a unique violation of `policyId` and `version` as Prisma's error where another change came first
   */
  async change(policy: StoredPolicy, before: StoredPolicy, records: readonly AuditRecord[]): Promise<void> {
    const update = Prisma.sql`UPDATE "Policy" SET "version" = ${policy.version}, "paused" = ${policy.paused},
      "updatedAt" = ${policy.updatedAt}, "updatedBy" = ${policy.updatedBy}, "anchorAt" = ${policy.anchorAt},
      "scheduledThrough" = MAX("scheduledThrough", ${policy.scheduledThrough}) WHERE "id" = ${policy.id}`;
    const isNew = policy.version !== before.version;
    await this.audit.commit(records, isNew ? [versionOf(policy), update] : [update]);
  }

  /** @returns whether it could go: it stays, and nothing is written, while a run of it is not finished */
  async remove(id: string, record: AuditRecord): Promise<boolean> {
    const guard = Prisma.sql`UPDATE "Policy" SET "name" = CASE WHEN ${isIdle(id)} THEN "name" END WHERE "id" = ${id}`;
    try {
      await this.audit.commit(record, [guard, Prisma.sql`DELETE FROM "Policy" WHERE "id" = ${id}`]);
      return true;
    } catch (error) {
      if (isGuardViolation(error)) return false;
      throw error;
    }
  }

  /**
   * That the instants of its schedule up to `until` are dealt with: for the transaction in which a run of one of them is
   * written. It changes no row where somebody else has moved on from `from`.
   */
  passThrough(policyId: string, from: number, until: number): Statement {
    return Prisma.sql`UPDATE "Policy" SET "scheduledThrough" = ${until}
      WHERE "id" = ${policyId} AND "scheduledThrough" = ${from}`;
  }

  /**
   * That it is dealt with no further than up to `until`, since the clock was set back; what its schedule counts from is no
   * later than `at`. It changes no row where somebody else has moved on from `from`.
   */
  rewind(policyId: string, from: number, until: number, at: number): Statement {
    return Prisma.sql`UPDATE "Policy" SET "scheduledThrough" = ${until}, "anchorAt" = MIN("anchorAt", ${at})
      WHERE "id" = ${policyId} AND "scheduledThrough" = ${from}`;
  }

  /** Holds while the policy is at that version. */
  isAt({ id, version }: Pick<StoredPolicy, 'id' | 'version'>): Prisma.Sql {
    return Prisma.sql`EXISTS (SELECT 1 FROM "Policy" WHERE "id" = ${id} AND "version" = ${version})`;
  }

  /** Holds while the policy is at that version, not paused, and has passed through exactly that instant. */
  isThrough({ id, version }: Pick<StoredPolicy, 'id' | 'version'>, until: number): Prisma.Sql {
    return Prisma.sql`EXISTS (SELECT 1 FROM "Policy" WHERE "id" = ${id} AND "version" = ${version}
      AND "scheduledThrough" = ${until} AND NOT "paused")`;
  }
}

/** Raw, since what was said may hold what Prisma takes for its own (`$type`). */
const versionOf = ({ id, version, spec, updatedAt, updatedBy }: StoredPolicy): Statement => Prisma.sql`
  INSERT INTO "PolicyVersion" ("policyId", "version", "spec", "createdAt", "createdBy")
  VALUES (${id}, ${version}, ${JSON.stringify(spec)}, ${updatedAt}, ${updatedBy})`;
