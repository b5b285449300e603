import { createOpenApiDocument } from '@fairlead/api';
import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD } from '@nestjs/core';
import { AccessController } from './access/access.controller.js';
import { AccessGuard } from './access/access.guard.js';
import { AuthController } from './access/auth.controller.js';
import { Cookies } from './access/cookies.js';
import { AuditController } from './audit/audit.controller.js';
import { AuditStore } from './audit/audit.store.js';
import { AuditVerifier } from './audit/verifier.js';
import { type Clock } from './clock.js';
import { ConsistencyController } from './consistency/consistency.controller.js';
import { ConsistencyService } from './consistency/consistency.service.js';
import { Database } from './database/index.js';
import { EndpointsController } from './endpoints/endpoints.controller.js';
import { EndpointsService } from './endpoints/endpoints.service.js';
import { EventHub } from './events/event-hub.js';
import { EventsController } from './events/events.controller.js';
import { HistoryController } from './history/history.controller.js';
import { HistoryService } from './history/history.service.js';
import { HostsController } from './hosts/hosts.controller.js';
import { HostsService } from './hosts/hosts.service.js';
import { CommandsResponder } from './http/commands.responder.js';
import { AddressGuard } from './http/address.guard.js';
import { type Exposure, isSecure } from './http/exposure.js';
import { HealthController } from './http/health.controller.js';
import { MetaController } from './http/meta.controller.js';
import { ProblemFilter } from './http/problem.filter.js';
import { ACCESS, CLOCK, EXPOSURE, OPENAPI_DOCUMENT } from './http/tokens.js';
import { CaController } from './identity/ca.controller.js';
import { IdentitiesService } from './identity/identities.service.js';
import { IdentityController } from './identity/identity.controller.js';
import { JoinTokensService } from './identity/join-tokens.service.js';
import { ListeningHosts } from './identity/listening-hosts.js';
import { Rotation } from './identity/rotation.js';
import { type Log } from './log.js';
import { NetworksController } from './networks/networks.controller.js';
import { NetworksService } from './networks/networks.service.js';
import { CommandFactory } from './operations/command-factory.js';
import { OperationsController } from './operations/operations.controller.js';
import { OperationsStore } from './operations/operations.store.js';
import { OverlaysController } from './overlays/overlays.controller.js';
import { OverlaysService } from './overlays/overlays.service.js';
import { PlanPages } from './policies/plan-pages.js';
import { PoliciesController } from './policies/policies.controller.js';
import { PoliciesService } from './policies/policies.service.js';
import { PolicyDryRuns } from './policies/policy-dry-runs.js';
import { RestoreController } from './restore/restore.controller.js';
import { RestoreService } from './restore/restore.service.js';
import { FreezeSwitch } from './runs/freeze-switch.js';
import { RunsController } from './runs/runs.controller.js';
import { RunsService } from './runs/runs.service.js';
import { type Runtime } from './runtime.js';
import { VERSION } from './version.js';

/** Serves the runtime over REST. */
@Module({})
export class AppModule {
  static of(runtime: Runtime, exposure: Exposure, now: Clock, log: Log): DynamicModule {
    const { access, hosts } = runtime;
    const value = <T>(provide: T, useValue: unknown) => ({ provide, useValue });
    return {
      module: AppModule,
      controllers: [
        HostsController,
        ConsistencyController,
        NetworksController,
        HistoryController,
        EndpointsController,
        OverlaysController,
        OperationsController,
        PoliciesController,
        RunsController,
        RestoreController,
        EventsController,
        AccessController,
        AuthController,
        IdentityController,
        CaController,
        AuditController,
        MetaController,
        HealthController,
      ],
      providers: [
        value(HostsService, runtime.hosts),
        value(NetworksService, runtime.networks),
        value(HistoryService, runtime.history),
        value(EndpointsService, runtime.endpoints),
        value(OverlaysService, runtime.overlays),
        value(CommandFactory, runtime.commands),
        value(CommandsResponder, runtime.responder),
        value(OperationsStore, runtime.operations),
        value(EventHub, runtime.events),
        value(ConsistencyService, runtime.consistency),
        value(PoliciesService, runtime.policies),
        value(RunsService, runtime.runs.service),
        value(FreezeSwitch, runtime.freeze),
        value(PlanPages, runtime.planPages),
        value(PolicyDryRuns, runtime.dryRuns),
        value(RestoreService, runtime.restores),
        value(JoinTokensService, runtime.identities.tokens),
        value(ListeningHosts, runtime.identities.listening),
        value(IdentitiesService, runtime.identities.service),
        value(Rotation, runtime.identities.rotation),
        value(Database, runtime.database),
        value(AuditStore, runtime.audit),
        value(AuditVerifier, runtime.auditing.verifier),
        value(CLOCK, now),
        { provide: OPENAPI_DOCUMENT, useFactory: () => createOpenApiDocument(VERSION) },
        value(ACCESS, access),
        value(EXPOSURE, exposure),
        value(Cookies, new Cookies(isSecure(exposure))),
        { provide: APP_GUARD, useFactory: () => new AddressGuard(exposure, access.refused, now) },
        { provide: APP_GUARD, useFactory: () => new AccessGuard({ ...access, hosts, now }) },
        { provide: APP_FILTER, useFactory: () => new ProblemFilter(log) },
      ],
    };
  }
}
