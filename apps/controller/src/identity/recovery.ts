import { FairleadError, formatDuration } from '@fairlead/domain';
import { type Peer, type RecoverApplication } from '@fairlead/link';
import { type Clock, toTimestamp } from '../clock.js';
import { type CertificateAuthority } from './certificate-authority.js';
import { actorOf, addressOf, notRegistered, refuse } from './enrolment-callers.js';
import { type Change } from './identities.store.js';
import { type StoredIdentity, successor } from './identity.js';
import { withoutPort } from './quarantines.js';

/** How long after its certificate has expired a host may come back by itself. */
const RECOVER_WITHIN_MS = 30 * 24 * 3_600_000;

export interface RecoveryParts {
  readonly ca: CertificateAuthority;
  readonly fleet: { isConnected(hostName: string): boolean };
  readonly now: Clock;
}

/** Decides which host may have a new certificate for the key that is registered for it, and makes that. */
export class Recovery {
  constructor(private readonly parts: RecoveryParts) {}

  /** @throws FairleadError `identity_refused`, `host_quarantined` */
  async next(current: StoredIdentity, application: RecoverApplication, peer: Peer): Promise<Change> {
    const { ca, now } = this.parts;
    const byPrevious = signedWithPrevious(current, application);
    this.assertMayRecover(current, byPrevious, peer);
    const publicKey = application.newPublicKey.toString('base64');
    const listening = current.address !== null;
    const issued = await ca.issueAgent({ agentId: current.id, publicKey: application.newPublicKey, listening });
    const count = { recoveries: current.recoveries + 1, renewedAt: now() };
    const identity = { ...successor(current, issued, publicKey, byPrevious), ...count };
    const detail = { generation: identity.generation, serial: issued.serial, recoveries: count.recoveries };
    const base = { at: now(), actor: actorOf(`agent:${current.id}`, peer), operationId: null, outcome: 'done' };
    const target = { agentId: current.id };
    return { identity, records: [{ ...base, action: 'host.recover', hostName: current.hostName, target, detail }] };
  }

  /** Told only to who has a key of this identity. */
  private assertMayRecover(identity: StoredIdentity, byPrevious: boolean, peer: Peer): void {
    const { state, hostName, notAfter } = identity;
    const now = this.parts.now();
    if (state === 'quarantined') {
      throw new FairleadError('host_quarantined', `Host '${hostName}' is quarantined: two machines use its identity`, {
        hint: `Say which one stays: fairlead host resolve ${hostName} --keep ADDRESS`,
      });
    }
    if (state !== 'active') refuse(`The identity of host '${hostName}' was ${state === 'deleted' ? 'removed' : state}`);
    if (!isKept(identity, addressOf(peer))) {
      refuse(`Another machine than the one at ${addressOf(peer)} has kept the identity of host '${hostName}'`);
    }
    if (this.parts.fleet.isConnected(hostName)) {
      refuse(`Host '${hostName}' has a session, so it has not lost its certificate`);
    }
    if (now - notAfter > RECOVER_WITHIN_MS) {
      refuse(`The certificate of host '${hostName}' expired ${formatDuration(now - notAfter)} ago, more than 30 days`);
    }
    // Who signs with the key before has never got the certificate that this is about.
    if (!byPrevious && now <= notAfter) {
      const [own, end] = [toTimestamp(now), toTimestamp(notAfter)];
      throw new FairleadError('identity_refused', `The certificate of host '${hostName}' is good until ${end}`, {
        hint: `Here it is ${own}: compare the clock of the host.`,
      });
    }
  }
}

/** @returns whether it was the key before the registered one, which counts until the agent has said that it has that */
function signedWithPrevious(current: StoredIdentity, application: RecoverApplication): boolean {
  const signed = (key: string | null): boolean => {
    if (key === null || key === '') return false;
    try {
      return application.isSignedBy(Buffer.from(key, 'base64'));
    } catch {
      return false;
    }
  };
  if (signed(current.publicKey)) return false;
  if (!current.confirmed && signed(current.previousKey)) return true;
  throw notRegistered();
}

/**
 * Whether a machine without a valid certificate may be the one that the operator has kept. Its instance does not show
 * here and its key is the other machine's too: so it has to be the only one that was seen at its address.
 */
function isKept({ keepInstance, quarantine }: StoredIdentity, address: string): boolean {
  if (keepInstance === null) return true;
  const there = quarantine?.instances.filter(({ peer }) => withoutPort(peer) === address) ?? [];
  return there.length === 1 && there[0]?.id === keepInstance;
}
