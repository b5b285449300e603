import { type AuditPageView, type AuditQuery, auditQuery, type AuditVerdictView } from '@fairlead/api';
import { Controller, Query, Req } from '@nestjs/common';
import { type Request } from 'express';
import { scopeOf } from '../access/principal.js';
import { Serves } from '../access/serves.js';
import { HostsService } from '../hosts/hosts.service.js';
import { validQuery } from '../http/validated.js';
import { AuditStore } from './audit.store.js';
import { toAuditEntryView } from './audit.view.js';
import { AuditVerifier } from './verifier.js';

@Controller()
export class AuditController {
  constructor(
    private readonly audit: AuditStore,
    private readonly verifier: AuditVerifier,
    private readonly hosts: HostsService,
  ) {}

  /** Hosts in the filter need not exist: rows outlive them. */
  @Serves('listAudit')
  async list(@Query(validQuery(auditQuery)) query: AuditQuery, @Req() request: Request): Promise<AuditPageView> {
    const { items, total, nextCursor } = await this.audit.page(query, this.hosts.bounds(scopeOf(request)));
    return { items: items.map(toAuditEntryView), total, nextCursor };
  }

  @Serves('verifyAudit')
  verify(): Promise<AuditVerdictView> {
    return this.verifier.verify();
  }
}
