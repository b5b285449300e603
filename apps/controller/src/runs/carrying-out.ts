import { type RunOutcome } from '@fairlead/api';
import { type StopRules, stopReason } from '@fairlead/domain';
import { HostWork } from './host-work.js';
import { Ledger } from './ledger.js';
import { Recorder } from './recorder.js';
import { type Gate, type RunPorts } from './run-ports.js';

/** A run as it is taken up: at first, or after whatever has interrupted it. */
export interface TakenUp {
  readonly state: 'running' | 'held' | 'paused';
  readonly reason: string;
  /** How it was going to end already. */
  readonly closing: { readonly outcome: RunOutcome; readonly reason: string } | undefined;
  readonly stop: StopRules;
}

/** Hosts of a wave that are worked on side by side. */
const SIDE_BY_SIDE = 16;

type Stop = Extract<Gate, { kind: 'stop' }>;

/**
 * Carries out one run: wave by wave, in each of them hosts side by side. A state machine over ports, so that it can be
 * driven through any history.
 *
 * Invariants
 * - Nothing is sent while the gate is not open, nor after a stop rule has fired; what is under way then is asked to stop
 *   between two items.
 * - What was decided once (`close`) is never taken back, also by whoever goes on with the run.
 * - The run is told to have ended when nothing of it is under way and all that happened to its items is written.
 */
export class CarryingOut {
  private readonly recorder: Recorder;
  private readonly hosts: HostWork;
  private wave: 0 | 1 | 2;
  private closing: Stop | undefined;
  private shown: Pick<TakenUp, 'state' | 'reason'>;
  /** Ends the stretch under way. */
  private halt = new AbortController();

  private constructor(
    private readonly run: TakenUp,
    private readonly ledger: Ledger,
    private readonly ports: RunPorts,
    private readonly over: AbortSignal,
  ) {
    this.shown = run;
    this.closing = run.closing && { kind: 'stop', ...run.closing };
    this.wave = ledger.reached;
    this.recorder = new Recorder(
      (ends) => ports.record(ends),
      () => this.halt.abort(),
    );
    this.hosts = new HostWork(ledger, this.recorder, ports, () => this.look());
  }

  /**
   * Resolves when the run has ended, or, after `over` was aborted, nothing of it is under way any more. Rejects with what a
   * port has thrown; nothing is under way then either.
   */
  static async of(run: TakenUp, ports: RunPorts, over: AbortSignal): Promise<void> {
    await new CarryingOut(run, new Ledger(await ports.items()), ports, over).go();
  }

  private async go(): Promise<void> {
    while (!this.over.aborted) {
      const gate = this.gate();
      await this.show(gate);
      if (gate.kind === 'stop') return this.end(gate);
      if (gate.kind === 'hold') await this.ports.change(this.over);
      else await this.stretch();
    }
  }

  /** What is to be done: by what was decided, by what has happened, by what is left, and by what the surroundings say. */
  private gate(): Gate {
    if (this.closing !== undefined) return this.closing;
    const reason = stopReason(this.run.stop, this.ledger.progress, this.wave);
    if (reason !== undefined) return { kind: 'stop', outcome: 'stopped', reason };
    return this.ledger.left === 0 ? { kind: 'stop', outcome: 'done', reason: '' } : this.ports.gate();
  }

  private async show(gate: Gate): Promise<void> {
    if (gate.kind === 'stop') {
      if (this.closing !== undefined) return;
      this.closing = gate;
      return this.ports.close(gate.outcome, gate.reason);
    }
    const shown = gate.kind === 'hold' ? gate : { state: 'running' as const, reason: '' };
    if (this.shown.state === shown.state && this.shown.reason === shown.reason) return;
    this.shown = shown;
    await this.ports.become(shown.state, shown.reason);
  }

  /** Works on the wave whose turn it is, until it is done or the gate is no longer open. */
  private async stretch(): Promise<void> {
    this.halt = new AbortController();
    this.wave = this.ledger.wave;
    const ended = new AbortController();
    const work = this.workOn(this.ledger.hostsLeft(this.wave)).finally(() => ended.abort());
    await this.allOf([work, this.watch(ended.signal)]);
    await this.recorder.written();
  }

  /** Shows at once why a stretch is halted, while what is under way comes to its end. */
  private async watch(ended: AbortSignal): Promise<void> {
    const until = AbortSignal.any([ended, this.over, this.halt.signal]);
    while (!ended.aborted && !this.over.aborted) {
      if (this.look().kind !== 'open') return this.show(this.gate());
      if (until.aborted) return;
      await this.ports.change(until);
    }
  }

  /** Halts the stretch where the gate is no longer open. */
  private look(): Gate {
    const gate = this.gate();
    if (gate.kind !== 'open') this.halt.abort();
    return gate;
  }

  private async workOn(hosts: readonly string[]): Promise<void> {
    const turns = hosts.values();
    const over = AbortSignal.any([this.over, this.halt.signal]);
    const worker = async (): Promise<void> => {
      for (const host of turns) await this.hosts.work(host, over);
    };
    await this.allOf(Array.from({ length: SIDE_BY_SIDE }, worker));
  }

  /** Resolves when all have ended. The first that fails halts the others, and is told when they have ended. */
  private async allOf(parts: readonly Promise<void>[]): Promise<void> {
    for (const part of parts) part.catch(() => this.halt.abort());
    const ends = await Promise.allSettled(parts);
    const failed = ends.find((end) => end.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  /** What was sent is settled first. */
  private async end({ outcome, reason }: Stop): Promise<void> {
    await this.allOf(this.ledger.hostsLeft().map((host) => this.hosts.settle(host, this.over)));
    await this.recorder.written();
    if (!this.over.aborted) await this.ports.finish(outcome, reason);
  }
}
