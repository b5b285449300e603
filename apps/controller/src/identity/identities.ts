import { type AddressRange, heartbeatFor } from '@fairlead/domain';
import { dialAgent, type HostConnection, type LinkRefusal, type LinkServer } from '@fairlead/link';
import { type AuditStore } from '../audit/audit.store.js';
import { ANONYMOUS, type Refusal } from '../audit/refusals.js';
import { type Clock } from '../clock.js';
import { type Database } from '../database/index.js';
import { Mutex } from '../database/mutex.js';
import { type Fleet } from '../fleet/fleet.js';
import { type HostsStore } from '../hosts/hosts.store.js';
import { type Log } from '../log.js';
import { Admission } from './admission.js';
import { type ControllerIdentity } from './controller-identity.js';
import { Dialler } from './dialler.js';
import { Enrolment } from './enrolment.js';
import { IdentitiesService } from './identities.service.js';
import { IdentitiesStore } from './identities.store.js';
import { type LinkPlace } from './join-command.js';
import { JoinTokensService } from './join-tokens.service.js';
import { JoinTokensStore } from './join-tokens.store.js';
import { ListeningHosts, type Resolve } from './listening-hosts.js';
import { Quarantines } from './quarantines.js';
import { Renewals } from './renewals.js';
import { Rotation } from './rotation.js';

export interface IdentitiesOptions {
  readonly database: Database;
  readonly audit: AuditStore;
  readonly hosts: HostsStore;
  /** Undefined where the link has no TLS: hosts join nowhere, and nothing is dialled. */
  readonly own: ControllerIdentity | undefined;
  readonly place: LinkPlace;
  readonly ranges: readonly AddressRange[];
  readonly resolve: Resolve | undefined;
  readonly refused: (refusal: Refusal) => void;
  readonly now: Clock;
  readonly log: Log;
  readonly warn: Log;
}

/** What the fleet and the link are, once they are there. */
export interface Surroundings {
  readonly fleet: Fleet;
  readonly link: LinkServer;
}

/** The parts that give hosts their identities and look after them, joined. */
export interface Identities {
  readonly store: IdentitiesStore;
  readonly service: IdentitiesService;
  readonly tokens: JoinTokensService;
  readonly listening: ListeningHosts;
  readonly admission: Admission;
  /** Undefined where the link has no TLS, like `own`. */
  readonly enrolment: Enrolment | undefined;
  readonly own: ControllerIdentity | undefined;
  /** Undefined where the link has no TLS, like `own`. To be told of the fleet. */
  readonly renewals: Renewals | undefined;
  readonly rotation: Rotation;
  /** Writes down what the link has refused by itself. */
  linkRefused(refusal: LinkRefusal): void;
  /** Before the link listens. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

export function createIdentities(options: IdentitiesOptions, around: () => Surroundings): Identities {
  const { database, audit, hosts, own, place, ranges, resolve, refused, now, log, warn } = options;
  const ca = own?.ca;
  const store = new IdentitiesStore(database, audit);
  const tokenRows = new JoinTokensStore(database, audit);
  const turns = new Mutex();
  const fleet = {
    end: (hostName: string, reason: string) => around().fleet.end(hostName, reason),
    hostChanged: (hostName: string) => around().fleet.hostChanged(hostName),
    isConnected: (hostName: string) => around().fleet.isConnected(hostName),
    exclusively: <T>(hostName: string, work: () => Promise<T>) => around().fleet.exclusively(hostName, work),
  };
  const quarantines = new Quarantines(store, now, warn, (hostName) => around().fleet.quarantined(hostName));
  const admission = new Admission(store, quarantines, ca?.clusterId, refused, now);
  const tokens = new JoinTokensService(tokenRows, store, hosts, ca, place, turns, now);
  const service = new IdentitiesService(store, tokenRows, hosts, quarantines, admission, fleet, now);
  const parts = {
    identities: store,
    hosts,
    tokens: tokenRows,
    service: tokens,
    fleet,
    turns,
    noteRefusal: refused,
    now,
    warn,
  };
  const session = (hostName: string) => around().fleet.session(hostName);
  const renewals = ca && new Renewals({ fleet: { session }, identities: service, ca, now, log: warn });
  const rootsChanged = async (): Promise<void> => {
    await own?.renew();
    renewals?.rootsChanged();
  };
  own?.follow((identity) => around().link.setIdentity(identity));
  const dialler = own && new Dialler({ ...reach(own, hosts, around), identities: store, ranges, log, now });
  return {
    store,
    service,
    tokens,
    listening: new ListeningHosts(store, hosts, tokens, tokenRows, fleet, ranges, now, resolve),
    admission,
    enrolment: ca && new Enrolment({ ...parts, ca }),
    own,
    renewals,
    rotation: new Rotation({ ca, identities: store, audit, rootsChanged, now }),
    linkRefused: (refusal) => noteLinkRefusal(refusal, refused, now),
    start: async () => {
      await store.load();
      own?.start();
      dialler?.start();
      renewals?.start();
    },
    stop: async () => {
      own?.stop();
      await dialler?.stop();
    },
  };
}

const reach = (own: ControllerIdentity, hosts: Pick<HostsStore, 'count'>, around: () => Surroundings) => ({
  dial: (address: string, agentId: string) =>
    dialAgent(address, { identity: own.current, agentId, heartbeatMs: heartbeatFor(hosts.count) }),
  accept: (socket: Parameters<LinkServer['accept']>[0]) => around().link.accept(socket),
  attach: (connection: HostConnection) => around().fleet.attach(connection),
});

/** What Enrolment has refused it has written down itself; so has Admission, of callers with a certificate. */
const OF_ENROLMENT = new Set(['token_refused', 'identity_refused', 'already_exists', 'host_quarantined']);

function noteLinkRefusal(
  { peer, what, reason, code }: LinkRefusal,
  refused: (refusal: Refusal) => void,
  now: Clock,
): void {
  const known = peer.kind === 'agent' || peer.kind === 'local';
  if (what === 'Attach' ? known : /^(Join|Recover)$/.test(what) && OF_ENROLMENT.has(code)) return;
  const address = peer.kind === 'local' ? 'unix' : peer.address;
  const name = peer.kind === 'agent' ? `agent:${peer.id}` : ANONYMOUS;
  refused({
    at: now(),
    actor: { name, client: 'unknown', peer: address },
    action: 'link.call',
    hostName: null,
    target: { what },
    operationId: null,
    detail: { code, reason },
  });
}
