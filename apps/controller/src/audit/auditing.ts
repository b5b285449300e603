import { type Clock } from '../clock.js';
import { type Database } from '../database/index.js';
import { type Fleet } from '../fleet/fleet.js';
import { type Log } from '../log.js';
import { type AuditStore } from './audit.store.js';
import { AuditCheckpoints } from './checkpoints.js';
import { CheckpointsStore } from './checkpoints.store.js';
import { AuditVerifier } from './verifier.js';
import { Witnesses } from './witnesses.js';

export interface AuditingOptions {
  readonly database: Database;
  readonly audit: AuditStore;
  readonly fleet: Pick<Fleet, 'session' | 'listen'>;
  /** All hosts, connected or not. */
  readonly hostNames: () => readonly string[];
  /** Folder of the private keys, outside the data folder. */
  readonly keysDir: string;
  readonly now: Clock;
  readonly log: Log;
}

/** What keeps the audit honest: checkpoints, the agents that keep them, and the comparison of both with the chain. */
export interface Auditing {
  readonly checkpoints: AuditCheckpoints;
  readonly verifier: AuditVerifier;
  /**
   * To be called before anything is written and before agents attach.
   * @throws FairleadError `storage_failed` where the key of the checkpoints cannot be read or made, or the database
   */
  start(): Promise<void>;
  /** Signs where the audit ends; after the last act. */
  stop(): Promise<void>;
}

export function createAuditing({ database, audit, fleet, hostNames, ...rest }: AuditingOptions): Auditing {
  const store = new CheckpointsStore(database);
  const checkpoints = new AuditCheckpoints({ audit, store, ...rest });
  const witnesses = new Witnesses(fleet, hostNames, () => checkpoints.newest, rest.log);
  checkpoints.onMade((checkpoint) => witnesses.made(checkpoint));
  fleet.listen(witnesses);
  return {
    checkpoints,
    verifier: new AuditVerifier(audit, checkpoints, witnesses),
    start: async () => {
      await audit.load();
      await checkpoints.start();
    },
    stop: async () => {
      await checkpoints.stop();
      witnesses.stop();
    },
  };
}
