import { FairleadError } from '@fairlead/domain';
import { type AuditRecord } from '../audit/audit.store.js';
import { type Clock } from '../clock.js';
import { type HostsStore } from '../hosts/hosts.store.js';
import { type Actor } from '../operations/operation.js';
import { type Admission, confirmed } from './admission.js';
import { type IssuedCertificate } from './certificate-authority.js';
import { type IdentitiesStore } from './identities.store.js';
import { type StoredIdentity, successor } from './identity.js';
import { type JoinTokensStore } from './join-tokens.store.js';
import { CONTROLLER, type Quarantines } from './quarantines.js';

/** What is asked of the fleet when an identity ends or counts again. */
export interface FleetOfIdentities {
  /** Ends the host's session at once, if it has one; resolves when it is gone. */
  end(hostName: string, reason: string): Promise<void>;
  hostChanged(hostName: string): void;
}

/** The lives of identities after they were made: renewed, revoked, removed, quarantined and let in again. */
export class IdentitiesService {
  constructor(
    private readonly store: IdentitiesStore,
    private readonly tokens: JoinTokensStore,
    private readonly hosts: HostsStore,
    private readonly quarantines: Quarantines,
    private readonly admission: Admission,
    private readonly fleet: FleetOfIdentities,
    private readonly now: Clock,
  ) {}

  /** Whatever its state; undefined for a host on a Unix socket and for one that was removed. */
  of(hostName: string): StoredIdentity | undefined {
    return this.store.of(hostName);
  }

  /** Those that may have a session. */
  active(): StoredIdentity[] {
    return this.store.all().filter(({ state }) => state === 'active');
  }

  /**
   * Registers the next generation, which the agent is not known to have yet: until then the one before counts too.
   * Written before the certificate is handed out. While the agent has not said that it has a certificate, either the
   * same one is handed out again, or one for the key that it asks with again. Where it asks with a new key, it has the
   * one before, unless it has said that it cannot take that.
   * @param lost whether it has said so
   * @throws FairleadError `identity_refused` where the identity has ended meanwhile
   */
  renewed(agentId: string, issued: IssuedCertificate, publicKey: Buffer, lost: boolean): Promise<StoredIdentity> {
    const key = publicKey.toString('base64');
    return this.store.change(agentId, (current) => {
      this.assertActive(current);
      const hasNotGotIt = !current.confirmed && (lost || current.publicKey === key);
      const identity = { ...successor(current, issued, key, hasNotGotIt), renewedAt: this.now() };
      const detail = { generation: identity.generation, serial: issued.serial, root: issued.rootDigest };
      return { identity, records: [{ ...this.record('host.renew', current, CONTROLLER), detail }] };
    });
  }

  /** The agent has the certificate with this serial number. Another than the newest is no news. */
  confirmed(agentId: string, serial: string): Promise<StoredIdentity> {
    return this.store.change(agentId, (current) =>
      current.confirmed || current.serial !== serial ? undefined : { identity: confirmed(current) },
    );
  }

  /** The agent trusts the roots with these digests. */
  trusts(agentId: string, digests: readonly string[]): Promise<StoredIdentity> {
    return this.store.change(agentId, (current) =>
      current.trustedRoots.join() === digests.join()
        ? undefined
        : { identity: { ...current, trustedRoots: [...digests] } },
    );
  }

  /** Its session ends at once and its certificate is dead for ever; the inventory and the name stay. */
  async revoke(hostName: string, actor: Actor): Promise<void> {
    const { id } = this.joined(hostName, 'revoked');
    await this.store.change(id, (current) => ({
      identity: { ...current, state: 'revoked', endedAt: this.now() },
      records: [{ ...this.record('host.revoke', current, actor), detail: { was: current.state } }],
      statements: this.openToken(current),
    }));
    await this.fleet.end(hostName, 'the identity of this host was revoked');
    this.fleet.hostChanged(hostName);
  }

  /** Forgets the host with its inventory; the row of the identity stays, so that its id is never given again. */
  async remove({ id, hostName }: StoredIdentity, record: AuditRecord): Promise<void> {
    await this.store.change(id, (current) => ({
      identity: { ...current, state: 'deleted', endedAt: this.now() },
      records: [{ ...record, target: { agentId: id } }],
      statements: [...this.openToken(current), this.hosts.removal(hostName)],
    }));
    this.hosts.removed(hostName);
  }

  /** @param keep the instance, or the address, of the machine that keeps the identity */
  async resolve(hostName: string, keep: string, actor: Actor): Promise<void> {
    const identity = this.joined(hostName, 'resolved');
    const { keepInstance } = await this.quarantines.resolve(identity.id, keep, actor);
    this.admission.forgive(identity.id, keepInstance ?? '');
    await this.fleet.end(hostName, 'another machine keeps the identity');
    this.fleet.hostChanged(hostName);
  }

  /** A token that was made for a host which has not joined ends with it. */
  private openToken({ state, joinTokenId }: StoredIdentity) {
    return state === 'pending' && joinTokenId !== null ? [this.tokens.revocation(joinTokenId, this.now())] : [];
  }

  /** @throws FairleadError `unsupported` for a host without an identity */
  private joined(hostName: string, what: string): StoredIdentity {
    const identity = this.store.of(hostName);
    if (identity !== undefined) return identity;
    throw new FairleadError('unsupported', `Host '${hostName}' has no identity that could be ${what}`, {
      hint: 'Its agent is on a Unix socket of the controller’s machine: stop the agent there.',
    });
  }

  private assertActive({ state, hostName }: StoredIdentity): void {
    if (state === 'active') return;
    throw new FairleadError('identity_refused', `The identity of host '${hostName}' is ${state}`);
  }

  private record(action: string, { id, hostName }: StoredIdentity, actor: Actor) {
    const target = { agentId: id };
    return { at: this.now(), actor, action, hostName, target, operationId: null, outcome: 'done' };
  }
}
