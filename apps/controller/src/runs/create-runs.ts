import { type Freshness } from '@fairlead/domain';
import { createId } from '../access/secret.js';
import { type AuditStore } from '../audit/audit.store.js';
import { type Clock } from '../clock.js';
import { type Database } from '../database/index.js';
import { type EventHub } from '../events/event-hub.js';
import { type Fleet } from '../fleet/fleet.js';
import { type Log } from '../log.js';
import { type Notifier } from '../notifications/notifier.js';
import { type Operation } from '../operations/operation.js';
import { type OperationsService } from '../operations/operations.service.js';
import { type OperationsStore } from '../operations/operations.store.js';
import { type Planner } from '../policies/planner.js';
import { type PoliciesStore } from '../policies/policies.store.js';
import { FleetLossWatch } from './fleet-loss.js';
import { type FreezeSwitch } from './freeze-switch.js';
import { takeLateWord, takeLateWords } from './late-word.js';
import { OperationEnds } from './operation-ends.js';
import { CONTROLLER } from './run.js';
import { RunEvents } from './run-events.js';
import { RunItemsStore } from './run-items.store.js';
import { noticesOf } from './run-notices.js';
import { RunPagesStore } from './run-pages.store.js';
import { Runner, type RunnerParts } from './runner.js';
import { RunsService } from './runs.service.js';
import { RunsStore } from './runs.store.js';
import { Scheduler } from './scheduler.js';

export interface RunsOptions {
  readonly database: Database;
  readonly audit: AuditStore;
  readonly policies: PoliciesStore;
  readonly planner: Planner;
  readonly operations: OperationsService;
  readonly operationsStore: OperationsStore;
  readonly freeze: FreezeSwitch;
  readonly fleet: Pick<Fleet, 'listen' | 'clockSet'>;
  /** Of a host; undefined: it is not known. */
  readonly freshness: (hostName: string) => Freshness | undefined;
  readonly labelsOf: (hostName: string) => Readonly<Record<string, string>> | undefined;
  /** Whether the host that an operation was sent to can still be asked about it, some time. */
  readonly canTell: (operation: Operation) => boolean;
  readonly events: Pick<EventHub, 'publish'>;
  readonly notifier: Pick<Notifier, 'outbox' | 'wake'>;
  readonly now: Clock;
  readonly monotonic: () => number;
  readonly log: Log;
  /** Most time between two looks at what is to be done, in milliseconds; default: as the parts have it. */
  readonly tickMs?: number | undefined;
}

/** Cleanup policies at work: what makes runs, what carries them out, and what holds them. */
export interface Runs {
  readonly service: RunsService;
  readonly scheduler: Scheduler;
  operationChanged(operation: Operation): void;
  /** To be called when what another life of the controller has begun is known to be over. */
  start(): void;
  /** Begins nothing any more. Resolves when nothing is under way, for which sessions may have to end. */
  stop(): Promise<void>;
}

const TICK_MS = 1_000;

export function createRuns(options: RunsOptions): Runs {
  const { database, audit, policies, planner, operations, freeze, freshness, labelsOf, events, notifier } = options;
  const { now, monotonic, log, tickMs } = options;
  const runs = new RunsStore(database, audit);
  const items = new RunItemsStore(database);
  const ends = new OperationEnds(options.operationsStore, options.canTell);
  const told = new RunEvents(events, (id) => service.show(id), now, log);
  const changed = (runId: string): void => {
    told.runChanged(runId);
    notifier.wake();
  };
  const notices: RunnerParts['notices'] = (run, ...rest) => noticesOf(notifier, run, ...rest);
  const isLive = (hostName: string): boolean => freshness(hostName) === 'live';
  const shared = { runs, items, policies, planner, freeze, labelsOf, notices, changed, now, monotonic, log };
  const life = { owner: createId(), tickMs: tickMs ?? TICK_MS };
  const runner = new Runner({ ...shared, ...life, operations, ends, isLive });
  const scheduler = new Scheduler({
    ...shared,
    audit,
    clockSet: (...asked) => options.fleet.clockSet(...asked),
    mostMs: tickMs,
    made: ({ id }) => {
      changed(id);
      runner.poke();
    },
  });
  const service = new RunsService({ ...shared, pages: new RunPagesStore(database), runner, scheduler });
  const loss = new FleetLossWatch(freshness, monotonic, ({ lost, of }) => {
    const reason = `${lost} of ${of} hosts were lost within a minute; find out why, then let it go on`;
    log('many hosts were lost at once', { lost, of });
    freeze
      .hold(reason, CONTROLLER)
      .catch((error: unknown) => log('the freeze could not be written', { error: String(error) }));
  });
  options.fleet.listen(loss);
  freeze.onChange((state) => {
    log(state.frozen ? 'destructive work is frozen' : 'destructive work goes on', { ...state });
    told.freezeChanged(state);
    runner.poke();
  });
  let lateWords = Promise.resolve();
  return {
    service,
    scheduler,
    operationChanged: (operation) => {
      ends.operationChanged(operation);
      void takeLateWord(shared, operation);
    },
    start: () => {
      scheduler.start();
      runner.start();
      lateWords = takeLateWords(shared, options.operationsStore);
    },
    stop: async () => {
      loss.stop();
      await Promise.all([scheduler.stop(), runner.stop(), lateWords]);
      told.stop();
    },
  };
}
