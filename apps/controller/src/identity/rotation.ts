import { type CaView, type RootView } from '@fairlead/api';
import { FairleadError, toFairleadError } from '@fairlead/domain';
import { type AuditRecord, type AuditStore } from '../audit/audit.store.js';
import { type Clock, toTimestamp } from '../clock.js';
import { Mutex } from '../database/mutex.js';
import { type Actor } from '../operations/operation.js';
import { type CertificateAuthority, type Root } from './certificate-authority.js';
import { type IdentitiesStore } from './identities.store.js';
import { type StoredIdentity } from './identity.js';

/** A step of the rotation; `force` leaves behind whom it would leave behind. */
export type RotationStep = 'prepare' | 'activate' | 'retire';

export interface RotationParts {
  /** Undefined where the link has no TLS: there is nothing to be rotated then. */
  readonly ca: CertificateAuthority | undefined;
  readonly identities: Pick<IdentitiesStore, 'all'>;
  readonly audit: Pick<AuditStore, 'commit'>;
  /** Makes links and agents follow the authority. */
  readonly rootsChanged: () => Promise<void>;
  readonly now: Clock;
}

/** Names of hosts in a message; the rest is a number. */
const NAMED = 20;

/**
 * Rotates the root of the cluster in three steps, and says which hosts a step would leave behind.
 *
 * Invariants: steps take turns; a step is in the audit before it is done, and its outcome after it.
 */
export class Rotation {
  private readonly turns = new Mutex();

  constructor(private readonly parts: RotationParts) {}

  /** @throws FairleadError `unsupported` without an authority */
  view(): CaView {
    const ca = this.authority();
    const identities = this.parts.identities.all().filter(isStanding);
    return {
      clusterId: ca.clusterId,
      roots: ca.roots().map((root) => toRootView(root, identities)),
      waitingFor: this.waitingFor(ca),
    };
  }

  /**
   * @throws FairleadError `already_exists` or `not_found` for a step out of order, `hosts_left_behind` unless forced,
   * `unsupported` without an authority
   */
  take(step: RotationStep, force: boolean, actor: Actor): Promise<CaView> {
    const ca = this.authority();
    return this.turns.run(async () => {
      try {
        assertInOrder(ca, step);
        if (!force && step !== 'prepare') this.assertNobodyIsLost(ca, step);
      } catch (error) {
        await this.write(step, actor, 'refused', faultOf(error));
        throw error;
      }
      await this.carryOut(ca, step, force, actor);
      return this.view();
    });
  }

  private async carryOut(ca: CertificateAuthority, step: RotationStep, force: boolean, actor: Actor): Promise<void> {
    const leftBehind = step === 'prepare' ? [] : this.waitingFor(ca);
    const target = { prepare: undefined, activate: ca.prepared, retire: ca.previous }[step];
    const detail = { force, leftBehind, ...(target && { root: target.digest }) };
    await this.write(step, actor, 'accepted', detail);
    try {
      const made = await ca[step]();
      await this.write(step, actor, 'done', made === undefined ? detail : { ...detail, root: made.digest });
    } catch (error) {
      await this.write(step, actor, 'failed', { ...detail, ...faultOf(error) });
      throw error;
    } finally {
      // Also after a failure: part of the step may have been done, and whoever follows the authority sees how it stands.
      await this.parts.rootsChanged();
    }
  }

  /** Hosts that the next step would cut off, by name. */
  private waitingFor({ prepared, previous }: CertificateAuthority): string[] {
    const standing = this.parts.identities.all().filter(isStanding);
    const behind = standing.filter((identity) => {
      if (prepared !== undefined) return !identity.trustedRoots.includes(prepared.digest);
      return previous !== undefined && mayHoldOldCertificate(identity, previous);
    });
    return behind.map(({ hostName }) => hostName).sort();
  }

  private assertNobodyIsLost(ca: CertificateAuthority, step: 'activate' | 'retire'): void {
    const hosts = this.waitingFor(ca);
    if (hosts.length === 0) return;
    const [one, why] =
      step === 'activate'
        ? ['activated', 'do not trust it yet']
        : ['retired', 'still have a certificate of it, or may not have got their new one'];
    const rest = hosts.length > NAMED ? ` and ${hosts.length - NAMED} more` : '';
    const names = `${hosts.slice(0, NAMED).join(', ')}${rest}`;
    throw new FairleadError('hosts_left_behind', `The root cannot be ${one}: hosts ${why}: ${names}`, {
      hint: `Connected hosts follow by themselves within minutes. Start the others, remove them, or leave them behind: fairlead ca ${step} --force; they then have to join anew.`,
    });
  }

  private authority(): CertificateAuthority {
    if (this.parts.ca !== undefined) return this.parts.ca;
    throw new FairleadError(
      'unsupported',
      'This controller takes in local agents only, and has no certificate authority',
      {
        hint: 'Start it with --link-port 7801 or with --dial-range CIDR.',
      },
    );
  }

  private async write(step: RotationStep, actor: Actor, outcome: string, detail: AuditRecord['detail']): Promise<void> {
    const at = this.parts.now();
    const record = { at, actor, action: `ca.${step}`, hostName: null, target: {}, operationId: null, outcome, detail };
    await this.parts.audit.commit(record);
  }
}

/** Revoked and removed hosts have nothing to lose; one that is pending has nothing yet. A quarantined one may be let in again. */
const isStanding = ({ state }: StoredIdentity): boolean => state === 'active' || state === 'quarantined';

/** Until an agent has said that it has its newest certificate, it may only have the one before, whosever that is. */
const mayHoldOldCertificate = ({ rootDigest, confirmed, previousSerial }: StoredIdentity, previous: Root): boolean =>
  rootDigest === previous.digest || (!confirmed && previousSerial !== null);

/** What the authority itself would say, before anything is written down as accepted. */
function assertInOrder({ prepared, previous }: CertificateAuthority, step: RotationStep): void {
  const order = {
    prepare: true,
    activate: prepared !== undefined,
    retire: previous !== undefined && prepared === undefined,
  };
  if (order[step]) return;
  const what = step === 'activate' ? 'There is no prepared root' : 'There is no root to be retired';
  throw new FairleadError('not_found', what, { hint: "See 'fairlead ca status'." });
}

function faultOf(error: unknown): { code: string; reason: string } {
  const { code, message } = toFairleadError(error);
  return { code, reason: message };
}

const toRootView = (
  { digest, state, createdAt, certificate }: Root,
  identities: readonly StoredIdentity[],
): RootView => ({
  digest,
  state,
  createdAt: toTimestamp(createdAt),
  certificate,
  hosts: identities.filter(({ rootDigest }) => rootDigest === digest).length,
});
