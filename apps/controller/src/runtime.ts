import { LinkServer } from '@fairlead/link';
import { type Logger } from 'pino';
import { type Access, createAccess } from './access/access.js';
import { type OidcSettings } from './access/oidc/identity-provider.js';
import { AuditStore } from './audit/audit.store.js';
import { Refusals } from './audit/refusals.js';
import { type Clock } from './clock.js';
import { type Database } from './database/index.js';
import { EventHub } from './events/event-hub.js';
import { FleetEvents } from './events/fleet-events.js';
import { Fleet } from './fleet/fleet.js';
import { HostsService } from './hosts/hosts.service.js';
import { HostsStore } from './hosts/hosts.store.js';
import { CommandsResponder } from './http/commands.responder.js';
import { InventoryStore } from './inventory/inventory.store.js';
import { toLinkLog, toLog } from './log.js';
import { NetworksService } from './networks/networks.service.js';
import { NetworksStore } from './networks/networks.store.js';
import { CommandFactory } from './operations/command-factory.js';
import { type Operation } from './operations/operation.js';
import { OperationsService } from './operations/operations.service.js';
import { OperationsStore } from './operations/operations.store.js';
import { Settler } from './operations/settler.js';

/** The controller's parts, joined. No HTTP here: the module serves these over REST. */
export interface Runtime {
  readonly database: Database;
  readonly access: Access;
  readonly hosts: HostsService;
  readonly networks: NetworksService;
  readonly commands: CommandFactory;
  readonly responder: CommandsResponder;
  readonly operations: OperationsStore;
  readonly service: OperationsService;
  readonly events: EventHub;
  readonly fleet: Fleet;
  readonly link: LinkServer;
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
  readonly oidc?: OidcSettings | null;
}

export function createRuntime(
  database: Database,
  now: Clock,
  logger: Logger,
  { oidc = null }: RuntimeOptions = {},
): Runtime {
  const log = toLog(logger);
  const audit = new AuditStore(database);
  const refusals = new Refusals(audit, now, log);
  const refused = (refusal: Parameters<Refusals['note']>[0]): void => refusals.note(refusal);
  const access = createAccess({ database, audit, refused, oidc, now, log });
  const networksStore = new NetworksStore(database);
  const hostsStore = new HostsStore(database, audit);
  const operationsStore = new OperationsStore(database, audit);
  const fleet = new Fleet(hostsStore, new InventoryStore(database, networksStore), now, log);
  const hosts = new HostsService(hostsStore, networksStore, fleet);
  const networks = new NetworksService(networksStore, hosts, fleet, now);
  const events = new EventHub();
  const fleetEvents = new FleetEvents(events, hosts, hostsStore, fleet, now, log);
  const changed = (operation: Operation): void => fleetEvents.operationChanged(operation);
  const settler = new Settler(operationsStore, fleet, now, changed, log);
  const service = new OperationsService(operationsStore, hosts, fleet, settler, now, changed, log);
  fleet.listen(fleetEvents);
  fleet.listen(settler);
  const link = new LinkServer({ onConnection: (connection) => fleet.attach(connection), log: toLinkLog(logger), now });
  return {
    database,
    access,
    hosts,
    networks,
    commands: new CommandFactory(hosts, networks, networksStore),
    responder: new CommandsResponder(service, hosts),
    operations: operationsStore,
    service,
    events,
    fleet,
    link,
    start: async () => {
      refusals.start();
      await fleet.start();
      await service.recover();
    },
    stop: async (withinMs) => {
      settler.stop();
      await service.drain(withinMs);
      await link.close();
      await fleet.stop();
      await service.drain(withinMs);
      await refusals.stop();
    },
  };
}
