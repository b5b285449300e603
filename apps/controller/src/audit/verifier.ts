import { setImmediate as yieldToOthers } from 'node:timers/promises';
import { type AuditVerdictView } from '@fairlead/api';
import { type AuditStore } from './audit.store.js';
import { ChainWalk } from './chain-walk.js';
import { type AuditCheckpoints } from './checkpoints.js';
import { Claims } from './claims.js';
import { Faults, isHearsay } from './faults.js';
import { type Witnesses } from './witnesses.js';

/**
 * Says whether the audit is what it was.
 *
 * Invariant: one verification runs at a time; who asks meanwhile gets the next one, together with all others who do.
 */
export class AuditVerifier {
  private running: Promise<unknown> = Promise.resolve();
  private next: Promise<AuditVerdictView> | undefined;

  constructor(
    private readonly audit: AuditStore,
    private readonly checkpoints: AuditCheckpoints,
    private readonly witnesses: Witnesses,
  ) {}

  /** @throws FairleadError `storage_failed` where the database cannot be read */
  verify(): Promise<AuditVerdictView> {
    this.next ??= this.running.then(() => {
      this.next = undefined;
      const verdict = this.compare();
      this.running = verdict.catch(() => undefined);
      return verdict;
    });
    return this.next;
  }

  private async compare(): Promise<AuditVerdictView> {
    const { testimonies, unasked } = await this.witnesses.ask();
    const claims = new Claims(this.checkpoints);
    await claims.addOwn();
    const witnesses = [];
    for (const testimony of testimonies) {
      witnesses.push({ host: testimony.hostName, ...(await claims.addTestimony(testimony)) });
    }
    const faults = new Faults();
    for (const fault of claims.faults) faults.add(fault);
    const walk = new ChainWalk(claims, faults);
    // Not before the agents have answered: they may keep what was made meanwhile.
    const head = await this.audit.end();
    while (walk.seq < head.seq) {
      const entries = await this.audit.entries(walk.seq);
      if (entries.length === 0) break;
      for (const entry of entries) walk.take(entry);
      await yieldToOthers();
    }
    walk.finish(head);
    const all = faults.all();
    return {
      sound: all.every(isHearsay),
      entries: walk.entries,
      checkpoints: claims.ownCount,
      witnesses,
      unasked,
      faults: all,
    };
  }
}
