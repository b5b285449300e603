import { FairleadError, type OperationKind } from '@fairlead/domain';
import { type Clock, toTimestamp } from '../clock.js';
import { Mutex } from '../database/mutex.js';
import { type Actor } from '../operations/operation.js';
import { type FreezeState, type FreezeStore, type FreezeWish, UNTOUCHED } from './freeze.store.js';

/** What takes something away that somebody may miss. */
const DESTRUCTIVE: ReadonlySet<OperationKind> = new Set<OperationKind>(['remove', 'prune', 'disconnect']);

export interface FreezeAnswer extends FreezeState {
  /** It was so before, and what was known of that stays. */
  readonly already: boolean;
}

/**
 * The one switch that holds all destructive work.
 *
 * Invariants: it holds in memory before it is written, and lets go only after that is; changes take turns; `signal` is
 * aborted exactly while it is frozen, with the reason as an error.
 */
export class FreezeSwitch {
  private state = UNTOUCHED;
  /** What was asked for last, but for what could not be written. */
  private latest = UNTOUCHED;
  private halt = new AbortController();
  private readonly turns = new Mutex();
  private readonly listeners: ((state: FreezeState) => void)[] = [];

  constructor(
    private readonly store: Pick<FreezeStore, 'load' | 'save'>,
    private readonly now: Clock,
  ) {}

  /** To be called before anything is sent. */
  async load(): Promise<void> {
    this.latest = await this.store.load();
    this.put(this.latest);
  }

  get current(): FreezeState {
    return this.state;
  }

  /** Aborted while it is frozen. */
  get signal(): AbortSignal {
    return this.halt.signal;
  }

  /** Called after each change, and each wish for what is so already. Must not throw. */
  onChange(listener: (state: FreezeState) => void): void {
    this.listeners.push(listener);
  }

  /** @throws FairleadError `frozen` where such a command is held */
  assertOpen(kind: OperationKind): void {
    if (this.state.frozen && DESTRUCTIVE.has(kind)) throw frozenBy(this.state);
  }

  /**
   * Where it is so already and no reason is given, by whom, since when and why stays; the audit has who asked again.
   * @throws FairleadError `storage_failed`: a freeze then holds until this controller ends, or it is released
   */
  set(frozen: boolean, reason: string, actor: Actor): Promise<FreezeAnswer> {
    // Until a release is written the work is still frozen.
    const isSo = this.latest.frozen === frozen && this.state.frozen === frozen;
    return this.change({ frozen, reason, by: actor, at: this.now() }, isSo && reason === '');
  }

  /**
   * Freezes by itself. Where it is frozen already, by whom and why stays, for who lets go has to know that; the audit has
   * the further reason.
   * @throws FairleadError `storage_failed`: as `set`
   */
  hold(reason: string, actor: Actor): Promise<FreezeState> {
    return this.change({ frozen: true, reason, by: actor, at: this.now() }, this.latest.frozen);
  }

  private change(wish: FreezeWish, already: boolean): Promise<FreezeAnswer> {
    const { frozen, reason, at, by } = wish;
    // Its own object also where it says the same: of two such wishes one may fail.
    const next = already ? { ...this.latest } : { frozen, reason, actor: by.name, at };
    this.latest = next;
    if (frozen && !this.state.frozen) this.put(next);
    return this.turns.run(async () => {
      // Also what stays, for it may be that it could not be written before.
      await this.store.save(next, wish, already).catch((error: unknown) => {
        if (this.latest === next) this.latest = this.state;
        throw error;
      });
      // Whoever freezes while somebody else lets go does not have to wait for that.
      if (frozen || this.latest === next) this.put(next);
      for (const listener of this.listeners) listener(next);
      return { ...next, already };
    });
  }

  private put(state: FreezeState): void {
    this.state = state;
    if (state.frozen) this.halt.abort(frozenBy(state));
    else if (this.halt.signal.aborted) this.halt = new AbortController();
  }
}

export const explainFreeze = ({ actor, at, reason }: FreezeState): string =>
  `by ${actor} since ${toTimestamp(at ?? 0)}${reason === '' ? '' : `: ${reason}`}`;

const frozenBy = (state: FreezeState): FairleadError =>
  new FairleadError('frozen', `Destructive work is frozen ${explainFreeze(state)}. Nothing was removed.`, {
    hint: "'fairlead freeze off' lets it go on.",
  });
