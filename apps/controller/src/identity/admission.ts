import { FairleadError, toFairleadError } from '@fairlead/domain';
import { type HostConnection, type HostFacts, type Peer } from '@fairlead/link';
import { type Refusal } from '../audit/refusals.js';
import { type Clock } from '../clock.js';
import { type IdentitiesStore } from './identities.store.js';
import { type Machine, type StoredIdentity } from './identity.js';
import { type Quarantines, withoutPort } from './quarantines.js';
import { SessionPace } from './session-pace.js';

export type NoteRefusal = (refusal: Refusal) => void;

type AgentPeer = Extract<Peer, { kind: 'agent' | 'controller' }>;

const NOTE_AGAIN_MS = 3_600_000;
const MAX_NOTED = 1000;
/** Processes of one agent that are remembered, to tell when an old one comes back. */
const REMEMBERED = 64;

/**
 * Decides who may have a session, by the certificate and the row of its identity, and who may be sent a command.
 *
 * Invariants: a host that has joined is never spoken for by a socket or by another identity; what an agent says of its
 * own name and labels does not count where it has a certificate; `present` is the process that was let in last, and
 * `past` those before it, none of which can come back in good faith, since each life of an agent has a name of its own.
 */
export class Admission {
  private readonly present = new Map<string, Machine>();
  private readonly past = new Map<string, Map<string, Machine>>();
  private readonly pace: SessionPace;
  /** When a refusal was written down last. */
  private readonly noted = new Map<string, number>();

  /** @param clusterId undefined where the link has no TLS */
  constructor(
    private readonly identities: IdentitiesStore,
    private readonly quarantines: Quarantines,
    private readonly clusterId: string | undefined,
    private readonly noteRefusal: NoteRefusal,
    private readonly now: Clock,
  ) {
    this.pace = new SessionPace(now);
  }

  /**
   * @returns the facts that count: an agent with a certificate has the name and the labels that it was given
   * @throws FairleadError `already_exists`, `identity_refused`, `host_quarantined`, `overloaded`
   */
  async admit(connection: HostConnection, facts: HostFacts): Promise<HostFacts> {
    try {
      const { identity: peer } = connection;
      if (peer.kind === 'local') return this.admitLocal(facts);
      if (peer.kind !== 'agent') throw refused('It shows no certificate of an agent');
      return await this.admitAgent(connection, peer, facts);
    } catch (error) {
      this.noteRefused(connection, facts, toFairleadError(error));
      throw error;
    }
  }

  /**
   * The same question again, at once, the moment the session is to count: much may have happened since `admit`.
   * @throws FairleadError
   */
  recheck({ identity: peer, instanceId }: HostConnection, hostName: string): void {
    if (peer.kind === 'local') return this.assertNotJoined(hostName);
    if (peer.kind !== 'agent') throw refused('It shows no certificate of an agent');
    const identity = this.identityOf(peer);
    assertName(identity, hostName);
    this.assertState(identity);
    if (standingOf(identity, peer, instanceId) !== 'current') throw outdated(hostName);
  }

  /**
   * Whether commands may be sent to a host.
   * @throws FairleadError `host_quarantined`, `host_unavailable`: nothing was sent
   */
  assertMayAct(hostName: string): void {
    const state = this.identities.of(hostName)?.state;
    if (state === undefined || state === 'active') return;
    if (state === 'quarantined') throw quarantined(hostName);
    const why = state === 'revoked' ? 'its identity was revoked' : 'its agent has not joined yet';
    throw new FairleadError('host_unavailable', `Host '${hostName}' cannot be reached (${why}). Nothing was sent.`, {
      hint: `See 'fairlead host inspect ${hostName}'.`,
    });
  }

  /** Why the session of a host must not go on, or undefined. */
  objection(hostName: string): string | undefined {
    const identity = this.identities.of(hostName);
    if (identity === undefined) return undefined;
    if (identity.state !== 'active') return `its identity is ${identity.state}`;
    return identity.notAfter <= this.now() ? 'its certificate has expired' : undefined;
  }

  /** The host's session failed because our disk did: so the agent is not kept away for dialling again at once. */
  excuse(hostName: string): void {
    const identity = this.identities.of(hostName);
    if (identity !== undefined) this.pace.giveBack(identity.id);
  }

  private admitLocal(facts: HostFacts): HostFacts {
    this.assertNotJoined(facts.name);
    return facts;
  }

  private assertNotJoined(hostName: string): void {
    if (this.identities.of(hostName) === undefined) return;
    throw new FairleadError('already_exists', `The name '${hostName}' belongs to a host that has joined`, {
      hint: `Give this agent another name with --name, or forget that host first: fairlead host rm ${hostName}`,
    });
  }

  private async admitAgent(connection: HostConnection, peer: AgentPeer, facts: HostFacts): Promise<HostFacts> {
    const identity = this.identityOf(peer);
    assertName(identity, facts.name);
    const machine = { id: connection.instanceId, peer: connection.peer, at: this.now() };
    await this.assertKnownMachine(identity, peer, machine);
    this.pace.take(identity.id);
    this.remember(identity.id, machine);
    await this.noteWhatItShows(identity.id, peer, facts);
    return { ...facts, labels: identity.labels };
  }

  private identityOf(peer: AgentPeer): StoredIdentity {
    const identity = peer.clusterId === this.clusterId ? this.identities.find(peer.id) : undefined;
    if (identity !== undefined) return identity;
    throw refused(`This controller has given no identity ${peer.id}`);
  }

  private assertState({ hostName, state }: StoredIdentity): void {
    if (state === 'active') return;
    if (state === 'quarantined') throw quarantined(hostName);
    if (state === 'pending') throw refused(`Host '${hostName}' has not joined yet`);
    const what = state === 'revoked' ? 'was revoked' : 'was removed';
    throw refused(`The identity of host '${hostName}' ${what}`);
  }

  /** Refuses, and begins a quarantine, where two machines must have the identity. */
  private async assertKnownMachine({ id }: StoredIdentity, peer: AgentPeer, machine: Machine): Promise<void> {
    await this.quarantines.note(id, machine);
    const identity = this.identityOf(peer);
    this.assertState(identity);
    const standing = standingOf(identity, peer, machine.id);
    if (standing === 'dead') throw outdated(identity.hostName);
    const back = this.past.get(id)?.has(machine.id) === true;
    if (standing === 'current' && !back) return;
    const reason = back
      ? 'a process came back after another one had taken its place'
      : 'a certificate was used that had been replaced';
    const before = this.present.get(id);
    await this.quarantines.begin(identity, reason, before === undefined ? [machine] : [before, machine]);
    throw quarantined(identity.hostName);
  }

  private remember(agentId: string, machine: Machine): void {
    const before = this.present.get(agentId);
    if (before?.id === machine.id) return;
    this.present.set(agentId, machine);
    if (before === undefined) return;
    const past = this.past.get(agentId) ?? new Map<string, Machine>();
    this.past.set(agentId, past.set(before.id, before));
    if (past.size > REMEMBERED) past.delete(past.keys().next().value ?? '');
  }

  /** An agent that comes with the newest certificate has it: the answer that would have said so was lost. */
  private async noteWhatItShows(agentId: string, { serial }: AgentPeer, { rootDigests }: HostFacts): Promise<void> {
    await this.identities.change(agentId, (current) => {
      const trustedRoots = rootDigests.length > 0 ? [...rootDigests] : current.trustedRoots;
      const confirms = !current.confirmed && serial === current.serial;
      if (!confirms && trustedRoots.join() === current.trustedRoots.join()) return undefined;
      return { identity: { ...(confirms ? confirmed(current) : current), trustedRoots } };
    });
  }

  /** A machine that was chosen begins anew: what its processes did before the quarantine counts no more. */
  forgive(agentId: string, instanceId: string): void {
    this.past.get(agentId)?.delete(instanceId);
    const other = this.present.get(agentId);
    if (other === undefined || other.id === instanceId) return;
    this.present.delete(agentId);
    this.past.set(agentId, (this.past.get(agentId) ?? new Map<string, Machine>()).set(other.id, other));
  }

  /** Refused agents dial again for as long as they live: each process is written down once an hour for each reason. */
  private noteRefused(connection: HostConnection, facts: HostFacts, { code, message }: FairleadError): void {
    const { identity: peer, instanceId } = connection;
    const agentId = peer.kind === 'agent' ? peer.id : '';
    const key = `${agentId} ${instanceId} ${code}`;
    const at = this.now();
    if (at - (this.noted.get(key) ?? -Infinity) < NOTE_AGAIN_MS) return;
    if (this.noted.size >= MAX_NOTED) this.noted.clear();
    this.noted.set(key, at);
    const name = agentId === '' ? 'agent' : `agent:${agentId}`;
    this.noteRefusal({
      at,
      actor: { name, client: 'fairlead agent', peer: withoutPort(connection.peer) },
      action: 'host.attach',
      hostName: facts.name,
      target: agentId === '' ? {} : { agentId },
      operationId: null,
      detail: { code, reason: message, instance: instanceId },
    });
  }
}

/**
 * What a certificate is worth. `dead`: of a quarantine that is over, and not of the machine that was kept; `old`:
 * replaced, and the agent has said that it has the newer one.
 */
function standingOf(identity: StoredIdentity, peer: AgentPeer, instanceId: string): 'current' | 'old' | 'dead' {
  const { serial, previousSerial, confirmed: settled, deadUntil, keepInstance } = identity;
  const newest = peer.serial === serial;
  const madeSince = newest && (keepInstance === null || !settled);
  if (deadUntil !== null && peer.notAfter <= deadUntil && !madeSince) {
    return keepInstance === instanceId ? 'current' : 'dead';
  }
  return newest || (!settled && peer.serial === previousSerial) ? 'current' : 'old';
}

function assertName({ hostName }: StoredIdentity, told: string): void {
  if (hostName === told) return;
  throw new FairleadError(
    'identity_refused',
    `The certificate is that of host '${hostName}', but the agent calls itself '${told}'`,
    { hint: `Start it with --name ${hostName}.` },
  );
}

/** The agent has the newest certificate: those before it count no more. */
export const confirmed = (identity: StoredIdentity): StoredIdentity => ({
  ...identity,
  confirmed: true,
  keepInstance: null,
  quarantine: identity.state === 'quarantined' ? identity.quarantine : null,
});

const refused = (message: string): FairleadError =>
  new FairleadError('identity_refused', message, {
    hint: "Join it anew: 'fairlead host join-token create' prints the command.",
  });

const outdated = (hostName: string): FairleadError =>
  refused(`The certificate of host '${hostName}' counts no more: another machine has kept the identity`);

const quarantined = (hostName: string): FairleadError =>
  new FairleadError('host_quarantined', `Host '${hostName}' is quarantined: two machines use its identity`, {
    hint: `See 'fairlead host inspect ${hostName}', then say which one stays: fairlead host resolve ${hostName} --keep ADDRESS`,
  });
