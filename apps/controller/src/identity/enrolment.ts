import { checkHostName, FairleadError, toFairleadError } from '@fairlead/domain';
import {
  type Enrolled,
  type EnrolmentHandlers,
  type JoinApplication,
  type Peer,
  type RecoverApplication,
} from '@fairlead/link';
import { v7 as uuidv7 } from 'uuid';
import { ANONYMOUS } from '../audit/refusals.js';
import { type Clock, toTimestamp } from '../clock.js';
import { type Mutex } from '../database/mutex.js';
import { type HostsStore } from '../hosts/hosts.store.js';
import { type Log } from '../log.js';
import { type NoteRefusal } from './admission.js';
import { type CertificateAuthority } from './certificate-authority.js';
import { actorOf, addressOf, isOfNobody, notAccepted, notRegistered, refuse } from './enrolment-callers.js';
import { type IdentitiesStore } from './identities.store.js';
import { columnsOf, pendingIdentity, type StoredIdentity } from './identity.js';
import { holdsSecret, stateOf, type StoredJoinToken } from './join-token.js';
import { type JoinTokensService } from './join-tokens.service.js';
import { type JoinTokensStore } from './join-tokens.store.js';
import { Recovery } from './recovery.js';

/** How long the same token with the same key gives the same certificate: the answer may have been lost. */
const SAME_AGAIN_MS = 600_000;

/** What enrolment asks of the fleet. */
export interface FleetAtEnrolment {
  /** Runs the work while no agent attaches under that name, and no host of it is forgotten. */
  exclusively<T>(hostName: string, work: () => Promise<T>): Promise<T>;
  isConnected(hostName: string): boolean;
  hostChanged(hostName: string): void;
}

export interface EnrolmentParts {
  readonly identities: IdentitiesStore;
  readonly hosts: HostsStore;
  readonly tokens: JoinTokensStore;
  readonly service: JoinTokensService;
  readonly ca: CertificateAuthority;
  readonly fleet: FleetAtEnrolment;
  /** Shared with whoever revokes tokens. */
  readonly turns: Mutex;
  readonly noteRefusal: NoteRefusal;
  readonly now: Clock;
  readonly warn: Log;
}

/**
 * Gives hosts their identities: by a join token, or by the key that is registered for them.
 *
 * Invariants: uses of tokens take turns, and a token is used up, the identity made and the act written down in one
 * transaction, so that any number of parallel uses makes as many hosts as the token is good for; of a token only a
 * holder of its secret learns anything.
 */
export class Enrolment implements EnrolmentHandlers {
  private readonly recovery: Recovery;

  constructor(private readonly parts: EnrolmentParts) {
    this.recovery = new Recovery(parts);
  }

  async join(application: JoinApplication, peer: Peer): Promise<Enrolled> {
    try {
      const token = await this.parts.tokens.find(application.tokenId);
      if (!holdsSecret(token, application.secret)) throw notAccepted();
      return await this.parts.turns.run(() => this.use(application, peer));
    } catch (error) {
      const { tokenId, hostName } = application;
      this.refused('join-token.use', hostName, `join-token:${tokenId}`, { joinToken: tokenId }, peer, error);
      throw error;
    }
  }

  async recover(application: RecoverApplication, peer: Peer): Promise<Enrolled> {
    const { agentId } = application;
    const hostName = this.parts.identities.find(agentId)?.hostName ?? null;
    try {
      if (hostName === null) throw notRegistered();
      const identity = await this.parts.identities.change(agentId, (current) =>
        this.recovery.next(current, application, peer),
      );
      return this.answer(identity);
    } catch (error) {
      this.refused('host.recover', hostName, `agent:${agentId}`, { agentId }, peer, error);
      throw error;
    }
  }

  private async use(application: JoinApplication, peer: Peer): Promise<Enrolled> {
    const token = await this.parts.tokens.find(application.tokenId);
    if (token === undefined) throw notAccepted();
    const publicKey = application.publicKey.toString('base64');
    const again = this.sameAgain(token, application.hostName, publicKey);
    if (again !== undefined) return this.answer(again);
    this.assertOpen(token, peer);
    checkHostName(application.hostName);
    if (token.hostName !== null && token.hostName !== application.hostName) {
      throw new FairleadError('token_refused', `The join token is for the host '${token.hostName}' only`, {
        hint: `Start the agent with --name ${token.hostName}, or make a token for this host.`,
      });
    }
    return this.parts.fleet.exclusively(application.hostName, () => this.enrol(token, application, publicKey, peer));
  }

  /** The first answer was lost: nothing is used up, and nothing is new. */
  private sameAgain(token: StoredJoinToken, hostName: string, publicKey: string): StoredIdentity | undefined {
    const identity = this.parts.identities.joinedBy(token.id, publicKey);
    if (identity?.state !== 'active' || identity.hostName !== hostName || identity.generation !== 1) return undefined;
    return this.parts.now() - (identity.joinedAt ?? 0) <= SAME_AGAIN_MS ? identity : undefined;
  }

  private assertOpen(token: StoredJoinToken, peer: Peer): void {
    const { now, warn, ca } = this.parts;
    const state = stateOf(token, now());
    if (state === 'open' && token.rootDigest === ca.active.digest) return;
    if (state === 'used')
      warn('a join token was presented after its last use', { joinToken: token.id, peer: addressOf(peer) });
    const what = {
      used: 'was used already',
      revoked: 'was revoked',
      expired: `expired at ${toTimestamp(token.expiresAt)}`,
      open: 'was made before the cluster got another root',
    }[state];
    throw new FairleadError('token_refused', `The join token ${token.id} ${what}`, {
      hint:
        state === 'used'
          ? 'If you have not used it, somebody else has: look at the hosts. Then make a new one.'
          : "Make a new one: 'fairlead host join-token create'.",
    });
  }

  private async enrol(
    token: StoredJoinToken,
    { hostName, publicKey: key }: JoinApplication,
    publicKey: string,
    peer: Peer,
  ): Promise<Enrolled> {
    const { identities, hosts, tokens, service, ca, fleet, now } = this.parts;
    const known = identities.of(hostName);
    const awaited = known?.state === 'pending' && known.joinTokenId === token.id ? known : undefined;
    if (awaited === undefined) service.assertFree(hostName);
    const holder = identities.holderOf(publicKey);
    if (holder !== undefined) {
      throw new FairleadError('invalid_argument', 'The key is that of another identity', {
        hint: 'Empty the identity folder of the agent, so that it makes a key of its own.',
      });
    }
    const fresh = {
      id: uuidv7({ msecs: now() }),
      hostName,
      labels: token.labels,
      joinTokenId: token.id,
      createdAt: now(),
    };
    const before = awaited ?? pendingIdentity(fresh);
    const issued = await ca.issueAgent({ agentId: before.id, publicKey: key, listening: before.address !== null });
    const identity = {
      ...before,
      ...columnsOf(issued),
      state: 'active',
      generation: 1,
      publicKey,
      joinedAt: now(),
    } as const;
    const actor = actorOf(`join-token:${token.id}`, peer);
    const base = { at: now(), actor, hostName, operationId: null, outcome: 'done', detail: {} };
    const records = [
      {
        ...base,
        action: 'join-token.use',
        target: { joinToken: token.id },
        detail: { use: token.uses + 1, of: token.maxUses },
      },
      {
        ...base,
        action: 'host.join',
        target: { agentId: identity.id },
        detail: { labels: identity.labels, serial: issued.serial },
      },
    ];
    const use = tokens.use(token.id, token.uses);
    if (awaited === undefined) {
      const expected = { name: hostName, labels: token.labels, peer: addressOf(peer) };
      await identities.add(identity, records, [use, hosts.expectation(expected, now())]);
      await hosts.reload(hostName);
    } else {
      await identities.change(identity.id, (current) => {
        if (current.state !== 'pending') refuse(`The identity of host '${hostName}' was ${current.state} meanwhile`);
        return { identity, records, statements: [use] };
      });
    }
    fleet.hostChanged(hostName);
    return this.answer(identity);
  }

  private answer({ id, hostName, certificate }: StoredIdentity): Enrolled {
    const { ca } = this.parts;
    return { clusterId: ca.clusterId, agentId: id, hostName, certificateChain: certificate, roots: ca.trustedRoots() };
  }

  private refused(
    action: string,
    hostName: string | null,
    who: string,
    target: Record<string, string>,
    peer: Peer,
    error: unknown,
  ): void {
    const { code, message } = toFairleadError(error);
    const name = isOfNobody(error) ? ANONYMOUS : who;
    const detail = { code, reason: message };
    const actor = actorOf(name, peer);
    this.parts.noteRefusal({ at: this.parts.now(), actor, action, hostName, target, operationId: null, detail });
  }
}
