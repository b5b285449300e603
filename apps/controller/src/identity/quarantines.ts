import { FairleadError } from '@fairlead/domain';
import { type Clock } from '../clock.js';
import { type Log } from '../log.js';
import { type Actor } from '../operations/operation.js';
import { type IdentitiesStore } from './identities.store.js';
import { type Machine, type StoredIdentity } from './identity.js';

/** What the controller does by itself. */
export const CONTROLLER: Actor = { name: 'controller', client: 'fairlead', peer: 'controller' };

/** Machines that are listed; who sends more processes than that has made its point. */
const MAX_MACHINES = 16;

/** `10.0.0.7` of `10.0.0.7:51634` and of `[::ffff:10.0.0.7]:51634`. */
export const withoutPort = (peer: string): string =>
  peer
    .replace(/:\d+$/, '')
    .replace(/^\[|\]$/g, '')
    .replace(/^::ffff:(?=\d+\.)/, '');

/** Begins and ends quarantines: two machines use one identity, and only an operator can say which one stays. */
export class Quarantines {
  /** @param begun closes the live session of that host and raises the alarm */
  constructor(
    private readonly identities: IdentitiesStore,
    private readonly now: Clock,
    private readonly warn: Log,
    private readonly begun: (hostName: string) => void,
  ) {}

  /** Its inventory stays, its commands and sessions are refused from here on. */
  async begin(identity: StoredIdentity, reason: string, machines: readonly Machine[]): Promise<void> {
    const { hostName, id } = identity;
    const at = this.now();
    let instances: readonly Machine[] = [];
    await this.identities.change(id, (current) => {
      // Two of the machines may have come at the same moment.
      if (current.state !== 'active') return undefined;
      instances = unique([...(current.quarantine?.instances ?? []), ...machines]);
      const detail = { reason, instances: instances.map((each) => ({ ...each })) };
      return {
        identity: { ...current, state: 'quarantined', quarantine: { at, reason, instances }, keepInstance: null },
        records: [{ ...this.record('host.quarantine', current, CONTROLLER), outcome: 'done', detail }],
      };
    });
    if (instances.length === 0) return;
    this.warn('host quarantined', { host: hostName, agentId: id, reason, machines: instances });
    this.begun(hostName);
  }

  /** Notes another machine that came meanwhile, so that the operator can choose it. */
  async note(agentId: string, machine: Machine): Promise<void> {
    await this.identities.change(agentId, (current) => {
      const instances = current.quarantine?.instances ?? [];
      const known = instances.some(({ id }) => id === machine.id);
      if (current.quarantine === null || known || instances.length >= MAX_MACHINES) return undefined;
      return { identity: { ...current, quarantine: { ...current.quarantine, instances: [...instances, machine] } } };
    });
  }

  /**
   * Lets one machine in again. Until it has a new key its old certificate counts for this instance alone; after that
   * the old ones are refused without another quarantine.
   * @param keep an instance id, or the address of one of the machines
   * @throws FairleadError `unsupported` where there is no quarantine, `not_found`, `ambiguous_name`
   */
  resolve(agentId: string, keep: string, actor: Actor): Promise<StoredIdentity> {
    return this.identities.change(agentId, (current) => {
      const { quarantine, hostName, notAfter, deadUntil, state, keepInstance } = current;
      if (quarantine === null || (state !== 'quarantined' && keepInstance === null)) {
        throw new FairleadError('unsupported', `Host '${hostName}' is not quarantined`);
      }
      const machine = choose(quarantine.instances, keep, hostName);
      // A renewal under way is given up: it may be the other machine's.
      const ended = { state: 'active', confirmed: true, deadUntil: Math.max(notAfter, deadUntil ?? 0) } as const;
      const record = this.record('host.resolve', current, actor);
      return {
        identity: { ...current, ...ended, keepInstance: machine.id },
        records: [{ ...record, outcome: 'done', detail: { kept: { ...machine } } }],
      };
    });
  }

  private record(action: string, { id, hostName }: StoredIdentity, actor: Actor) {
    return { at: this.now(), actor, action, hostName, target: { agentId: id }, operationId: null };
  }
}

function choose(machines: readonly Machine[], keep: string, hostName: string): Machine {
  const found = machines.filter(({ id, peer }) => [id, peer, withoutPort(peer)].includes(keep));
  const list = machines.map(({ id, peer }) => `${id} (${peer})`).join(', ');
  const [first] = found;
  if (first === undefined) {
    throw new FairleadError('not_found', `No machine '${keep}' has used the identity of host '${hostName}'`, {
      hint: `Machines: ${list}.`,
    });
  }
  if (found.length === 1) return first;
  throw new FairleadError(
    'ambiguous_name',
    `More than one process has used the identity of '${hostName}' from '${keep}'`,
    {
      hint: `Name the instance. Machines: ${list}.`,
    },
  );
}

const unique = (machines: readonly Machine[]): Machine[] =>
  [...new Map([...machines].reverse().map((each) => [each.id, each])).values()].reverse().slice(0, MAX_MACHINES);
