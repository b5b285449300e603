import { type AddressRange, changesBetween, heartbeatFor } from '@fairlead/domain';
import { type LinkLimits, LinkServer } from '@fairlead/link';
import { type Logger } from 'pino';
import { type Access, createAccess } from './access/access.js';
import { type OidcSettings } from './access/oidc/identity-provider.js';
import { AuditStore } from './audit/audit.store.js';
import { type Auditing, createAuditing } from './audit/auditing.js';
import { Refusals } from './audit/refusals.js';
import { type Clock } from './clock.js';
import { ConsistencyService } from './consistency/consistency.service.js';
import { type Database } from './database/index.js';
import { EndpointPagesStore } from './endpoints/endpoint-pages.store.js';
import { EndpointsService } from './endpoints/endpoints.service.js';
import { EventHub } from './events/event-hub.js';
import { FleetEvents } from './events/fleet-events.js';
import { Fleet } from './fleet/fleet.js';
import { Authors } from './history/authors.js';
import { HistoryService } from './history/history.service.js';
import { HistoryStore } from './history/history.store.js';
import { RemovedNetworksStore } from './history/removed-networks.store.js';
import { Retention } from './history/retention.js';
import { DEFAULT_RETENTION, type RetentionLimits } from './history/retention-limits.js';
import { RunAuthorsStore } from './history/run-authors.store.js';
import { effectiveLabels } from './hosts/effective-labels.js';
import { HostsService } from './hosts/hosts.service.js';
import { HostsStore } from './hosts/hosts.store.js';
import { KnownSources } from './hosts/known-sources.js';
import { CommandsResponder } from './http/commands.responder.js';
import { type ControllerIdentity } from './identity/controller-identity.js';
import { createIdentities, type Identities } from './identity/identities.js';
import { type LinkPlace } from './identity/join-command.js';
import { type Resolve } from './identity/listening-hosts.js';
import { type Chronicler } from './inventory/chronicle.js';
import { InventoryStore } from './inventory/inventory.store.js';
import { toLinkLog, toLog, toWarnings } from './log.js';
import { NetworkPagesStore } from './networks/network-pages.store.js';
import { NetworksService } from './networks/networks.service.js';
import { NetworksStore } from './networks/networks.store.js';
import { type ChannelConfig } from './notifications/channel-config.js';
import { createNotifier, type Notifier } from './notifications/notifier.js';
import { CommandFactory } from './operations/command-factory.js';
import { type Operation } from './operations/operation.js';
import { OperationsService } from './operations/operations.service.js';
import { OperationsStore } from './operations/operations.store.js';
import { isItsOwn, Settler } from './operations/settler.js';
import { OverlaysService } from './overlays/overlays.service.js';
import { OverlaysStore } from './overlays/overlays.store.js';
import { PlanStore } from './policies/plan.store.js';
import { PlanPages } from './policies/plan-pages.js';
import { Planner } from './policies/planner.js';
import { PoliciesService } from './policies/policies.service.js';
import { PoliciesStore } from './policies/policies.store.js';
import { PlannerInTurn, PolicyDryRuns } from './policies/policy-dry-runs.js';
import { RestoreService } from './restore/restore.service.js';
import { createRuns, type Runs } from './runs/create-runs.js';
import { FreezeStore } from './runs/freeze.store.js';
import { FreezeSwitch } from './runs/freeze-switch.js';

/** The controller's parts, joined. No HTTP here: the module serves these over REST. */
export interface Runtime {
  readonly database: Database;
  readonly access: Access;
  readonly audit: AuditStore;
  readonly auditing: Auditing;
  readonly hosts: HostsService;
  readonly networks: NetworksService;
  readonly history: HistoryService;
  readonly endpoints: EndpointsService;
  readonly overlays: OverlaysService;
  readonly commands: CommandFactory;
  readonly restores: RestoreService;
  readonly responder: CommandsResponder;
  readonly operations: OperationsStore;
  readonly service: OperationsService;
  readonly events: EventHub;
  readonly consistency: ConsistencyService;
  readonly policies: PoliciesService;
  readonly runs: Runs;
  readonly freeze: FreezeSwitch;
  readonly planner: Planner;
  readonly planPages: PlanPages;
  readonly dryRuns: PolicyDryRuns;
  readonly notifier: Notifier;
  readonly fleet: Fleet;
  readonly identities: Identities;
  readonly link: LinkServer;
  /** Told of the link's TLS port once it listens. */
  readonly place: LinkPlace;
  /** Takes up what another life of this controller left behind, then follows the ages of hosts. */
  start(): Promise<void>;
  /**
   * Takes no more commands, waits for those under way, then ends all sessions. What is not done in time becomes
   * unknown, and is settled by the next controller.
   */
  stop(withinMs: number): Promise<void>;
}

/** What the controller was told of its surroundings. */
export interface RuntimeOptions {
  /** Folder of the private keys, outside the data folder. */
  readonly keysDir: string;
  readonly oidc?: OidcSettings | null;
  /** Milliseconds of a clock that does not jump, for limits; default: this machine's. */
  readonly monotonic?: (() => number) | undefined;
  /** Where it is missing the link has no TLS: local agents only. */
  readonly own?: ControllerIdentity | undefined;
  /** How hosts reach the link, as the operator knows it. */
  readonly advertise?: string | undefined;
  /** Where agents that listen may be dialled; default: nowhere. */
  readonly dialRanges?: readonly AddressRange[];
  /** All addresses of a name; default: as this machine resolves it. */
  readonly resolve?: Resolve | undefined;
  readonly linkLimits?: Partial<LinkLimits>;
  readonly retention?: RetentionLimits;
  /** Through which runs are told of; default: none. */
  readonly channels?: readonly ChannelConfig[];
  /** How people call REST, for links; null: not known. */
  readonly publicUrl?: URL | null;
  /** Waits between two looks at a host; default: as long as it is told to. */
  readonly pause?: ((ms: number) => Promise<unknown>) | undefined;
  /** Most time between two looks at schedules and runs, in milliseconds; other than the usual only in tests. */
  readonly tickMs?: number | undefined;
}

export function createRuntime(
  database: Database,
  now: Clock,
  logger: Logger,
  {
    keysDir,
    oidc = null,
    monotonic,
    own,
    advertise,
    dialRanges = [],
    resolve,
    linkLimits = {},
    channels = [],
    publicUrl = null,
    pause,
    tickMs,
    ...options
  }: RuntimeOptions,
): Runtime {
  const log = toLog(logger);
  const audit = new AuditStore(database);
  const refusals = new Refusals(audit, now, log);
  const refused = (refusal: Parameters<Refusals['note']>[0]): void => refusals.note(refusal);
  const access = createAccess({ database, audit, refused, oidc, now, log, monotonic });
  const networksStore = new NetworksStore(database);
  const hostsStore = new HostsStore(database, audit, (error) =>
    log('the state of hosts could not be noted', { error: String(error) }),
  );
  const operationsStore = new OperationsStore(database, audit);
  const place: LinkPlace = { port: undefined, advertised: advertise };
  const warn = toWarnings(logger);
  const identities = createIdentities(
    { database, audit, hosts: hostsStore, own, place, ranges: dialRanges, resolve, refused, now, log, warn },
    () => ({ fleet, link }),
  );
  const { admission } = identities;
  const limits = options.retention ?? DEFAULT_RETENTION;
  const retention = new Retention(database, limits, now, monotonic ?? (() => performance.now()), log);
  const authors = new Authors();
  const chronicler: Chronicler = { changesBetween, of: (...asked) => authors.of(...asked) };
  const inventory = new InventoryStore(database, networksStore, hostsStore, chronicler);
  const fleet = new Fleet(hostsStore, inventory, admission, now, log);
  const hosts = new HostsService(hostsStore, fleet, identities.service);
  const networks = new NetworksService(networksStore, new NetworkPagesStore(database, now), hosts, fleet, now);
  const removals = new RemovedNetworksStore(database);
  const restores = new RestoreService(removals, hosts, fleet);
  const past = [new HistoryStore(database), removals, new RunAuthorsStore(database)] as const;
  const history = new HistoryService(...past, hosts, limits, now);
  const endpoints = new EndpointsService(new EndpointPagesStore(database), hosts, fleet);
  const overlays = new OverlaysService(new OverlaysStore(database), endpoints, hosts, fleet);
  const events = new EventHub(now, (error) => log('an event could not be made', { error: String(error) }));
  const fleetEvents = new FleetEvents(events, hosts, hostsStore, fleet, now);
  const changed = (operation: Operation): void => {
    authors.operationChanged(operation);
    fleetEvents.operationChanged(operation);
    runs.operationChanged(operation);
  };
  const freeze = new FreezeSwitch(new FreezeStore(database, audit), now);
  const settler = new Settler(operationsStore, hostsStore, fleet, now, changed, log);
  const service = new OperationsService(operationsStore, hosts, fleet, settler, freeze, now, changed, log);
  fleet.listen(fleetEvents);
  fleet.listen(settler);
  if (identities.renewals) fleet.listen(identities.renewals);
  const hostNames = (): string[] => hostsStore.all().map(({ name }) => name);
  const auditing = createAuditing({ database, audit, fleet, hostNames, keysDir, now, log });
  const planStore = new PlanStore(database);
  const planner = new Planner(planStore, hostsStore, fleet, now);
  const policiesStore = new PoliciesStore(database, audit);
  const notifier = createNotifier({ database, channels, publicUrl, now, log: warn });
  const known = (hostName: string) => hostsStore.find(hostName);
  const runs = createRuns({
    database,
    audit,
    policies: policiesStore,
    planner,
    operations: service,
    operationsStore,
    freeze,
    fleet,
    freshness: (hostName) => known(hostName) && fleet.freshnessOf(known(hostName)!),
    labelsOf: (hostName) => known(hostName) && effectiveLabels(known(hostName)!),
    canTell: (operation) => isItsOwn(operation, known(operation.hostName)),
    events,
    notifier,
    now,
    monotonic: monotonic ?? (() => performance.now()),
    log,
    tickMs,
  });
  const channelNames = channels.map(({ name }) => name);
  const policies = new PoliciesService(policiesStore, hosts, runs.service, channelNames, now);
  const sources = new KnownSources(hostsStore, now);
  const link = new LinkServer({
    onConnection: (connection) => fleet.attach(connection),
    heartbeatMs: () => heartbeatFor(hostsStore.count),
    onRefused: (refusal) => identities.linkRefused(refusal),
    limits: linkLimits,
    expectedAgents: (source) => sources.count(source),
    enrolment: identities.enrolment,
    identity: own?.current,
    log: toLinkLog(logger),
    now,
  });
  return {
    database,
    access,
    audit,
    auditing,
    hosts,
    networks,
    endpoints,
    overlays,
    history,
    commands: new CommandFactory(hosts, networks, networksStore, restores),
    restores,
    responder: new CommandsResponder(service, hosts),
    operations: operationsStore,
    service,
    events,
    consistency: new ConsistencyService(hosts, networksStore, fleet, now, pause),
    policies,
    runs,
    freeze,
    planner,
    planPages: new PlanPages(planner, planStore, hostsStore, now),
    dryRuns: new PolicyDryRuns(policies, new PlanPages(new PlannerInTurn(planner), planStore, hostsStore, now)),
    notifier,
    fleet,
    identities,
    link,
    place,
    start: async () => {
      await retention.start();
      await auditing.start();
      refusals.start();
      const open = [...(await operationsStore.unsettled()), ...(await operationsStore.interrupted())];
      for (const operation of open) authors.operationChanged(operation);
      await freeze.load();
      await fleet.start();
      await identities.start();
      await service.recover();
      runs.start();
      notifier.start();
    },
    stop: async (withinMs) => {
      settler.stop();
      const rested = runs.stop();
      await retention.stop();
      await service.drain(withinMs);
      await identities.stop();
      const renewed = identities.renewals?.stop();
      await link.close();
      await fleet.stop();
      // Ages and who is connected: the next life of the controller learns them anew.
      await hostsStore
        .flush()
        .catch((error: unknown) => log('the state of hosts could not be noted', { error: String(error) }));
      await renewed;
      await service.drain(withinMs);
      await rested;
      await notifier.stop();
      await refusals.stop();
      await auditing.stop();
    },
  };
}
